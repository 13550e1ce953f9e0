"""Frame times: each 60th of a second, or whenever somebody wants something."""

from __future__ import annotations

import asyncio

from gui.controllers.doze import Doze
from gui.controllers.schedule import RateSchedule
from gui.models.allowance import Allowance
from gui.models.metrics import FRAME_RATE_HZ, Metrics


class FrameTimes:
    """Waits for the time of each frame, on the running loop's clock.

    Parameters
    ----------
    metrics
        Counts frames that came too late.
    allowance
        Learns of them, and knows whether the processor is busy elsewhere.

    Attributes
    ----------
    schedule
        The 60ths of a second.
    """

    def __init__(self, metrics: Metrics, allowance: Allowance) -> None:
        self.schedule = RateSchedule(FRAME_RATE_HZ)
        self._metrics = metrics
        self._allowance = allowance
        self._doze = Doze()

    @property
    def is_resting(self) -> bool:
        """Whether it waits for somebody to want something."""
        return self._doze.is_on

    @property
    def is_called(self) -> bool:
        """Whether somebody has wanted something since the last frame."""
        return self._doze.is_called

    def call(self) -> None:
        """Ask for a frame at once: somebody wants something. From the loop's thread."""
        self._doze.call()

    def left_s(self) -> float:
        """Seconds until the next frame is due; below zero if that has passed."""
        return self.schedule.left()

    def forget(self) -> None:
        """Begin anew with the next frame: something else took its time."""
        self.schedule.forget()

    async def next(self, rest_s: float) -> None:
        """Wait for the next frame.

        Parameters
        ----------
        rest_s
            Seconds for which there is nothing to do unless somebody wants it; 0 if there is.

        Notes
        -----
        Cancelling is safe.
        """
        is_rested = rest_s > 0.0
        if is_rested:
            await self._doze.sleep(rest_s)
        if not is_rested and self._allowance.is_starved and self.left_s() <= 0.0:
            self.schedule.catch_up()  # a task that sleeps now is woken after all others
            await asyncio.sleep(0)
        elif not is_rested or self._doze.is_called:  # many wishes in a row get one frame
            await self.schedule.next()
        missed, self.schedule.missed = self.schedule.missed, 0
        if not is_rested:
            self._metrics.frames_dropped += missed
            self._allowance.note_frame(missed)
        self._doze.begin_anew()
