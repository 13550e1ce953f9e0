"""The phase histogram: the number of fireflies at each part of their cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters
from gui.instruments.axis_numbers import top_of_share
from gui.instruments.bins import N_BINS, N_FINEST, Binned
from gui.instruments.panel import Area, Instrument, RunSoFar


@dataclass(frozen=True, slots=True)
class PhaseHistogram(Binned):
    """How many fireflies are how far through their cycle.

    Attributes
    ----------
    period
        Seconds that the bins span together.
    deaf_share
        Refractory time as a share of the period.
    """

    period: float
    deaf_share: float

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the fireflies in each of 40 bins; they add up to 1."""
        return self.in_bins(N_BINS) / self.n_counted

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
