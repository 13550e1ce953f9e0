"""Pictures of the phases of a swarm: around a circle, and in bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters

N_BINS: Final = 40
"""Bins of the histogram: an eighth of a second each at the default period."""

INNER_RADIUS: Final = 0.72
OUTER_RADIUS: Final = 0.96
"""Where the fireflies stand around the circle, as shares of half its picture."""

_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_SMALLEST_PICTURE, _LARGEST_PICTURE = 56, 168
_PIXELS_PER_ROOT: Final = 2.4


@dataclass(frozen=True, slots=True)
class PhaseCircle:
    """The phases around a circle: 0 at the right, growing counter-clockwise.

    Attributes
    ----------
    density
        How full each place is, shape ``(m, m)``, in [0, 1), the first row on top.
        A firefly stands at its phase; how far outside depends on its id alone.
    order
        Order parameter ``R exp(i psi)``: the mean vector.
    deaf_share
        Refractory time as a share of the period: where nobody listens.
    """

    density: NDArray[np.float64]
    order: complex
    deaf_share: float


@dataclass(frozen=True, slots=True)
class PhaseHistogram:
    """How many fireflies are how far through their cycle.

    Attributes
    ----------
    shares
        Share of the fireflies in each bin, shape ``(40,)``; they add up to 1.
    top
        Share at the upper edge of the picture: a round number.
    period
        Seconds that the bins span together.
    deaf_share
        Refractory time as a share of the period.
    """

    shares: NDArray[np.float64]
    top: float
    period: float
    deaf_share: float


def phase_circle(
    phases: NDArray[np.float64], order: complex, parameters: Parameters
) -> PhaseCircle:
    """The phases, seconds, shape ``(n,)``, around the circle."""
    n = len(phases)
    size = round(min(max(_PIXELS_PER_ROOT * math.sqrt(n), _SMALLEST_PICTURE), _LARGEST_PICTURE))
    angle = (2.0 * math.pi / parameters.period) * phases
    scatter = np.arange(n) * _GOLDEN % 1.0
    radius = (INNER_RADIUS + (OUTER_RADIUS - INNER_RADIUS) * scatter) * size / 2.0
    column = (size / 2.0 + radius * np.cos(angle)).astype(np.int64)
    row = (size / 2.0 - radius * np.sin(angle)).astype(np.int64)
    counts = np.bincount(row * size + column, minlength=size * size).reshape(size, size)
    ring = math.pi * (OUTER_RADIUS**2 - INNER_RADIUS**2) * size * size / 4.0
    crowd = max(1.0, 2.0 * n / ring)  # so that random phases look half full
    return PhaseCircle(
        1.0 - np.exp(-1.6 * counts / crowd), order, parameters.refractory / parameters.period
    )


def phase_histogram(phases: NDArray[np.float64], parameters: Parameters) -> PhaseHistogram:
    """The phases, seconds, shape ``(n,)``, wrapped into bins of one cycle."""
    period = parameters.period
    share = np.mod(phases / period, 1.0)
    bins = np.minimum((share * N_BINS).astype(np.int64), N_BINS - 1)
    shares = np.bincount(bins, minlength=N_BINS) / len(phases)
    return PhaseHistogram(
        shares, _round_top(float(shares.max())), period, parameters.refractory / period
    )


def _round_top(highest: float) -> float:
    return next(top for top in (0.05, 0.1, 0.2, 0.5, 1.0) if top >= min(highest, 1.0))
