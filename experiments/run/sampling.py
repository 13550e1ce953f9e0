"""Samples of the observables, at equal steps of virtual time."""

from __future__ import annotations

import math
from collections.abc import Mapping

from experiments.model.coherence_record import SAMPLE_INTERVAL, CoherenceRecord
from experiments.model.instant import Instant
from experiments.model.parameters import Parameters


class Sampling:
    """Adds a sample to a record at each multiple of the sample interval.

    Parameters
    ----------
    record
        Where they go.
    t
        Seconds of virtual time from which on, itself included.
    n_taken
        Samples that were taken before, if any: the next one has at least this number.
    """

    def __init__(self, record: CoherenceRecord, t: float, n_taken: int = 0) -> None:
        self._record = record
        self._number = max(_first_sample_from(t), n_taken)

    @property
    def next_time(self) -> float:
        """When the next one is due, seconds; it is taken when time leaves that instant."""
        return self._number * SAMPLE_INTERVAL

    def time_after(self, n: int) -> float:
        """When one is due after `n` others, seconds."""
        return (self._number + n) * SAMPLE_INTERVAL

    def take(self, instant: Instant) -> None:
        """Take the one that is due, of a complete instant."""
        self.note(self._record.observed(instant), instant.parameters)

    def note(self, samples: Mapping[str, float], parameters: Parameters) -> None:
        """Note the one that is due, as it was observed with these parameters in force."""
        self._record.note(self.next_time, samples, parameters)
        self._number += 1


def _first_sample_from(t: float) -> int:
    """The smallest j with ``j * 0.1 >= t``, in doubles."""
    number = max(0, math.floor(t / SAMPLE_INTERVAL) - 1)
    while number * SAMPLE_INTERVAL < t:
        number += 1
    return number
