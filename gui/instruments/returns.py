"""The return map: each time between two flashes of a firefly over the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters, return_map
from gui.instruments.axis_numbers import round_ends
from gui.instruments.panel import Area, Flashes, Instrument, RunSoFar, instant_shown

PERIODS: Final = 10
"""Periods, the latest, whose flashes count, of all; of the firefly that is held more do."""

PERIODS_HELD: Final = 100

MOST_FOLLOWED: Final = 1_500
"""Fireflies that are followed; of larger swarms every second, third, ... one."""

N_CELLS: Final = 256
"""Along each edge of the map, as finely as it is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class ReturnMap:
    """How the next interval goes by the one before.

    Attributes
    ----------
    counts
        Points in each cell, shape ``(256, 256)``: the next interval grows from top to bottom,
        the one before from left to right.
    low, high
        Intervals at the ends of both axes, seconds.
    held
        Points of the firefly that is held, in order, seconds, shape ``(k, 2)``.
    whose
        Which one that is; None if none is held.
    every
        Which fireflies are followed: every one, every second, ...
    """

    counts: NDArray[np.int64]
    low: float
    high: float
    held: NDArray[np.float64]
    whose: int | None
    every: int

    @property
    def n_points(self) -> int:
        """In all cells."""
        return int(self.counts.sum())

    @property
    def is_empty(self) -> bool:
        """Whether there is no point at all."""
        return not self.n_points and not len(self.held)

    def at_share(self, share: float) -> float:
        """The interval at a share of an axis."""
        return self.low + share * (self.high - self.low)

    def share_of(self, interval: float) -> float:
        """Where an interval is on an axis, in [0, 1] if it is on it."""
        return (interval - self.low) / (self.high - self.low)


def returns_of(flashes: Flashes, now: float, parameters: Parameters, held: int | None) -> ReturnMap:
    """The return map of the last periods before `now`, seconds of virtual time."""
    every = -(-parameters.n_fireflies // MOST_FOLLOWED)
    times, ids = flashes.between(now - PERIODS * parameters.period, now)
    followed = ids % every == 0
    first, second, _ = return_map(times[followed], ids[followed])
    own = np.empty((0, 2))
    if held is not None:
        times, ids = flashes.between(now - PERIODS_HELD * parameters.period, now)
        is_own = ids == held
        own = np.stack(return_map(times[is_own], ids[is_own])[:2], axis=1)
    every_one = np.concatenate((first, second, own.reshape(-1)))
    if len(every_one):
        low, high = round_ends(float(every_one.min()), float(every_one.max()))
    else:
        low, high = round_ends(parameters.period, parameters.period)
    cells = [
        np.clip((each - low) / (high - low) * N_CELLS, 0, N_CELLS - 1).astype(np.int64)
        for each in (second, first)
    ]
    counts = np.bincount(cells[0] * N_CELLS + cells[1], minlength=N_CELLS**2)
    return ReturnMap(counts.reshape(N_CELLS, N_CELLS), low, high, own, held, every)


def _compute(run: RunSoFar) -> ReturnMap:
    return returns_of(run.flashes, run.instant.t, run.instant.parameters, run.held)


def _depends_on(run: RunSoFar) -> tuple[object, ...]:
    return *instant_shown(run), run.held


RETURNS: Final = Instrument(
    name="returns",
    title="Return map",
    key="Alt+5",
    sentence="Each time between two flashes of a firefly over the one before, for the last ten "
    "periods; on the diagonal both are equal. The points are those of the firefly that is held. "
    "Point: read out; wheel: zoom; drag: move; double click: all",
    view="gui.instruments.returns_view:ReturnMapView",
    area=Area.LEFT,
    stacked_on="histogram",
    hint="dashed: equal",
    compute=_compute,
    interval_s=1 / 3,
    depends_on=_depends_on,
)
