"""The flash history: who flashed when, and how many in each step, in bounded memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import SAMPLE_INTERVAL, LongSeries
from gui.models.axis_part import WHOLE_AXIS, AxisPart
from gui.models.time_window import TimeWindow

MOST_REMEMBERED: Final = 1 << 18
"""Flashes kept for the raster; where this is less than asked for, it shows less time."""

_BINS_AT_ONCE: Final = 1 << 16

MOST_COUNTED: Final = 1 << 16
"""Tenths of a second, the latest, of which the number of flashes is kept: 109 minutes. Of those
before them the least and the greatest of each of many stretches are."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Who flashed when.

    Attributes
    ----------
    counts
        Flashes of a row within a column, shape ``(rows, columns)``; time goes from left to
        right, ids from top to bottom.
    begin, end
        Virtual time at the edges, seconds.
    known_since
        What lies before is not remembered, seconds.
    now
        What lies after is still to come, seconds.
    per_row
        Fireflies in a row; the last row may have fewer.
    first, after
        The first firefly that it shows, and the one after the last.
    n_fireflies
        In the swarm.
    """

    counts: NDArray[np.int64]
    begin: float
    end: float
    known_since: float
    now: float
    per_row: int
    first: int
    after: int
    n_fireflies: int

    @property
    def share(self) -> NDArray[np.float64]:
        """Of the fireflies in a row, how many flashed within a column, in [0, 1]."""
        return np.minimum(self.counts / self.per_row, 1.0)

    def fireflies(self, row: int) -> range:
        """The ids in a row."""
        first = self.first + row * self.per_row
        return range(first, min(first + self.per_row, self.after))

    @property
    def shows_all(self) -> bool:
        """Whether no firefly of the swarm is left out."""
        return self.after - self.first == self.n_fireflies


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
        first, last = (math.floor(t / SAMPLE_INTERVAL) for t in (times[0], times[-1]))
        if first == last:  # as it mostly is: they come in order
            self._add(first, np.array([len(times)], dtype=np.float64))
            return
        bins = np.floor(times / SAMPLE_INTERVAL).astype(np.int64)
        while len(bins):
            n_part = int(np.searchsorted(bins, bins[0] + _BINS_AT_ONCE))
            part, bins = bins[:n_part], bins[n_part:]
            self._add(int(part[0]), np.bincount(part - part[0]).astype(np.float64))

    def _add(self, first: int, counts: NDArray[np.float64]) -> None:
        """Add flashes of tenths of a second that follow each other, from `first` on."""
        n_quiet = first - len(self._counts) - 1
        if n_quiet >= 0:  # a long rest: its tenths of a second are over, all but the last
            self._close(np.append(self._open_count, np.zeros(n_quiet)))
            self._open_count = 0
        counts = np.append(np.zeros(first - len(self._counts)), counts)
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

    def raster(
        self,
        window: TimeWindow,
        now: float,
        n_fireflies: int,
        rows: int,
        columns: int,
        whose: AxisPart = WHOLE_AXIS,
    ) -> Raster:
        """The flashes in a part of the run, as far as they are remembered.

        Parameters
        ----------
        window
            Which part, seconds of virtual time.
        now
            Until when there are any.
        n_fireflies
            In the swarm.
        rows, columns
            Most rows and columns to show. With more fireflies than rows, several
            share one, and each of them counts.
        whose
            Which of the fireflies, in the order of their ids.
        """
        first, after = whose.of(n_fireflies)
        per_row = max(1, math.ceil((after - first) / max(1, rows)))
        rows, columns = math.ceil((after - first) / per_row), max(1, columns)
        times, ids = self.between(window.begin, min(now, window.end))
        if after - first < n_fireflies:
            is_shown = (ids >= first) & (ids < after)
            times, ids = times[is_shown], ids[is_shown]
        width = window.span / columns
        counts = np.zeros((rows, columns), dtype=np.int64)
        if len(times):
            column = np.minimum(((times - window.begin) / width).astype(np.int64), columns - 1)
            cells = ((ids - first) // per_row).astype(np.int64) * columns + column
            counts = np.bincount(cells, minlength=rows * columns).reshape(rows, columns)
        ends = (window.begin, window.end)
        return Raster(counts, *ends, self.known_since, now, per_row, first, after, n_fireflies)

    @property
    def known_since(self) -> float:
        """Since when all flashes are remembered, seconds; -inf for all of the run."""
        if self._n <= MOST_REMEMBERED:
            return self._known_since
        return max(self._known_since, float(self._times[self._n % MOST_REMEMBERED]))

    def between(self, begin: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """The flashes from `begin` to `end`, both included, that are remembered, in order.

        Returns
        -------
        times, ids
            Seconds of virtual time, and fireflies; shape ``(m,)``.
        """
        begin = max(begin, self.known_since)
        first = self._n % MOST_REMEMBERED if self._n > MOST_REMEMBERED else 0
        held = min(self._n, MOST_REMEMBERED)
        parts = [slice(first, held), slice(0, first)]  # the ring, from its oldest on
        found = []
        for part in parts:
            times = self._times[part]
            low, high = np.searchsorted(times, begin), np.searchsorted(times, end, side="right")
            found.append((times[low:high], self._ids[part][low:high]))
        (times, ids), (later, later_ids) = found
        if len(later):
            times, ids = np.concatenate((times, later)), np.concatenate((ids, later_ids))
        return times, ids
