"""The flash log: every flash of a swarm, in order, for any number of readers at their own pace."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

PACKED: Final = np.dtype([("t", "<f8"), ("id", "<u4")])
"""One flash as the digest sees it: little-endian, no padding."""

TRIM_AT_LEAST: Final = 1 << 16

DIGEST_AT_ONCE: Final = 1 << 16
"""Flashes that the digest takes in at once: two milliseconds of work."""

MOST_WAITING: Final = 1 << 22

BLOCK: Final = 1 << 16
"""Flashes that are put away together."""


class _Block(NamedTuple):
    """Flashes that are put away: the number of the first of them, and all, both ``(m,)``."""

    first: int
    times: NDArray[np.float64]
    ids: NDArray[np.uint32]

    @property
    def end(self) -> int:
        return self.first + len(self.times)


class Digest:
    """SHA-256 over flashes in order, each packed as :data:`PACKED`.

    Parameters
    ----------
    n_unknown
        Flashes that there were before, of which nothing but the number is known.

    Attributes
    ----------
    n
        Flashes so far.
    is_known
        Whether all of them were taken in.
    """

    def __init__(self, n_unknown: int = 0) -> None:
        self.n = n_unknown
        self.is_known = n_unknown == 0
        self._sha = hashlib.sha256()

    def update(self, times: NDArray[np.float64], ids: NDArray[np.uint32]) -> None:
        """Take in more flashes; seconds of virtual time and firefly ids, both ``(m,)``."""
        packed = np.empty(len(times), dtype=PACKED)
        packed["t"] = times
        packed["id"] = ids
        self._sha.update(packed.data)
        self.n += len(times)

    def copy(self) -> Digest:
        """Another one that goes on from here."""
        other = Digest()
        other.n, other.is_known, other._sha = self.n, self.is_known, self._sha.copy()
        return other

    def hexdigest(self) -> str:
        """The digest of all flashes so far, 64 hexadecimal digits; nothing if it isn't known."""
        return self._sha.hexdigest() if self.is_known else ""


class FlashLog:
    """Append-only log of ``(t, id)``, t in seconds of virtual time.

    Written by the swarm alone. Readers keep a cursor, a plain int; they are
    never called. What is read is complete: while an instant is under way, its
    flashes are held back.

    Parameters
    ----------
    before
        What was logged before, to go on from there; nothing by default.

    Notes
    -----
    The latest are in two arrays that grow; once they are many, they are put away in blocks of
    about equal size. Arrays of millions would be copied to and fro as they grow in turn.

    :meth:`extend` is for a swarm that goes on upon another thread, while its owner reads and
    trims: what it adds waits, untouched by either, until the owner calls :meth:`note_complete`.
    """

    __slots__ = (
        "_blocks", "_coming", "_digest", "_first", "_ids", "_times", "_trimmed", "append_id",
        "append_time", "complete",
    )  # fmt: skip

    def __init__(self, before: Digest | None = None) -> None:
        self._digest = Digest() if before is None else before.copy()
        self._times = array("d")
        self._ids = array("I")
        self._trimmed = self._digest.n
        self._blocks: list[_Block] = []
        self._coming: deque[tuple[NDArray[np.float64], NDArray[np.uint32]]] = deque()
        self._first = self._trimmed  # number of the first one that is not in a block
        self.append_time = self._times.append
        self.append_id = self._ids.append
        self.complete = self._trimmed
        """How many flashes belong to complete instants; set by the owner of the clock."""

    def __len__(self) -> int:
        """Number of flashes in complete instants, those trimmed included."""
        return self.complete

    def extend(self, times: NDArray[np.float64], ids: NDArray[np.uint32]) -> None:
        """Add flashes, s and ids, both ``(m,)``, after all there are; from any thread.

        They are not in the log before :meth:`note_complete`.
        """
        self._coming.append((times.copy(), ids.copy()))

    def _take_over(self) -> None:
        """Put what has come into its place."""
        while self._coming:
            times, ids = self._coming.popleft()
            if len(times) < BLOCK // 2:
                self._times.frombytes(times.tobytes())
                self._ids.frombytes(ids.tobytes())
            else:
                self._put_away(0)
                self._add_block(times, ids)
        self._put_away(BLOCK)

    def _put_away(self, more_than: int) -> None:
        """Make a block of the latest flashes, if they are more than that."""
        if len(self._times) > more_than:
            self._add_block(np.array(self._times), np.array(self._ids))
            del self._times[:], self._ids[:]

    def _add_block(self, times: NDArray[np.float64], ids: NDArray[np.uint32]) -> None:
        self._blocks.append(_Block(self._first, times, ids))
        self._first += len(times)

    def note_complete(self, now: float, instant_is_complete: bool) -> None:
        """Let readers see everything up to `now`, or everything before it."""
        self._take_over()
        end = self._first + len(self._times)
        if not instant_is_complete:
            end = max(self.complete, self._first_since(now))
        self.complete = end

    def _first_since(self, t: float) -> int:
        """The number of the first flash kept that was not before `t`, s."""
        first = self._first + bisect_left(self._times, t)
        for block in reversed(self._blocks):
            if first > block.end:
                break
            first = block.first + int(np.searchsorted(block.times, t))
        return first

    def read(
        self, cursor: int = 0, end: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.uint32], int]:
        """The flashes since `cursor`, the first `end` of the run at most.

        Returns
        -------
        times, ids
            Copies, shape ``(m,)``, in order.
        cursor
            Where to go on next time.

        Raises
        ------
        ValueError
            What is asked for has been trimmed, or is still to come.
        """
        if not self._trimmed <= cursor <= self.complete:
            raise ValueError(
                f"cursor must be from {self._trimmed} to {self.complete}, got {cursor}"
            )
        end = self.complete if end is None else max(cursor, min(end, self.complete))
        parts = self._parts(cursor, end)
        times = np.concatenate([part.times for part in parts])
        return times, np.concatenate([part.ids for part in parts]), end

    def _parts(self, begin: int, end: int) -> list[_Block]:
        """The flashes from one number to another, in one part at least; copies and views."""
        block = bisect_right(self._blocks, begin, key=lambda each: each.first) - 1
        parts = []
        for first, times, ids in self._blocks[max(0, block) :]:
            if first >= end:
                break
            span = slice(max(0, begin - first), end - first)
            parts.append(_Block(max(begin, first), times[span], ids[span]))
        span = slice(max(0, begin - self._first), max(0, end - self._first))
        times = np.frombuffer(self._times[span], dtype=np.float64)
        ids = np.frombuffer(self._ids[span], dtype=np.uint32)
        return [*parts, _Block(max(begin, self._first), times, ids)]

    def ids_after(self, cursor: int) -> NDArray[np.uint32]:
        """Who has flashed since `cursor`, those of an instant under way too; a copy."""
        parts = self._parts(cursor, self._first + len(self._ids))
        return np.concatenate([part.ids for part in parts])

    def trim(self, cursor: int, *, in_parts: bool = False) -> None:
        """Let go of what lies before `cursor`, now or when there is more of it.

        For runs of hours, call this with the cursor of the slowest reader.

        Parameters
        ----------
        cursor
            Where the slowest reader is.
        in_parts
            Whether each call does a part of the work alone, so that none takes long.
        """
        end = min(cursor, self.complete)
        if in_parts and end - self._digest.n < MOST_WAITING:
            end = min(end, self._digest.n + DIGEST_AT_ONCE)
        self._take_in(end)
        surplus = min(cursor, self._digest.n) - self._trimmed
        if surplus >= TRIM_AT_LEAST:
            self._trimmed += surplus
            n_blocks = sum(block.end <= self._trimmed for block in self._blocks)
            del self._blocks[:n_blocks]
            n = max(0, self._trimmed - self._first)
            del self._times[:n], self._ids[:n]
            self._first += n

    def digest(self) -> Digest:
        """The digest of all complete flashes, those trimmed included; a copy."""
        self._take_in(self.complete)
        return self._digest.copy()

    def _take_in(self, end: int) -> None:
        """Have the digest know the first `end` flashes."""
        while end > self._digest.n:
            times, ids, _ = self.read(self._digest.n, min(end, self._digest.n + DIGEST_AT_ONCE))
            self._digest.update(times, ids)
