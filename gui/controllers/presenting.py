"""The one place from which the window is shown what is not a picture: differences alone."""

from __future__ import annotations

from experiments import Simulation, topology_of
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.findings import Findings, Note
from gui.models.hearers import NOBODY, Hearers, hearers_of
from gui.models.intent import Intent
from gui.models.window_state import WindowState, resolve


class Presenting:
    """Resolves what the window is to show, and shows what differs from what it shows.

    Parameters
    ----------
    simulation
        Asked for the parameters in force.
    intent
        What the user wants.
    current
        What is known of the run.
    screen
        Where it shows.

    Attributes
    ----------
    findings
        What there is to say; whoever has found something writes it here.
    """

    def __init__(
        self, simulation: Simulation, intent: Intent, current: CurrentRun, screen: Screen
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._screen = screen
        self._shown: WindowState | None = None
        self.findings = Findings()

    def say(self, words: str, *, can_cancel: bool = False) -> None:
        """Show words over the grid at once; none takes them away."""
        self.findings.note = Note(words, can_cancel)
        self.show()

    def show(self) -> None:
        """Show all that has changed: once a frame, and when the user's hand has done something."""
        before = self._shown
        self._shown = now = resolve(
            self._intent, self._current, self.findings, self._simulation.pending
        )
        if now != before:
            self._show_differences(before, now)

    def _show_differences(self, before: WindowState | None, now: WindowState) -> None:
        def differs(*names: str) -> bool:
            if before is None:
                return True
            return any(getattr(before, name) != getattr(now, name) for name in names)

        screen = self._screen
        if differs("values", "n_touched"):
            screen.show_parameters(now.values)
        if differs("refusals"):
            self._show_refusals(before, now)
        if differs("is_playing"):
            screen.show_playing(now.is_playing)
        if differs("view"):
            screen.show_view(now.view)
        if differs("is_calm"):
            screen.show_calm(now.is_calm)
        if differs("drawing"):
            screen.show_drawing(now.drawing)
        if differs("population", "is_mirrored"):
            screen.show_population(now.population, is_mirrored=now.is_mirrored)
        if differs("marks_defects"):
            screen.show_marking(now.marks_defects)
        if differs("brush", "brush_width", "shape"):
            screen.show_brush(now.brush, now.brush_width, now.shape)
        if now.preview != (frozenset() if before is None else before.preview):
            screen.show_preview(now.preview)
        if differs("pinned"):
            screen.show_pinned(now.pinned)
        if differs("looked_at"):
            screen.show_hearers(self._hearers(now.looked_at))
        if differs("preset"):
            screen.show_preset(*now.preset)
        if now.note != (Note() if before is None else before.note):  # no words show at first
            screen.show_note(now.note.words, now.note.can_cancel)
        if now.story != (() if before is None else before.story):
            screen.show_story(now.story)
        if differs("timeline"):
            screen.show_timeline(now.timeline)
        if differs("status") and now.status is not None:
            screen.show_status(now.status)
        if differs("firefly"):
            screen.show_firefly(now.firefly)

    def _hearers(self, firefly: int | None) -> Hearers:
        parameters = self._simulation.parameters
        if firefly is None or firefly >= parameters.n_fireflies:
            return NOBODY
        return hearers_of(firefly, topology_of(parameters))

    def _show_refusals(self, before: WindowState | None, now: WindowState) -> None:
        shown = {} if before is None else before.refusals
        for name in shown.keys() | now.refusals.keys():
            if shown.get(name) != (refusal := now.refusals.get(name)):
                self._screen.show_refusal(name, "" if refusal is None else refusal.reason)
