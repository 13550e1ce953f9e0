"""What is observed of a run: the order parameter, when it stays high, and the digest."""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SAMPLE_EVERY_S = 0.1
SYNC_R = 0.99
SYNC_PERIODS = 3


def order_parameter(zero: Sequence[float], period: float | Sequence[float], t: float) -> complex:
    """Mean of ``exp(2 pi i (t - zero) / period)`` over all fireflies, each with its period."""
    n = len(zero)
    periods = [period] * n if isinstance(period, float) else period
    angles = [2 * math.pi * (t - z) / each for z, each in zip(zero, periods, strict=True)]
    return complex(math.fsum(map(math.cos, angles)) / n, math.fsum(map(math.sin, angles)) / n)


def digest(flashes: Iterable[tuple[float, int]]) -> str:
    """SHA-256 over the flashes in order: float64 ``t``, uint32 ``id``, little-endian."""
    return hashlib.sha256(b"".join(struct.pack("<dI", t, i) for t, i in flashes)).hexdigest()


@dataclass(frozen=True)
class Sample:
    """The order parameter at ``t``, after everything at ``t``."""

    t: float
    order_parameter: complex
    period: float

    @property
    def r(self) -> float:
        """Coherence in [0, 1]."""
        return abs(self.order_parameter)


def time_to_sync(samples: Sequence[Sample], until: float) -> float | None:
    """First sample from which all samples for three of its periods have R >= 0.99."""
    hair = 1e-9  # s: j * 0.1 is not a multiple of 0.1
    for index, first in enumerate(samples):
        end = first.t + SYNC_PERIODS * first.period
        window = [sample for sample in samples[index:] if sample.t <= end + hair]
        if until >= end - hair and all(sample.r >= SYNC_R for sample in window):
            return first.t
    return None
