"""Synchrony by flashes: since when all fireflies flash together."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import ParameterChange
from experiments.model.coherence_record import SYNC_PERIODS
from experiments.run.simulation import Simulation

ROUND_FRACTION: Final = 0.1
"""Part of a period within which all fireflies have to flash."""

_ROUNDING_S: Final = 1e-9  # of times that are sums of periods

_AT_ONCE: Final = 1 << 17
"""Flashes looked at together; each takes some 80 bytes meanwhile."""


class FlashSync:
    """Finds the first flash from which on all fireflies flash together.

    A *round* is n flashes in a row, n being the number of fireflies, by all of them (so each
    flashes once), of which the last comes at most a tenth of a period after the first.
    :attr:`time_to_sync` is the time of the first flash from which rounds follow each other, no
    flash between them, until one of them ends three periods later or more. Periods are those
    in force when a round ends.

    What chance makes of it: n independent fireflies of equal period flash within a fraction f
    of it, f <= 1/2, with probability ``n f**(n - 1)`` (random points within an arc: Stevens
    1939). With f = 0.1 that is 9e-8 for the smallest swarm, n = 9, and nothing for larger ones.
    Unlike R it says nothing of phases: with jitter J these are spread over J after each flash,
    however well all flash together, so that R = sin(x) / x at best, with x = pi J / period,
    which is below 0.99 for J > 0.078 periods.

    Parameters
    ----------
    n
        Fireflies.
    longest_period
        That is ever in force, seconds: only flashes with which a round may begin are kept.

    Attributes
    ----------
    time_to_sync
        Seconds of virtual time; None as long as there is none.

    Notes
    -----
    A firefly that never flashes again (its workflow has failed), or keeps another time (a
    pacemaker), is one of all: with it there is no round.
    """

    def __init__(self, n: int, longest_period: float) -> None:
        self.time_to_sync: float | None = None
        self._n = n
        self._longest_round = ROUND_FRACTION * longest_period + _ROUNDING_S
        self._cursor = 0
        # The flashes with which a round may begin that has not ended yet: n - 1 at most.
        self._times: NDArray[np.float64] = np.empty(0)
        self._ids: NDArray[np.uint32] = np.empty(0, dtype=np.uint32)
        # Number of each firefly's last flash, of those; None while they are too few for a round.
        self._latest: NDArray[np.int64] | None = None
        self._last_repeated = -1  # the latest flash that somebody has flashed after
        self._since = math.nan
        self._next_round = -1

    def read(self, simulation: Simulation) -> int:
        """Take in the flashes of a run since the last time; returns the new cursor."""
        end = len(simulation.flashes)
        while self._cursor < end and self.time_to_sync is None:
            cursor = self._cursor
            times, ids, self._cursor = simulation.flashes.read(cursor, cursor + _AT_ONCE)
            self._note(cursor, times, ids, _periods_at(simulation, times))
        if self.time_to_sync is not None:
            self._times, self._ids, self._latest = np.empty(0), self._ids[:0].copy(), None
        self._cursor = end
        return end

    def _note(
        self,
        first: int,
        times: NDArray[np.float64],
        ids: NDArray[np.uint32],
        periods: NDArray[np.float64],
    ) -> None:
        """Take in flashes, the first of which has number `first` in the run."""
        all_times = np.concatenate((self._times, times))
        # Of the n flashes that end with each: when they began, if that is not too long ago.
        n_missing = self._n - 1 - len(self._times)
        begins = np.full(len(times), -math.inf)
        begins[n_missing:] = all_times[: max(0, len(times) - n_missing)]
        is_round = times - begins <= ROUND_FRACTION * periods + _ROUNDING_S
        if is_round.any():
            numbers = np.arange(first, first + len(times))
            is_round &= self._last_repeats(numbers, ids) <= numbers - self._n
            for k in np.flatnonzero(is_round):
                number, period = int(numbers[k]), float(periods[k])
                self._note_round(number, float(begins[k]), float(times[k]), period)
                if self.time_to_sync is not None:
                    return
        else:
            self._latest = None
        self._keep(all_times, np.concatenate((self._ids, ids)))

    def _keep(self, times: NDArray[np.float64], ids: NDArray[np.uint32]) -> None:
        """Keep those of the latest flashes with which a round may begin; copies."""
        begin = int(np.searchsorted(times, times[-1] - self._longest_round))
        begin = max(begin, len(times) - self._n + 1)
        self._times, self._ids = times[begin:].copy(), ids[begin:].copy()

    def _last_repeats(
        self, numbers: NDArray[np.int64], ids: NDArray[np.uint32]
    ) -> NDArray[np.int64]:
        """Until each flash, the latest one kept that somebody has flashed after; -1 for none."""
        if self._latest is None:
            self._latest, self._last_repeated = np.full(self._n, -1), -1
            kept = np.arange(int(numbers[0]) - len(self._ids), int(numbers[0]))
            if len(kept):
                self._last_repeated = int(self._flash_before(self._latest, kept, self._ids).max())
        before = self._flash_before(self._latest, numbers, ids)
        repeats = np.maximum(np.maximum.accumulate(before), self._last_repeated)
        self._last_repeated = int(repeats[-1])
        return repeats

    @staticmethod
    def _flash_before(
        latest: NDArray[np.int64], numbers: NDArray[np.int64], ids: NDArray[np.uint32]
    ) -> NDArray[np.int64]:
        """For each flash, the number of the one before by the same firefly; -1 if there is none.

        `latest` holds each firefly's last one, and is brought up to date.
        """
        order = np.argsort(ids, kind="stable")
        sorted_ids, sorted_numbers = ids[order], numbers[order]
        is_first = np.ones(len(ids), dtype=bool)
        is_first[1:] = sorted_ids[1:] != sorted_ids[:-1]
        before = np.empty_like(sorted_numbers)
        before[1:] = sorted_numbers[:-1]
        before[is_first] = latest[sorted_ids[is_first]]
        is_last = np.roll(is_first, -1)
        latest[sorted_ids[is_last]] = sorted_numbers[is_last]
        found = np.empty_like(before)
        found[order] = before
        return found

    def _note_round(self, last: int, begin: float, end: float, period: float) -> None:
        """A round ends with flash number `last`."""
        begun = last - self._n + 1
        if begun > self._next_round:
            self._since = begin  # some flash since the last round belonged to none
        elif begun < self._next_round:
            return  # one that overlaps the last
        self._next_round = last + 1
        if end - self._since >= SYNC_PERIODS * period - _ROUNDING_S:
            self.time_to_sync = self._since


def _periods_at(simulation: Simulation, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The period in force when each flash happened; a change follows the flashes of its time."""
    since, periods = [-math.inf], [simulation.initial.period]
    for done in simulation.interventions:
        if isinstance(done.what, ParameterChange) and "period" in done.what.values:
            since.append(done.t)
            periods.append(done.what.values["period"])
    return np.array(periods)[np.searchsorted(since, times, side="left") - 1]
