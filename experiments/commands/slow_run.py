"""A run without a window that takes long: said once, with what would help."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from experiments.commands.sweep_progress import time_words
from experiments.population.factory import COMPILED
from experiments.run.simulation import Simulation
from experiments.run.slow_advice import slow_advice

TOLD_AFTER_S: Final = 10.0
"""Wall seconds after which it is known how long a run takes."""

LONG_S: Final = 60.0
"""Wall seconds that have to be left for it to be said."""

_YEARS_S: Final = 1e8


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
        simulation = self._simulation
        advice = slow_advice(
            simulation.parameters,
            simulation.kind,
            len(simulation.flashes),
            now,
            f"--population {COMPILED.name}",
        )
        return f"; {advice.words}" if advice else ""
