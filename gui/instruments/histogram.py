"""The phase histogram: the number of fireflies at each part of their cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters
from gui.instruments.axis_numbers import top_of_share
from gui.instruments.panel import Area, Instrument, RunSoFar

N_BINS: Final = 40
"""Bins of the whole cycle: an eighth of a second each at the default period."""

N_FINEST: Final = 16 * N_BINS
"""Bins of the whole cycle as finely as it is counted, for a closer look."""


@dataclass(frozen=True, slots=True)
class PhaseHistogram:
    """How many fireflies are how far through their cycle.

    Attributes
    ----------
    counts
        Fireflies in each of the finest bins, shape ``(640,)``.
    period
        Seconds that the bins span together.
    deaf_share
        Refractory time as a share of the period.
    """

    counts: NDArray[np.int64]
    period: float
    deaf_share: float

    @property
    def n_fireflies(self) -> int:
        """In all bins."""
        return int(self.counts.sum())

    def in_bins(self, n_bins: int) -> NDArray[np.int64]:
        """Fireflies in each of so many bins, of which the finest are a multiple."""
        in_bins: NDArray[np.int64] = self.counts.reshape(n_bins, -1).sum(axis=1)
        return in_bins

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the fireflies in each of 40 bins; they add up to 1."""
        return self.in_bins(N_BINS) / self.n_fireflies

    @property
    def top(self) -> float:
        """The round number above all shares of 40 bins."""
        return top_of_share(float(self.shares.max()))


def phase_histogram(phases: NDArray[np.float64], parameters: Parameters) -> PhaseHistogram:
    """The phases, s of the common period, shape ``(n,)``, wrapped into bins of one cycle."""
    period = parameters.period
    share = np.mod(phases / period, 1.0)
    bins = np.minimum((share * N_FINEST).astype(np.int64), N_FINEST - 1)
    counts = np.bincount(bins, minlength=N_FINEST)
    return PhaseHistogram(counts, period, parameters.refractory / period)


def _compute(run: RunSoFar) -> PhaseHistogram:
    return phase_histogram(run.instant.scaled_phases, run.instant.parameters)


HISTOGRAM: Final = Instrument(
    name="histogram",
    title="Phases",
    key="Ctrl+4",
    sentence="How many fireflies are how long after their flash; the dashed line is what random "
    "phases would give; in the shaded part they are deaf. Point: read out; wheel: zoom; drag: "
    "move; double click: all of the cycle",
    view="gui.instruments.histogram_view:PhaseHistogramView",
    area=Area.LEFT,
    hint="dashed: chance",
    compute=_compute,
    interval_s=1 / 8,
)
