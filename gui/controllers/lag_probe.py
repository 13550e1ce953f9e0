"""The lag probe: a deadline every 10 ms that measures how late the loop is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from gui.controllers.schedule import RateSchedule
from gui.models.metrics import Metrics

_PROBE_RATE_HZ: Final = 100.0
_REST_S: Final = 0.25


async def probe_lag(metrics: Metrics, is_resting: Callable[[], bool] = lambda: False) -> None:
    """Record the loop's lateness until cancelled, except while there is nothing to do."""
    schedule = RateSchedule(_PROBE_RATE_HZ)
    while True:
        while is_resting():  # polling now and then costs less than a notification
            await asyncio.sleep(_REST_S)
            schedule.forget()
        metrics.note("loop_lag_ms", 1e3 * await schedule.next())
