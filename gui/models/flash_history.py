"""What the instruments remember of the flashes: a raster of the last, and how many there were."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import SAMPLE_INTERVAL, Parameters

MOST_REMEMBERED: Final = 1 << 18
"""Flashes kept for the raster; where this is less than asked for, it shows less time."""

PERIODS_SHOWN: Final = 5.0
"""Periods that the raster spans, if so many flashes are remembered."""

_BINS_AT_FIRST: Final = 1_024


@dataclass(frozen=True, slots=True)
class Raster:
    """Who flashed when, lately.

    Attributes
    ----------
    share
        Of the fireflies in a row, how many flashed within a column; shape
        ``(rows, columns)``, in [0, 1]; time goes from left to right, ids from top
        to bottom.
    begin, end
        Virtual time at the edges, seconds.
    per_row
        Fireflies in a row; the last row may have fewer.
    """

    share: NDArray[np.float64]
    begin: float
    end: float
    per_row: int


class FlashHistory:
    """Takes in flashes in order; gives rasters and rates. Nothing is thinned, all is counted.

    A run that is repeated from an earlier moment flashes as it did before: what was
    counted then is not counted twice.
    """

    def __init__(self) -> None:
        self._n_noted = self._n_counted = 0
        self._known_since = -math.inf
        self._times = np.empty(MOST_REMEMBERED)
        self._ids = np.empty(MOST_REMEMBERED, dtype=np.uint32)
        self._n = 0
        self._counts = np.zeros(_BINS_AT_FIRST, dtype=np.int64)
        self._last_bin = -1

    def note(self, times: NDArray[np.float64], ids: NDArray[np.uint32]) -> None:
        """Take in flashes; times in seconds of virtual time, never going back, both ``(m,)``."""
        if not len(times):
            return
        self._n_noted += len(times)
        new = self._n_noted - self._n_counted
        if new > 0:
            self._count(times[-new:])
            self._n_counted = self._n_noted
        recent = slice(-MOST_REMEMBERED, None)
        times, ids = times[recent], ids[recent]
        where = np.arange(self._n, self._n + len(times)) % MOST_REMEMBERED
        self._times[where] = times
        self._ids[where] = ids
        self._n += len(times)

    def go_to(self, t: float, n_flashes: int) -> None:
        """The run is at another moment, virtual time `t`, with so many flashes until then."""
        held = min(self._n, MOST_REMEMBERED)
        # In the order they came: the ring may have gone round.
        order = np.arange(self._n - held, self._n) % MOST_REMEMBERED
        times, ids = self._times[order], self._ids[order]
        before = times <= t
        kept = int(np.count_nonzero(before))
        if self._n > MOST_REMEMBERED or n_flashes > self._n_noted:
            self._known_since = float(times[0]) if kept and n_flashes <= self._n_noted else t
            kept = kept if n_flashes <= self._n_noted else 0
        self._times[:kept], self._ids[:kept] = times[:kept], ids[:kept]
        self._n = kept
        self._n_noted = n_flashes

    def _count(self, times: NDArray[np.float64]) -> None:
        bins = np.floor(times / SAMPLE_INTERVAL).astype(np.int64)
        last = int(bins[-1])
        if last >= len(self._counts):
            grown = np.zeros(max(last + 1, 2 * len(self._counts)), dtype=np.int64)
            grown[: len(self._counts)] = self._counts
            self._counts = grown
        first = int(bins[0])
        self._counts[first : last + 1] += np.bincount(bins - first)
        self._last_bin = last

    def rate(self, begin: float, now: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Flashes per second of virtual time, in stretches of 0.1 s that are over.

        Parameters
        ----------
        begin, now
            From and to when, seconds.

        Returns
        -------
        times, rates
            Middles of the stretches, s, and flashes per s in each; shape ``(m,)``.
        """
        first = max(0, math.floor(begin / SAMPLE_INTERVAL))
        end = max(first, math.floor(now / SAMPLE_INTERVAL))
        counts = np.zeros(end - first)
        known = self._counts[first : min(end, self._last_bin + 1)]
        counts[: len(known)] = known
        middles = (np.arange(first, end) + 0.5) * SAMPLE_INTERVAL
        return middles, counts / SAMPLE_INTERVAL

    def raster(self, now: float, parameters: Parameters, rows: int, columns: int) -> Raster:
        """The flashes of the last five periods, as far as they are remembered.

        Parameters
        ----------
        now
            Virtual time at the right edge, seconds.
        parameters
            Of the swarm.
        rows, columns
            Most rows and columns to show. With more fireflies than rows, several
            share one, and each of them counts.
        """
        n = parameters.n_fireflies
        per_row = max(1, math.ceil(n / max(1, rows)))
        rows, columns = math.ceil(n / per_row), max(1, columns)
        begin = now - PERIODS_SHOWN * parameters.period
        times, ids = self._since(begin)
        begin = max(begin, min(self._known_since, now))
        if self._n > MOST_REMEMBERED and len(times):
            begin = max(begin, float(times.min()))  # what lies before is forgotten in part
        width = (now - begin) / columns
        share = np.zeros((rows, columns))
        if len(times) and width > 0.0:
            column = np.minimum(((times - begin) / width).astype(np.int64), columns - 1)
            cells = (ids // per_row).astype(np.int64) * columns + column
            share = np.bincount(cells, minlength=rows * columns).reshape(rows, columns) / per_row
        return Raster(np.minimum(share, 1.0), begin, now, per_row)

    def _since(self, begin: float) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        held = min(self._n, MOST_REMEMBERED)
        times, ids = self._times[:held], self._ids[:held]
        recent = times >= begin
        return times[recent], ids[recent]
