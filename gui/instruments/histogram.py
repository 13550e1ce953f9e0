"""The phase histogram: the number of fireflies at each part of their cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters
from gui.instruments.panel import Area, Instrument, RunSoFar

N_BINS: Final = 40
"""Bins of the histogram: an eighth of a second each at the default period."""


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


def _compute(run: RunSoFar) -> PhaseHistogram:
    return phase_histogram(run.instant.phases, run.instant.parameters)


HISTOGRAM: Final = Instrument(
    name="histogram",
    title="Phases",
    key="Ctrl+4",
    sentence="How many fireflies are how long after their flash; the dashed line is what random "
    "phases would give; in the shaded part they are deaf",
    view="gui.instruments.histogram_view:PhaseHistogramView",
    area=Area.LEFT,
    hint="dashed: chance",
    compute=_compute,
    interval_s=1 / 8,
)
