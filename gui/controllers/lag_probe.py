"""The lag probe: a deadline every 10 ms that measures how late the loop is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from gui.controllers.schedule import Schedule
from gui.models.metrics import Metrics

_PROBE_RATE_HZ: Final = 100.0
_REST_S: Final = 0.25


async def probe_lag(metrics: Metrics, is_resting: Callable[[], bool] = lambda: False) -> None:
    """Note the loop's lateness until cancelled, but for when nothing is to be done."""
    schedule = Schedule(_PROBE_RATE_HZ)
    while True:
        while is_resting():  # a look now and then costs less than to be told
            await asyncio.sleep(_REST_S)
            schedule.forget()
        metrics.note("loop_lag_ms", 1e3 * await schedule.next())
