"""The state of a population, as arrays: what another one goes on from."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action
from experiments.model.flight import NO_PULSES
from experiments.model.parameters import Parameters


class Status(enum.IntFlag):
    """What has been done to a firefly."""

    NORMAL = 0
    SILENT = 1
    BLIND = 2
    PACEMAKER = 4


STATUS_SET_BY: Final = {
    Action.SILENT: Status.SILENT,
    Action.BLIND: Status.BLIND,
    Action.PACEMAKER: Status.PACEMAKER,
    Action.REVIVE: Status.NORMAL,
}
"""Actions that change what a firefly is; each adds its flag, and the last takes all away."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """All that a run needs to go on identically from a complete instant.

    Attributes
    ----------
    t
        The instant, seconds.
    parameters
        Those in force.
    zero, counts, status
        State by id: when the phase was 0 (s), flashes so far, flags; shape ``(n,)``.
    n_actions
        Actions so far.
    pulses
        Those in flight, in the order of their arrival; shape ``(m,)`` of
        :data:`~experiments.model.flight.PULSES`.
    """

    t: float
    parameters: Parameters
    zero: NDArray[np.float64]
    counts: NDArray[np.int64]
    status: NDArray[np.uint8]
    n_actions: int
    pulses: NDArray[np.void] = field(default_factory=lambda: NO_PULSES)
