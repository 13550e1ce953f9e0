"""The flash history: a raster of the last flashes, and how many there were in each step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import SAMPLE_INTERVAL, LongSeries, Parameters

MOST_REMEMBERED: Final = 1 << 18
"""Flashes kept for the raster; where this is less than asked for, it shows less time."""

_BINS_AT_ONCE: Final = 1 << 16

PERIODS_SHOWN: Final = 5.0
"""Periods that the raster spans, if so many flashes are remembered."""

MOST_COUNTED: Final = 1 << 16
"""Tenths of a second, the latest, of which the number of flashes is kept: 109 minutes. Of those
before them the least and the greatest of each of many stretches are."""


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
    """Takes in flashes in order; gives rasters and rates, in bounded memory. All are counted.

    A run that is repeated from an earlier moment flashes as it did before: what was
    counted then is not counted twice.

    Attributes
    ----------
    age
        How often it was cut: a moment that is gone back to can tell by this whether all
        that came before it is still here.
    """

    def __init__(self) -> None:
        self.age = 0
        self._counted_since = 0.0
        self._n_noted = self._n_counted = 0
        self._known_since = -math.inf
        self._times = np.empty(MOST_REMEMBERED)
        self._ids = np.empty(MOST_REMEMBERED, dtype=np.uint32)
        self._n = 0
        self._counts = LongSeries(MOST_COUNTED)  # of the tenths of a second that are over
        self._open_count = 0  # of the one that may not be

    @property
    def n_bytes(self) -> int:
        """About how much memory it takes."""
        return 12 * min(self._n, MOST_REMEMBERED) + 8 * min(len(self._counts), MOST_COUNTED)

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

    def cut(self, t: float, n_flashes: int) -> None:
        """The run goes on from virtual time `t` in another way than it did."""
        self.age += 1
        self.go_to(t, n_flashes)
        self._n_counted = n_flashes
        last = math.floor(t / SAMPLE_INTERVAL)
        if last <= len(self._counts):
            self._counts = self._counts.until(last)
            times = self._times[: min(self._n, MOST_REMEMBERED)]
            self._open_count = int(np.count_nonzero(times >= last * SAMPLE_INTERVAL))

    def begin_at(self, t: float, n_flashes: int) -> None:
        """Forget everything before virtual time `t`."""
        self.go_to(t, n_flashes)
        self._n_counted = n_flashes
        self._counted_since = t

    def _count(self, times: NDArray[np.float64]) -> None:
        bins = np.floor(times / SAMPLE_INTERVAL).astype(np.int64)
        while len(bins):
            n_part = int(np.searchsorted(bins, bins[0] + _BINS_AT_ONCE))
            part, bins = bins[:n_part], bins[n_part:]
            n_over = len(self._counts)
            n_quiet = int(part[0]) - n_over - 1
            if n_quiet >= 0:  # a long rest: its tenths of a second are over, all but the last
                self._close(np.append(self._open_count, np.zeros(n_quiet)))
                n_over, self._open_count = int(part[0]), 0
            counts = np.bincount(part - n_over).astype(np.float64)
            counts[0] += self._open_count
            self._close(counts[:-1])
            self._open_count = int(counts[-1])

    def _close(self, counts: NDArray[np.float64]) -> None:
        for first in range(0, len(counts), MOST_COUNTED):
            self._counts.extend(counts[first : first + MOST_COUNTED])

    def rate(
        self, begin: float, now: float, most: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Flashes per second of virtual time, in stretches of 0.1 s that are over.

        Parameters
        ----------
        begin, now
            From and to when, seconds.
        most
            Points to give; of more stretches, the least and the greatest of equal parts.

        Returns
        -------
        times, rates
            Middles of the stretches, s, and flashes per s in each; shape ``(m,)``.
        """
        first = max(0, math.floor(max(begin, self._counted_since) / SAMPLE_INTERVAL))
        end = max(first, math.floor(now / SAMPLE_INTERVAL))
        n_over = len(self._counts)
        at, counts = self._counts.drawn(first, end, most)
        if first <= n_over < end:
            at, counts = np.append(at, n_over), np.append(counts, self._open_count)
        quiet = np.arange(max(first, n_over + 1), end)
        if len(quiet) > most:
            quiet = quiet[[0, -1]]
        at = np.append(at, quiet)
        counts = np.append(counts, np.zeros(len(quiet)))
        return (at.astype(np.float64) + 0.5) * SAMPLE_INTERVAL, counts / SAMPLE_INTERVAL

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
