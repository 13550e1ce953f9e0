"""The record of a run: its observables, sampled at equal steps of virtual time."""

from __future__ import annotations

import cmath
import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.instant import Instant
from experiments.model.long_series import LongSeries
from experiments.model.observables import MEAN_PHASE, R, sampled
from experiments.model.order import noise_band
from experiments.model.parameters import Parameters

SAMPLE_INTERVAL: Final = 0.1
"""Seconds of virtual time between two samples of the coherence."""

MOST_SAMPLES: Final = 1 << 22
"""Samples of R that a window keeps as they are: 67 MB, five days of virtual time."""

SYNC_COHERENCE: Final = 0.99
SYNC_PERIODS: Final = 3

_ROUNDING: Final = 1e-9  # sample times are multiples of 0.1, which is no binary number


_TOLD_AS: Final = {R.name: "values", MEAN_PHASE.name: "mean_phases"}
"""Names that series have in files since before there were others."""


class OrderWatch:
    """Finds when order is reached: R high at all samples for three periods.

    Attributes
    ----------
    time_to_sync
        First sample of these, seconds; None as long as there is none.
    high_since
        Since when R has been high, seconds; None if it isn't.
    """

    __slots__ = ("high_since", "time_to_sync")

    def __init__(self, time_to_sync: float | None = None, high_since: float | None = None) -> None:
        self.time_to_sync = time_to_sync
        self.high_since = high_since

    def note(self, t: float, coherence: float, period: float) -> None:
        """Take in R of the sample at `t`, s, with the period in force, s."""
        if self.time_to_sync is not None:
            return
        if coherence < SYNC_COHERENCE:
            self.high_since = None
        elif self.high_since is None:
            self.high_since = t
        since = self.high_since
        if since is not None and t - since >= SYNC_PERIODS * period - _ROUNDING:
            self.time_to_sync = since


@dataclass(frozen=True, slots=True)
class CoherenceMark:
    """How far a record has come: samples, and since when R has been high."""

    n: int
    time_to_sync: float | None
    high_since: float | None


class CoherenceRecord:
    """R, mean phase and all other observables of a run, sampled at ``j * 0.1`` s.

    Parameters
    ----------
    n
        Fireflies.
    most
        Samples to keep as they are, the latest; None for all. Of the others the extremes are
        kept, for plots.
    asked
        Names of observables to sample beside those that always are.

    Attributes
    ----------
    observables
        What is sampled, as declared when the run began.
    """

    def __init__(self, n: int, most: int | None = None, asked: Iterable[str] = ()) -> None:
        self._n_fireflies = n
        self._most = most
        self._watch = OrderWatch()
        self._begin = 0
        self.observables = sampled(asked)
        self._set_series({each.name: LongSeries(most) for each in self.observables})
        self._band_times = array("d", [0.0])
        self._band_levels = array("d", [noise_band(n)])
        self._conditions = (0.0, 1.0)

    def _set_series(self, series: dict[str, LongSeries]) -> None:
        self._series = series
        self._values = series[R.name]

    def __len__(self) -> int:
        """Samples so far, those not kept included."""
        return len(self._values)

    @property
    def time_to_sync(self) -> float | None:
        """First sample from which all samples for three periods have R >= 0.99, seconds.

        None as long as there is none.
        """
        return self._watch.time_to_sync

    @property
    def is_whole(self) -> bool:
        """Whether every sample is still kept as it was."""
        return self._values.first == 0

    @property
    def noise_band(self) -> float:
        """The band of chance now; see :func:`noise_band`."""
        return self._band_levels[-1]

    @property
    def highest(self) -> float:
        """The greatest R so far; 0 if there is none."""
        return self._values.highest()

    @property
    def times(self) -> NDArray[np.float64]:
        """Times of the samples kept, shape ``(m,)``, seconds; a copy."""
        return self._times(np.arange(self._values.first, len(self)))

    @property
    def values(self) -> NDArray[np.float64]:
        """R at these times, shape ``(m,)``; a copy."""
        return self.read(R.name)

    @property
    def mean_phases(self) -> NDArray[np.float64]:
        """Angle of the order parameter at these times, shape ``(m,)``, rad; a copy."""
        return self.read(MEAN_PHASE.name)

    def read(self, name: str) -> NDArray[np.float64]:
        """An observable at these times, shape ``(m,)``, in its unit; a copy."""
        return self._series[name].read(0)

    def since(self, cursor: int) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
        """Times and values of the samples kept after the first `cursor`, and the new cursor."""
        first = max(cursor, self._values.first)
        return self._times(np.arange(first, len(self))), self._values.read(first), len(self)

    def drawn(
        self, begin: float, end: float, most: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A line of R from `begin` to `end`, s, in at most `most` points; no dip is left out.

        It reaches a sample beyond either end, if there is one.

        Returns
        -------
        times, values
            Shape ``(m,)``; seconds, ascending, and R.
        """
        first = math.floor(begin / SAMPLE_INTERVAL) - self._begin
        last = math.ceil(end / SAMPLE_INTERVAL) - self._begin
        at, values = self._values.drawn(first, last + 1, most)
        return self._times(at), values

    def band_steps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """From when on the band of chance had which level: s, and R; shape ``(m,)``."""
        return np.array(self._band_times), np.array(self._band_levels)

    def _times(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        times: NDArray[np.float64] = np.multiply(
            self._begin + at, SAMPLE_INTERVAL, dtype=np.float64
        )
        return times

    def mark(self) -> CoherenceMark:
        """Where the record is now, to go back to."""
        return CoherenceMark(len(self), self.time_to_sync, self._watch.high_since)

    def until(self, mark: CoherenceMark) -> CoherenceRecord:
        """Another record, which has what this one had at a mark."""
        other = CoherenceRecord(self._n_fireflies, self._most)
        other._begin = self._begin
        other.observables = self.observables
        other._set_series({name: each.until(mark.n) for name, each in self._series.items()})
        last = (self._begin + mark.n - 1) * SAMPLE_INTERVAL
        n_steps = max(1, bisect_right(self._band_times, last))
        other._band_times = self._band_times[:n_steps]
        other._band_levels = self._band_levels[:n_steps]
        other._watch = OrderWatch(mark.time_to_sync, mark.high_since)
        return other

    def told(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """All there is to it, as what JSON takes and as arrays; see :meth:`of_told`."""
        arrays: dict[str, NDArray[Any]] = {"band": np.array([self._band_times, self._band_levels])}
        told: dict[str, Any] = {
            "most": self._most,
            "begin": self._begin,
            "time_to_sync": self.time_to_sync,
            "high_since": self._watch.high_since,
            "conditions": self._conditions,
        }
        for name, series in self._series.items():
            told_as = _TOLD_AS.get(name, name)
            told[told_as], parts = series.told()
            arrays |= {f"{told_as}_{part}": array for part, array in parts.items()}
        return told, arrays

    @classmethod
    def of_told(
        cls, n: int, told: dict[str, Any], arrays: dict[str, NDArray[Any]]
    ) -> CoherenceRecord:
        """The record of `n` fireflies that :meth:`told` has told of."""
        record = cls(n, told["most"])
        record._begin, record._conditions = told["begin"], tuple(told["conditions"])
        record._watch = OrderWatch(told["time_to_sync"], told["high_since"])
        record._band_times, record._band_levels = (array("d", row) for row in arrays["band"])
        series: dict[str, LongSeries] = {}
        for name in record._series:
            told_as = _TOLD_AS.get(name, name)
            parts = {part: arrays[f"{told_as}_{part}"] for part in LongSeries.PARTS}
            series[name] = LongSeries.of_told(told["most"], told[told_as], parts)
        record._set_series(series)
        return record

    def observed(self, instant: Instant) -> dict[str, float]:
        """A sample of a complete instant, by name of observable."""
        return {each.name: each.of(instant) for each in self.observables}

    def note(self, t: float, samples: Mapping[str, float], parameters: Parameters) -> None:
        """Note a sample that was observed at `t`, as for :meth:`add`."""
        self._take(t, samples, parameters.period, parameters.jitter)

    def add(self, t: float, value: complex, period: float, jitter: float = 0.0) -> None:
        """Note the order parameter at `t`, a sample interval after the one before.

        Parameters
        ----------
        t
            A multiple of the sample interval, seconds.
        value
            The order parameter; other observables are not known.
        period, jitter
            In force, seconds.
        """
        coherence, mean_phase = cmath.polar(value)
        self._take(t, {R.name: coherence, MEAN_PHASE.name: mean_phase}, period, jitter)

    def _take(self, t: float, samples: Mapping[str, float], period: float, jitter: float) -> None:
        if not len(self):
            self._begin = round(t / SAMPLE_INTERVAL)
        if t != (self._begin + len(self)) * SAMPLE_INTERVAL:
            expected = (self._begin + len(self)) * SAMPLE_INTERVAL
            raise ValueError(f"the next sample of R must be at {expected} s, got {t} s")
        for name, series in self._series.items():
            series.append(samples.get(name, math.nan))
            series.make_room()
        if (period, jitter) != self._conditions:
            self._note_band(t, period, jitter)
        self._watch.note(t, samples[R.name], period)

    def _note_band(self, t: float, period: float, jitter: float) -> None:
        """The band of chance may be another from `t` on."""
        self._conditions = (period, jitter)
        level = noise_band(self._n_fireflies, jitter, period)
        if len(self) == 1:
            self._band_times, self._band_levels = array("d", [t]), array("d", [level])
        elif level != self._band_levels[-1]:
            self._band_times.append(t)
            self._band_levels.append(level)
