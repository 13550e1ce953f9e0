"""Wishes about what computes the fireflies: the population, and a mirror beside it."""

from __future__ import annotations

from typing import Protocol

from experiments import ParameterError, Parameters, Simulation, check_size
from gui.controllers.mirroring import refusal_of
from gui.controllers.presenting import Presenting
from gui.controllers.screen import Screen
from gui.models.intent import Intent


class _Wishes(Protocol):
    """What begins a run anew, and knows with which parameters."""

    def settings(self) -> Parameters: ...
    def reset(self) -> None: ...


class PopulationWishes:
    """Writes into the intent what is to compute the fireflies.

    Parameters
    ----------
    simulation
        The run.
    intent
        Where wishes are written.
    presenting
        Shows what follows from them.
    screen
        Shows messages.
    wishes
        Begins the run anew.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        presenting: Presenting,
        screen: Screen,
        wishes: _Wishes,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._presenting = presenting
        self._screen = screen
        self._wishes = wishes

    def choose_population(self, choice: str) -> None:
        """Begin anew with fireflies that are computed so, or repeat the run with them."""
        try:
            check_size(self._wishes.settings(), choice)
        except ParameterError as refused:
            self._screen.show_toast(f"Not chosen: {refused}")
            return
        self._intent.population = self._simulation.population_choice = choice
        self._presenting.show()
        self._wishes.reset()

    def toggle_mirror(self) -> None:
        """Let the compiled population run beside the run, to compare every flash; or no longer."""
        if not self._intent.is_mirrored and (reason := refusal_of(self._simulation)):
            self._screen.show_toast(f"No mirror: {reason}")
            return
        self._intent.is_mirrored = not self._intent.is_mirrored
        self._screen.show_toast(
            "Mirror: every flash is compared with the compiled population; the engine panel counts"
            if self._intent.is_mirrored
            else "No mirror any more"
        )
        self._presenting.show()
