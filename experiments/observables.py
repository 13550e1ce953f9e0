"""Order parameters and what chance alone would make of them."""

from __future__ import annotations

import cmath
import math
from array import array
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_INTERVAL: Final = 0.1
"""Seconds of virtual time between two samples of the coherence."""

SYNC_COHERENCE: Final = 0.99
SYNC_PERIODS: Final = 3

_ROUNDING: Final = 1e-9  # sample times are multiples of 0.1, which is no binary number


def order_parameter(zero: NDArray[np.float64], t: float, period: float) -> complex:
    """Kuramoto's order parameter of the true phases.

    ``R exp(i psi) = mean(exp(2 pi i (t - zero) / period))`` (Kuramoto 1975).

    Parameters
    ----------
    zero
        Times at which the phases were 0, shape ``(n,)``, seconds.
    t, period
        Present time and common period, seconds.

    Returns
    -------
    complex
        Modulus R in [0, 1]: the coherence; angle psi in rad: the mean phase.
    """
    # With h = tan(angle / 2): cos = 2 / (1 + h**2) - 1 and sin = 2 h / (1 + h**2). One tan
    # is two to fifteen times as fast as cos and sin, and exact to a few roundings.
    h = np.tan(math.pi * (t - zero) / period)
    weight = 2.0 / (1.0 + h * h)
    n = len(zero)
    return complex(float(weight.sum()) / n - 1.0, float((h * weight).sum()) / n)


def local_order(phases: NDArray[np.float64], period: float, side: int) -> NDArray[np.float64]:
    """How much each firefly agrees with its eight neighbours on the torus.

    The modulus of the mean of ``exp(2 pi i phase / period)`` over a firefly and
    its neighbours.

    Parameters
    ----------
    phases
        By id, shape ``(side**2,)``, seconds.
    period
        Seconds.
    side
        Fireflies along each edge.

    Returns
    -------
    numpy.ndarray
        Shape ``(side**2,)``, in [0, 1].
    """
    unit = np.exp((2j * math.pi / period) * phases).reshape(side, side)
    rows = unit + np.roll(unit, 1, axis=0) + np.roll(unit, -1, axis=0)
    around = rows + np.roll(rows, 1, axis=1) + np.roll(rows, -1, axis=1)
    order: NDArray[np.float64] = np.minimum(np.abs(around) / 9.0, 1.0).reshape(-1)
    return order


def noise_band(n: int) -> float:
    """R below which 99 % of swarms of n independent random phases lie.

    For random phases ``n R**2`` is exponentially distributed with mean 1
    (Rayleigh 1880), so that ``P(R > r) = exp(-n r**2)``.
    """
    return min(1.0, math.sqrt(math.log(100.0) / n))


@dataclass(frozen=True, slots=True)
class CoherenceMark:
    """How far a record has come: samples, and since when R has been high."""

    n: int
    time_to_sync: float | None
    high_since: float | None


class CoherenceRecord:
    """R and mean phase of a run, sampled at ``j * 0.1`` s.

    Attributes
    ----------
    noise_band
        99 % band of random phases, for the number of fireflies.
    time_to_sync
        First sample from which all samples for three periods have R >= 0.99,
        in seconds; None as long as there is none.
    """

    def __init__(self, n: int) -> None:
        self.noise_band = noise_band(n)
        self._n_fireflies = n
        self.time_to_sync: float | None = None
        self._times = array("d")
        self._values = array("d")
        self._mean_phases = array("d")
        self._high_since: float | None = None

    def __len__(self) -> int:
        return len(self._times)

    @property
    def times(self) -> NDArray[np.float64]:
        """Sample times, shape ``(m,)``, seconds; a copy."""
        return np.array(self._times)

    @property
    def values(self) -> NDArray[np.float64]:
        """R at these times, shape ``(m,)``; a copy."""
        return np.array(self._values)

    @property
    def mean_phases(self) -> NDArray[np.float64]:
        """Angle of the order parameter, shape ``(m,)``, rad; a copy."""
        return np.array(self._mean_phases)

    def since(self, cursor: int) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
        """Times and values of the samples after the first `cursor`, and the new cursor."""
        return (
            np.array(self._times[cursor:]),
            np.array(self._values[cursor:]),
            len(self._times),
        )

    def mark(self) -> CoherenceMark:
        """Where the record is now, to go back to."""
        return CoherenceMark(len(self), self.time_to_sync, self._high_since)

    def until(self, mark: CoherenceMark) -> CoherenceRecord:
        """Another record, which has what this one had at a mark."""
        other = CoherenceRecord(self._n_fireflies)
        other._times = self._times[: mark.n]
        other._values = self._values[: mark.n]
        other._mean_phases = self._mean_phases[: mark.n]
        other.time_to_sync, other._high_since = mark.time_to_sync, mark.high_since
        return other

    def add(self, t: float, value: complex, period: float) -> None:
        """Note the order parameter at `t`; `period` is the one in force."""
        coherence, mean_phase = cmath.polar(value)
        self._times.append(t)
        self._values.append(coherence)
        self._mean_phases.append(mean_phase)
        if self.time_to_sync is not None:
            return
        if coherence < SYNC_COHERENCE:
            self._high_since = None
        elif self._high_since is None:
            self._high_since = t
        if (
            self._high_since is not None
            and t - self._high_since >= SYNC_PERIODS * period - _ROUNDING
        ):
            self.time_to_sync = self._high_since
