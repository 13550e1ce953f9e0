"""The whole of a run: all its flashes, from which observables are worked out at its end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.model.avalanches import avalanches
from experiments.model.flash_statistics import Intervals, flash_times, frequencies, intervals
from experiments.model.parameters import Parameters
from experiments.model.rules import topology_of


@dataclass(frozen=True, eq=False, kw_only=True)
class WholeRun:
    """A run from its beginning to some time.

    Attributes
    ----------
    times, ids
        All flashes in order, seconds and fireflies, shape ``(m,)``.
    end
        Until when, seconds.
    parameters
        Those in force then.
    time_to_sync
        When order was reached, seconds; None if it wasn't.
    pair
        The two fireflies that what is measured of two is measured of.
    """

    times: NDArray[np.float64]
    ids: NDArray[np.uint32]
    end: float
    parameters: Parameters
    time_to_sync: float | None = None
    pair: tuple[int, int] = (0, 1)

    @property
    def n_flashes(self) -> int:
        """How many flashes there were."""
        return len(self.times)

    @cached_property
    def intervals(self) -> Intervals:
        """The times between two flashes of a firefly."""
        return intervals(self.times, self.ids)

    @cached_property
    def frequencies(self) -> NDArray[np.float64]:
        """The frequencies that are known, flashes per second, shape ``(k,)``."""
        each = frequencies(self.times, self.ids, self.parameters.n_fireflies)
        return each[~np.isnan(each)]

    @cached_property
    def avalanches(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """When each avalanche was, seconds, and its flashes; shape ``(k,)``."""
        return avalanches(self.times, self.ids, topology_of(self.parameters))

    @property
    def pair_times(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """When each of the pair flashed, seconds."""
        first, second = (flash_times(self.times, self.ids, each) for each in self.pair)
        return first, second
