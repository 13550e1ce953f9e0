"""A series of samples at equal steps: the latest as they are, of all of them the extremes."""

from __future__ import annotations

from array import array
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_STRETCHES: Final = 1 << 14
"""Stretches of which the extremes are kept; beyond it, two become one."""

_SLACK: Final = 16
"""Part of what is kept by which a series may be longer, so that room is made now and then."""


class Extremes:
    """The least and the greatest sample of each stretch of a series, in bounded memory.

    A stretch is one sample at first. Whenever there are too many, two neighbours become one,
    so that no dip and no rise is ever lost: only where exactly within a stretch the samples
    between them were.

    Parameters
    ----------
    most
        Stretches to keep, an even number.

    Attributes
    ----------
    n
        Samples taken in.
    width
        Samples in a stretch.
    """

    def __init__(self, most: int = MOST_STRETCHES) -> None:
        self.n = 0
        self.width = 1
        self._most = most
        self._at = np.empty((2, 0), dtype=np.int64)
        self._values = np.empty((2, 0))

    def take(self, values: NDArray[np.float64]) -> None:
        """Take in the samples that come next, shape ``(m,)``."""
        while len(values):
            room = self._most * self.width - self.n
            if room <= 0:
                self._merge()
                continue
            self._take_part(values[:room])
            values = values[room:]

    def points(self, first: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The extremes of the stretches that overlap samples `first` to `end`, in their order.

        Returns
        -------
        at, values
            Numbers of the samples, strictly ascending, and the samples; shape ``(m,)``.
        """
        stretches = slice(max(0, first) // self.width, max(0, -(-end // self.width)))
        at, where = np.unique(self._at[:, stretches].T, return_index=True)
        return at, self._values[:, stretches].T.reshape(-1)[where]

    def until(self, n: int) -> Extremes:
        """Others, of the whole stretches before sample `n`; their `n` says how far that is."""
        other = Extremes(self._most)
        n_whole = min(n, self.n) // self.width
        other.width, other.n = self.width, n_whole * self.width
        other._at = self._at[:, :n_whole].copy()
        other._values = self._values[:, :n_whole].copy()
        return other

    def _take_part(self, values: NDArray[np.float64]) -> None:
        """Take in samples for which there are stretches enough."""
        width = self.width
        n_begun = self.n % width
        n_head = min(len(values), width - n_begun) if n_begun else 0
        if n_head:
            at, extremes = _extremes(values[:n_head].reshape(1, -1), self.n)
            self._at[:, -1:], self._values[:, -1:] = _of_both(
                (self._at[:, -1:], at), (self._values[:, -1:], extremes)
            )
        n_whole = (len(values) - n_head) // width
        end = n_head + n_whole * width
        parts = [(n_head, values[n_head:end].reshape(-1, width)), (end, values[end:][None, :])]
        for offset, part in parts:
            if part.size:
                at, extremes = _extremes(part, self.n + offset)
                self._at = np.concatenate((self._at, at), axis=1)
                self._values = np.concatenate((self._values, extremes), axis=1)
        self.n += len(values)

    def _merge(self) -> None:
        """Let two stretches become one."""
        self.width *= 2
        self._at, self._values = _of_both(
            (self._at[:, ::2], self._at[:, 1::2]), (self._values[:, ::2], self._values[:, 1::2])
        )


def _extremes(
    stretches: NDArray[np.float64], first: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Numbers and values of the least and the greatest in each row; `first` is the first's."""
    rows = np.arange(len(stretches))
    columns = np.stack((stretches.argmin(axis=1), stretches.argmax(axis=1)))
    return first + rows * stretches.shape[1] + columns, stretches[rows, columns]


def _of_both(
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    values: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The extremes of two stretches as one, for many pairs; the first of equal ones counts."""
    second = np.stack((values[1][0] < values[0][0], values[1][1] > values[0][1]))
    return np.where(second, at[1], at[0]), np.where(second, values[1], values[0])


class LongSeries:
    """Samples at equal steps: the latest as they are, and the extremes of them all.

    Parameters
    ----------
    most
        Samples to keep as they are, the latest; None for all.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._kept = array("d")
        self._first = 0
        self._extremes = Extremes()
        self.append = self._kept.append
        """Takes in the sample that comes next; now and then :meth:`make_room` has to be called."""

    def __len__(self) -> int:
        """Samples so far, those not kept included."""
        return self._first + len(self._kept)

    @property
    def first(self) -> int:
        """Number of the first sample that is kept as it is."""
        return self._first

    def read(self, first: int, end: int | None = None) -> NDArray[np.float64]:
        """Samples from number `first` to before `end`, as far as they are kept; a copy."""
        begin = max(0, first - self._first)
        stop = len(self._kept) if end is None else max(0, end - self._first)
        return np.array(self._kept[begin:stop])

    def extend(self, values: NDArray[np.float64]) -> None:
        """Take in samples, shape ``(m,)``."""
        self._kept.frombytes(np.ascontiguousarray(values, dtype=np.float64).tobytes())
        self.make_room()

    def make_room(self) -> None:
        """Let go of samples beyond the most, once there are enough of them."""
        most = self._most
        if most is None or len(self._kept) <= most + most // _SLACK:
            return
        self._catch_up()
        surplus = len(self._kept) - most
        del self._kept[:surplus]
        self._first += surplus

    def drawn(
        self, first: int, end: int, most: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """What a line through samples `first` to before `end` needs, in at most `most` points.

        Of each of some stretches of equal length the least and the greatest, so that no dip
        and no rise is lost; the stretches begin at multiples of their length, so that they stay
        put while the series goes on.

        Returns
        -------
        at, values
            Numbers of the samples, strictly ascending, and the samples; shape ``(m,)``.
        """
        first, end = max(0, first), min(end, len(self))
        width = max(1, -(-(end - first) // max(1, most // 2 - 2)))
        if width <= 2 and first >= self._first:
            return np.arange(first, end), self.read(first, end)
        if first >= self._first and (
            end - first <= 2 * MOST_STRETCHES or self._is_too_coarse(width)
        ):
            at, values = np.arange(first, end), self.read(first, end)
        else:
            self._catch_up()
            at, values = self._extremes.points(first, end)
        return _thinned(at, values, width)

    def highest(self) -> float:
        """The greatest sample so far; 0 if there is none."""
        self._catch_up()
        _, values = self._extremes.points(0, len(self))
        return float(values.max(initial=0.0))

    def until(self, n: int) -> LongSeries:
        """Another series, which has the first `n` samples of this one."""
        other = LongSeries(self._most)
        self._catch_up()
        other._extremes = self._extremes.until(n)
        # What is neither in whole stretches nor kept is lost; the series begins after it.
        other._first = n if n < self._first else self._first
        other._kept.extend(self._kept[: max(0, n - self._first)])
        missing = other._first - other._extremes.n
        if missing > 0:
            other._extremes.take(np.full(missing, _last_of(other._extremes)))
        return other

    PARTS: Final = ("kept", "at", "extremes")
    """Arrays that :meth:`told` gives."""

    def told(self) -> tuple[dict[str, int], dict[str, NDArray[Any]]]:
        """All there is to it, as what JSON takes and as arrays; see :meth:`of_told`."""
        extremes = self._extremes
        numbers = {"first": self._first, "n": extremes.n, "width": extremes.width}
        parts = (np.array(self._kept), extremes._at, extremes._values)
        return numbers, dict(zip(self.PARTS, parts, strict=True))

    @classmethod
    def of_told(
        cls, most: int | None, numbers: dict[str, int], arrays: dict[str, NDArray[Any]]
    ) -> LongSeries:
        """The series that :meth:`told` has told of."""
        series = cls(most)
        series._first = numbers["first"]
        series._kept.extend(arrays["kept"])
        extremes = series._extremes
        extremes.n, extremes.width = numbers["n"], numbers["width"]
        extremes._at, extremes._values = arrays["at"], arrays["extremes"]
        return series

    def _is_too_coarse(self, width: int) -> bool:
        """Whether the extremes have fewer points than stretches of `width` samples would."""
        return len(self) > 2 * MOST_STRETCHES * width

    def _catch_up(self) -> None:
        self._extremes.take(self.read(self._extremes.n))


def _last_of(extremes: Extremes) -> float:
    _, values = extremes.points(extremes.n - 1, extremes.n)
    return float(values[-1]) if len(values) else 0.0


def _thinned(
    at: NDArray[np.int64], values: NDArray[np.float64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of each stretch of `width` samples the extremes, and the first and the last point."""
    if len(at) <= 2:
        return at, values
    begins = np.flatnonzero(np.diff(at // width, prepend=-1))
    stretch = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(at))))
    chosen = [np.array([0, len(at) - 1])]
    for extreme in (np.minimum.reduceat(values, begins), np.maximum.reduceat(values, begins)):
        hits = np.flatnonzero(values == extreme[stretch])
        chosen.append(hits[np.diff(stretch[hits], prepend=-1) > 0])
    where = np.unique(np.concatenate(chosen))
    return at[where], values[where]
