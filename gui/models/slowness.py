"""A run that hardly moves: what is said of it, once."""

from __future__ import annotations

import math
from typing import Final

from experiments import Parameters, PopulationKind, SlowAdvice, slow_advice
from gui.models.status_readout import StatusReadout

TOLD_AFTER_S: Final = 3.0
"""Wall seconds for which it has to be that slow."""

_HARDLY: Final = 0.1
"""Share of the speed asked, or of 1x if that is more, below which it hardly moves."""

_COMPILED: Final = "Menu, Computed as, Compiled"


def advice_of(
    parameters: Parameters, kind: PopulationKind, flashes_per_s: float | None, held: float | None
) -> SlowAdvice:
    """What takes the time, and what helps, by the flashes and the speed of the last second."""
    if held is None:
        return SlowAdvice()
    return slow_advice(parameters, kind, flashes_per_s or 0.0, held, _COMPILED)


class SlownessNews:
    """Says once for each swarm why it hardly moves."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another swarm, of which nothing was said."""
        self._since = math.inf
        self._was_said = False

    def news(self, status: StatusReadout, wall: float) -> str:
        """The sentence, if there is something to say at `wall` seconds; otherwise nothing."""
        held = math.inf if status.held is None else status.held
        can_be_helped = bool(status.advice) and not status.is_replay
        if not can_be_helped or held >= _HARDLY * min(status.asked, 1.0):
            self._since = math.inf
            return ""
        self._since = min(self._since, wall)
        if self._was_said or wall - self._since < TOLD_AFTER_S:
            return ""
        self._was_said = True
        return f"It hardly moves: {status.advice}"
