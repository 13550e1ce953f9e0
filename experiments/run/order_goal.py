"""A level of order to run to: the first complete instant at which R is above it."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from experiments.model.rules import topology_of
from experiments.run.simulation import Simulation

_MOST_MOVED: Final = 2.0
"""How far the point of a phase on the unit circle can be moved: across it."""


class OrderGoal:
    """Runs a simulation to the first complete instant at which R exceeds a level.

    Nothing is left out: between flashes and what is done from outside all phases grow alike, and
    R stays as it is. So R is asked for after flashes, and not even after all of them: each moves
    the points of one firefly and its neighbours, none of them farther than across the unit
    circle, so that it takes some flashes to come from one R to another.

    Parameters
    ----------
    simulation
        What runs.
    level
        That R is to exceed, in [0, 1).
    latest
        Virtual time after which it is given up, seconds.

    Attributes
    ----------
    level, latest
        As given.
    begin
        Virtual time at which it began, seconds.
    is_reached
        Whether R exceeds the level at the present instant, which is the first one.
    """

    def __init__(self, simulation: Simulation, level: float, latest: float) -> None:
        self._simulation = simulation
        self.level, self.latest = level, latest
        self.begin = simulation.now
        self.is_reached = False
        self._key: tuple[int, int] | None = None
        self._flashes_left = 0.0
        parameters = simulation.parameters
        most_around = float(np.max(topology_of(parameters).sizes_around()))
        self._change_per_flash = _MOST_MOVED * most_around / parameters.n_fireflies

    def pursue(self, budget_s: float | None = None) -> bool:
        """Go on; whether it is over: reached, given up, or at the end of what is repeated.

        Parameters
        ----------
        budget_s
            Seconds of wall time after which to stop; the next call goes on.
        """
        stop_at = None if budget_s is None else time.perf_counter() + budget_s
        simulation = self._simulation
        if not simulation.settle(budget_s):
            return False
        while not self._look():
            if simulation.now >= self.latest:
                return True
            left = None if stop_at is None else stop_at - time.perf_counter()
            if left is not None and left <= 0.0:
                return False
            t = min(simulation.next_time, self.latest)
            if t <= simulation.now:
                return True  # the end of what is repeated
            if not simulation.run_until(t, left).reached:
                return False
        return True

    def _look(self) -> bool:
        """Whether R exceeds the level at the present instant, which is complete."""
        simulation = self._simulation
        key = len(simulation.flashes), len(simulation.interventions)
        is_as_done = self._key is not None and key[1] == self._key[1]
        if self._key is not None and is_as_done and key[0] - self._key[0] < self._flashes_left:
            return False
        self._key = key
        gap = self.level - simulation.instant.coherence
        self.is_reached = gap < 0.0
        self._flashes_left = gap / self._change_per_flash
        return self.is_reached
