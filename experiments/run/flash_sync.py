"""Synchrony by flashes: since when all fireflies flash together."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import ParameterChange
from experiments.model.coherence_record import SYNC_PERIODS
from experiments.model.flash_log import FlashLog
from experiments.run.simulation import Simulation

ROUND_FRACTION: Final = 0.1
"""Part of a period within which all fireflies have to flash."""

_ROUNDING_S: Final = 1e-9  # of times that are sums of periods

_AT_ONCE: Final = 1 << 15
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
        # Number of the first flash with which a round may begin that has not ended yet.
        self._first_needed = 0
        # Number of each firefly's last flash of those; None while they are too few for a round.
        self._latest: NDArray[np.int64] | None = None
        self._last_repeated = -1  # the latest flash that somebody has flashed after
        self._since = math.nan
        self._next_round = -1

    def read(self, simulation: Simulation) -> int:
        """Take in the flashes of a run since the last time.

        Returns
        -------
        int
            Number of the first flash that is still needed: those before it may be let go of.
        """
        log, end = simulation.flashes, len(simulation.flashes)
        while self._cursor < end and self.time_to_sync is None:
            cursor = self._cursor
            times, ids, self._cursor = log.read(cursor, cursor + _AT_ONCE)
            self._note(log, cursor, times, ids, _periods_at(simulation, times))
        if self.time_to_sync is not None:
            self._cursor = self._first_needed = end
            self._latest = None
        return self._first_needed

    def _note(
        self,
        log: FlashLog,
        first: int,
        times: NDArray[np.float64],
        ids: NDArray[np.uint32],
        periods: NDArray[np.float64],
    ) -> None:
        """Take in flashes, the first of which has number `first` in the run."""
        begins = self._begins(log, first, len(times))
        is_round = times - begins <= ROUND_FRACTION * periods + _ROUNDING_S
        if is_round.any():
            numbers = np.arange(first, first + len(times))
            is_round &= self._last_repeats(log, numbers, ids) <= numbers - self._n
            for k in np.flatnonzero(is_round):
                number, period = int(numbers[k]), float(periods[k])
                self._note_round(number, float(begins[k]), float(times[k]), period)
                if self.time_to_sync is not None:
                    return
        else:
            self._latest = None
        n_before = int(np.searchsorted(times, times[-1] - self._longest_round))
        if n_before:
            self._first_needed = first + n_before
        self._first_needed = max(self._first_needed, first + len(times) - self._n + 1)

    def _begins(self, log: FlashLog, first: int, m: int) -> NDArray[np.float64]:
        """Of the n flashes that end with each of m: when they began, if not too long ago."""
        begins = np.full(m, -math.inf)
        first_begin = first - self._n + 1
        known = max(first_begin, self._first_needed)
        if known < first_begin + m:
            begins[known - first_begin :] = log.read(known, first_begin + m)[0]
        return begins

    def _last_repeats(
        self, log: FlashLog, numbers: NDArray[np.int64], ids: NDArray[np.uint32]
    ) -> NDArray[np.int64]:
        """Until each flash, the latest one needed that somebody has flashed after; or -1."""
        if self._latest is None:
            self._latest, self._last_repeated = np.full(self._n, -1), -1
            cursor, first = self._first_needed, int(numbers[0])
            while cursor < first:
                begin = cursor
                _, before, cursor = log.read(begin, min(first, begin + _AT_ONCE))
                self._note_repeats(np.arange(begin, cursor), before)
        return self._note_repeats(numbers, ids)

    def _note_repeats(
        self, numbers: NDArray[np.int64], ids: NDArray[np.uint32]
    ) -> NDArray[np.int64]:
        assert self._latest is not None
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
