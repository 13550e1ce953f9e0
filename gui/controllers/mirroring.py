"""The mirror beside a run of workflows: the compiled population, compared flash for flash."""

from __future__ import annotations

import asyncio
import math
from typing import Final

from experiments import COMPILED, Mirror, Simulation
from gui.controllers.screen import Screen
from gui.models.intent import Intent
from gui.models.metrics import Metrics

_BUDGET_S: Final = 0.002
"""Wall time that the mirror has in a frame: it is a hundred times as fast as what it follows."""

_STATES_EVERY_S: Final = 1.0
"""Wall time between two comparisons of all states; flashes are compared in every frame."""


def refusal_of(simulation: Simulation) -> str:
    """Why a run can't be mirrored, in words; nothing if it can."""
    if not simulation.kind.runs_on_engine:
        return "it compares workflows with compiled fireflies, and there are no workflows"
    return COMPILED.lacks(simulation.parameters)


class Mirroring:
    """Keeps a mirror of the run while it is wanted, and counts what differs.

    Parameters
    ----------
    simulation
        The run.
    intent
        Says whether a mirror is wanted.
    metrics
        Where the counts go.
    screen
        Shows messages.
    """

    def __init__(
        self, simulation: Simulation, intent: Intent, metrics: Metrics, screen: Screen
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._metrics = metrics
        self._screen = screen
        self._mirror: Mirror | None = None
        self._starting: asyncio.Task[None] | None = None
        self._has_told = False
        self._states_due = -math.inf

    @property
    def wants_pictures(self) -> bool:
        """It takes none."""
        return False

    def take(self, wall: float) -> None:
        """Once a frame: begin, go on, or end."""
        if self._mirror is not None and (
            not self._intent.is_mirrored or self._mirror.is_of is not self._simulation.population
        ):
            self._end()
        if not self._intent.is_mirrored or not self._simulation.is_complete:
            return
        if self._mirror is None:
            self._begin()
        elif self._starting is not None and self._starting.done():
            self._starting.result()
            is_due = wall >= self._states_due
            if self._mirror.catch_up(_BUDGET_S, with_states=is_due) and is_due:
                self._states_due = wall + _STATES_EVERY_S
            self._metrics.mirrored = self._mirror.n_differences, self._mirror.n_compared
            self._tell(self._mirror)

    def _begin(self) -> None:
        if refusal_of(self._simulation):
            return
        self._mirror = Mirror(self._simulation)
        self._starting = asyncio.create_task(self._mirror.start(), name="mirror")
        self._metrics.mirrored = 0, 0
        self._has_told = False

    def _tell(self, mirror: Mirror) -> None:
        if mirror.first is not None and not self._has_told:
            self._has_told = True
            self._screen.show_toast(f"The mirror differs: {mirror.first.what}")

    def _end(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
        self._mirror = self._starting = self._metrics.mirrored = None

    async def aclose(self) -> None:
        """End the mirror, when the window closes."""
        starting = self._starting
        self._end()
        if starting is not None:
            await asyncio.gather(starting, return_exceptions=True)
