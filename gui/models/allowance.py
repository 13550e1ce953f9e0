"""The allowance: how long the simulation may work in a frame, so that the picture comes first."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

_LEAST_S: Final = 0.002
"""Wall time that a frame always has for the simulation, or it would stand still."""

_MOST_TIMES: Final = 5.0
"""How many times the usual the simulation may have beside pictures that take long."""

_WORTH_KNOWING_S: Final = 0.5
"""Wall time of work over which the processor's share is looked at."""

_STARVED_BELOW: Final = 0.75
_FED_ABOVE: Final = 0.9
_YIELDED: Final = 0.8
_REGAINED: Final = 1.02


class Allowance:
    """Wall time for the simulation in each frame; less while other programs hold the processor.

    Uninterrupted work takes as much processor time as wall time. If it takes much less,
    another program was running meanwhile: then each late frame cuts what the simulation
    gets.

    Parameters
    ----------
    most_s
        What a frame has for it as long as all is well, seconds of wall time.
    clock, cpu
        Seconds of wall time, and of processor time of this thread.

    Attributes
    ----------
    budget_s
        What the next frame has for it, seconds of wall time.
    is_starved
        Whether other programs hold the processor.
    """

    def __init__(
        self,
        most_s: float,
        clock: Callable[[], float] = time.perf_counter,
        cpu: Callable[[], float] = time.thread_time,
    ) -> None:
        self.budget_s = self._most_s = most_s
        self.is_starved = False
        self._clock = clock
        self._cpu = cpu
        self._worked_s = self._had_s = 0.0

    @property
    def scarcity(self) -> float:
        """By what factor work that can wait is slowed down; 1 if all is well."""
        return self._most_s / self.budget_s if self._most_s > self.budget_s > 0.0 else 1.0

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Work, without a wait in it."""
        began, cpu = self._clock(), self._cpu()
        try:
            yield
        finally:
            self._note(self._clock() - began, self._cpu() - cpu)

    def _note(self, took_s: float, had_s: float) -> None:
        self._worked_s += took_s
        self._had_s += had_s
        if self._worked_s < _WORTH_KNOWING_S:
            return
        share = self._had_s / self._worked_s
        self.is_starved = share < (_FED_ABOVE if self.is_starved else _STARVED_BELOW)
        self._worked_s = self._had_s = 0.0

    def beside(self, others_s: float) -> float:
        """What a frame has for it whose other work takes so long, seconds of wall time.

        Half of what that takes, if that is more, up to so many times the usual: where pictures
        take long, fewer are drawn, and the run goes on all the same.
        """
        longest = self.budget_s if self.is_starved else _MOST_TIMES * self.budget_s
        return max(self.budget_s, min(others_s / 2.0, longest))

    def note_frame(self, missed: int) -> None:
        """A frame begins, after a number of frames that were left out."""
        if self.is_starved and missed:
            self.budget_s = max(min(_LEAST_S, self._most_s), self.budget_s * _YIELDED)
        elif not missed or not self.is_starved:
            self.budget_s = min(self._most_s, self.budget_s * _REGAINED)
