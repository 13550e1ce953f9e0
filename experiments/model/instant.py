"""The last complete instant of a run, from which all that is shown of it is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.model.order import OrderOf, order_parameter
from experiments.model.parameters import Parameters
from experiments.model.rules import periods_of


@dataclass(frozen=True, eq=False)
class Instant:
    """A run as it was after all that happened at one time.

    Attributes
    ----------
    t
        The time, seconds.
    parameters
        Those in force.
    zero
        When each phase was 0, by id, seconds; shape ``(n,)``, not to be written to.
    n_flashes, n_interventions
        How many there had been.
    order_of
        Computes the order parameter.
    """

    t: float
    parameters: Parameters
    zero: NDArray[np.float64]
    n_flashes: int
    n_interventions: int
    order_of: OrderOf = field(default=order_parameter, repr=False)

    @cached_property
    def phases(self) -> NDArray[np.float64]:
        """Phases by id, shape ``(n,)``, seconds, not wrapped."""
        return self.t - self.zero

    @cached_property
    def periods(self) -> NDArray[np.float64] | float:
        """Each firefly's, shape ``(n,)``, s, not to be written to; one if all have the same."""
        return periods_of(self.parameters)

    @cached_property
    def scaled_phases(self) -> NDArray[np.float64]:
        """Phases as if each one's period were the common one, shape ``(n,)``, s, not wrapped."""
        if not self.parameters.spread:
            return self.phases
        return self.fractions * self.parameters.period

    @cached_property
    def fractions(self) -> NDArray[np.float64]:
        """Phases as fractions of each one's period by id, shape ``(n,)``, not wrapped."""
        return self.phases / self.periods

    def of_one(self, i: int) -> tuple[float, float]:
        """The phase of firefly i, seconds, and as a fraction of its period; not wrapped."""
        phase = float(self.t - self.zero[i])
        period = self.periods if isinstance(self.periods, float) else float(self.periods[i])
        return phase, phase / period

    @cached_property
    def order(self) -> complex:
        """Kuramoto's order parameter."""
        return self.order_of(self.zero, self.t, self.periods)

    @property
    def coherence(self) -> float:
        """Its modulus R, in [0, 1]."""
        return abs(self.order)
