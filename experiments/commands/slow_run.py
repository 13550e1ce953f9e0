"""A run without a window that takes long: said once, with what would help."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from experiments.commands.sweep_progress import time_words
from experiments.population.factory import COMPILED, MOST_WORKFLOWS_OF_ITSELF, WORKFLOWS, weight_of
from experiments.run.simulation import Simulation

TOLD_AFTER_S: Final = 10.0
"""Wall seconds after which it is known how long a run takes."""

LONG_S: Final = 60.0
"""Wall seconds that have to be left for it to be said."""

_YEARS_S: Final = 1e8

_STORM: Final = 100.0
"""Flashes of each firefly in a period that only pulses can make which come straight back."""


class SlowRun:
    """Looks at how a run gets on, and says so if it will take long.

    Parameters
    ----------
    simulation
        The run.
    seconds
        Its end, virtual seconds.
    say
        Called once at most, with a sentence.
    clock
        Wall seconds from anywhere.
    """

    def __init__(
        self,
        simulation: Simulation,
        seconds: float,
        say: Callable[[str], object],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._simulation = simulation
        self._seconds = seconds
        self._say = say
        self._clock = clock
        self._began: tuple[float, float] | None = None
        self._is_done = False

    def look(self) -> None:
        """See how far it is; to be called now and then, first when it has begun."""
        if self._is_done:
            return
        wall, now = self._clock(), self._simulation.now
        if self._began is None:
            self._began = wall, now
        elapsed, passed = wall - self._began[0], now - self._began[1]
        if elapsed < TOLD_AFTER_S:
            return
        self._is_done = True
        left = elapsed * (self._seconds - now) / passed if passed > 0.0 else float("inf")
        if left < LONG_S:
            return
        pace = f"{now:.3g} s of {self._seconds:g} s after {elapsed:.0f} s"
        takes = f"about {time_words(left)}" if left < _YEARS_S else "years"
        self._say(f"{pace}; at this pace {takes} more{self._advice(now)}")

    def _advice(self, now: float) -> str:
        parameters = self._simulation.parameters
        most = _STORM * parameters.n_fireflies * now / parameters.period
        n_flashes = len(self._simulation.flashes)
        if n_flashes > parameters.n_fireflies + most:
            return (
                f"; pulses come straight back, {n_flashes:,} flashes so far: "
                "a longer delay or refractory time keeps them down"
            )
        is_wide = weight_of(parameters) > MOST_WORKFLOWS_OF_ITSELF
        if is_wide and self._simulation.kind is WORKFLOWS:
            lacking = COMPILED.lacks(parameters)
            return f"; --population compiled takes far less{f', but {lacking}' if lacking else ''}"
        return ""
