"""How late the loop is: a deadline every 10 ms that only looks at the clock."""

from __future__ import annotations

from typing import Final

from gui.controllers.schedule import Schedule
from gui.metrics import Metrics

_PROBE_RATE_HZ: Final = 100.0


async def probe_lag(metrics: Metrics) -> None:
    """Note the loop's lateness until cancelled."""
    schedule = Schedule(_PROBE_RATE_HZ)
    while True:
        metrics.note("loop_lag_ms", 1e3 * await schedule.next())
