"""Lateness: how late each flash came in wall time, against the moment that the speed asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

EARLIEST_S: Final = 1e-3
LATEST_S: Final = 1.0
"""Ends of the scale on which lateness is shown."""

N_BINS: Final = 60
"""Bins of that scale, twenty for each power of ten."""

MOST_CELLS: Final = 100
"""Cells along an edge of the map; of a larger grid several fireflies share one."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """Which virtual time was asked for at which wall time.

    Attributes
    ----------
    wall
        Wall time, seconds.
    virtual
        Virtual time that should have been reached then, seconds.
    speed
        Virtual seconds per wall second, finite.
    """

    wall: float
    virtual: float
    speed: float

    def lateness(self, times: NDArray[np.float64], wall: float) -> NDArray[np.float64]:
        """How late flashes are that are first seen at `wall`.

        Parameters
        ----------
        times
            When they happened, virtual seconds, shape ``(m,)``.
        wall
            Wall time, seconds.

        Returns
        -------
        numpy.ndarray
            Wall seconds, shape ``(m,)``; never below zero.
        """
        late = (wall - self.wall) + (self.virtual - times) / self.speed
        return np.maximum(late, 0.0)


class LatenessRecord:
    """The lateness of the last flash of each firefly.

    Parameters
    ----------
    n
        Number of fireflies.

    Attributes
    ----------
    by_id
        Wall seconds, shape ``(n,)``; nan before the first flash, and where the last one
        wasn't due at any wall time.
    """

    def __init__(self, n: int) -> None:
        self.by_id = np.full(n, np.nan)

    def note(self, ids: NDArray[np.uint32], lateness: NDArray[np.float64]) -> None:
        """Take in flashes, in order; both of shape ``(m,)``."""
        self.by_id[ids] = lateness  # of several for one firefly the last counts

    def note_unasked(self, ids: NDArray[np.uint32]) -> None:
        """Take in flashes that weren't due at any wall time, shape ``(m,)``."""
        self.by_id[ids] = np.nan


def scale_share(lateness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where lateness is on its scale, equal steps being equal ratios.

    Parameters
    ----------
    lateness
        Seconds; nan where none is known.

    Returns
    -------
    numpy.ndarray
        Of the same shape: 0 for 1 ms or less, 1 for 1 s or more, nan where none is known.
    """
    late: NDArray[np.float64] = np.clip(lateness, EARLIEST_S, LATEST_S)
    share: NDArray[np.float64] = np.log(late / EARLIEST_S) / math.log(LATEST_S / EARLIEST_S)
    return share


def at_share(share: float) -> float:
    """The lateness at a place of the scale, seconds."""
    return float(EARLIEST_S * (LATEST_S / EARLIEST_S) ** share)


@dataclass(frozen=True, slots=True)
class LatenessPicture:
    """How late the last flash of each firefly came to light: where, and how many how late.

    Attributes
    ----------
    cells
        The greatest lateness in each part of the grid, seconds, shape ``(m, m)``; nan where none
        is known.
    per_cell
        Fireflies along an edge of such a part; the last ones may have fewer.
    side
        Fireflies along an edge of the grid.
    counts
        Fireflies in each bin of the scale, shape ``(60,)``; the first and the last bin have those
        beyond the ends as well.
    p50, p99
        Median and 99th percentile, by nearest rank, seconds; nan if nothing is known.
    n_unknown
        Fireflies of which none is known: they haven't flashed yet, or were not due at any time.
    """

    cells: NDArray[np.float64]
    per_cell: int
    side: int
    counts: NDArray[np.int64]
    p50: float
    p99: float
    n_unknown: int

    @property
    def n_known(self) -> int:
        """Fireflies of which it is known."""
        return int(self.counts.sum())


def lateness_picture(by_id: NDArray[np.float64], side: int) -> LatenessPicture:
    """The picture of the lateness by id, seconds, shape ``(side * side,)``; nan for unknown."""
    per_cell = math.ceil(side / MOST_CELLS)
    n_cells = math.ceil(side / per_cell)
    cells = by_id.reshape(side, side)
    if per_cell > 1:
        length = n_cells * per_cell
        padded = np.full((length, length), np.nan)
        padded[:side, :side] = cells
        rows = np.fmax.reduce(padded.reshape(n_cells, per_cell, length), axis=1)
        cells = np.fmax.reduce(rows.reshape(n_cells, n_cells, per_cell), axis=2)
    known = by_id[~np.isnan(by_id)]
    bins = np.minimum((scale_share(known) * N_BINS).astype(np.int64), N_BINS - 1)
    p50, p99 = _percentiles(known, 0.5, 0.99)
    return LatenessPicture(
        cells=cells.copy(),
        per_cell=per_cell,
        side=side,
        counts=np.bincount(bins, minlength=N_BINS),
        p50=p50,
        p99=p99,
        n_unknown=len(by_id) - len(known),
    )


def _percentiles(known: NDArray[np.float64], *shares: float) -> list[float]:
    if not len(known):
        return [math.nan] * len(shares)
    ranks = [max(0, math.ceil(share * len(known)) - 1) for share in shares]
    found: list[float] = np.partition(known, ranks)[ranks].tolist()
    return found
