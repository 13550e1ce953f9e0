"""Bins of a histogram, counted as finely as anybody looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

N_BINS: Final = 40
"""Bins of the whole axis: of phases an eighth of a second each at the default period."""

N_FINEST: Final = 16 * N_BINS
"""Bins of the whole axis as finely as it is counted, for a closer look."""


@dataclass(frozen=True, slots=True)
class Binned:
    """How many fireflies are in which bin.

    Attributes
    ----------
    counts
        Fireflies in each of the finest bins, shape ``(640,)``.
    """

    counts: NDArray[np.int64]

    @property
    def n_counted(self) -> int:
        """Fireflies in all bins."""
        return int(self.counts.sum())

    def in_bins(self, n_bins: int) -> NDArray[np.int64]:
        """Fireflies in each of so many bins, of which the finest are a multiple."""
        in_bins: NDArray[np.int64] = self.counts.reshape(n_bins, -1).sum(axis=1)
        return in_bins
