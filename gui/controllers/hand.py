"""The hand on the grid: it points, pins a firefly, or draws with a brush."""

from __future__ import annotations

from experiments import Simulation
from gui.controllers.presenting import Presenting
from gui.controllers.screen import Screen
from gui.models.brush import Brush, resized, stroke
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent


class Hand:
    """Holds a brush, and turns its movements into wishes.

    Parameters
    ----------
    simulation
        Asked how large the grid is.
    intent
        Where the wishes go.
    current
        Knows whether a run is repeated: then nothing is painted.
    presenting
        Shows the brush and the firefly held, at once.
    screen
        Says why nothing is painted.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        presenting: Presenting,
        screen: Screen,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._presenting = presenting
        self._screen = screen

    def click(self, x: float, y: float) -> None:
        """A place on the grid was clicked, in cells: hold on to the firefly, or let go of it."""
        if self._intent.brush is not Brush.LOOK:
            return
        firefly = self._firefly_at(x, y)
        self._pin(None if firefly == self._intent.pinned else firefly)

    def let_go(self) -> None:
        """Let go of the firefly held."""
        self._pin(None)

    def _pin(self, firefly: int | None) -> None:
        self._intent.pinned = firefly
        self._presenting.show()

    def choose_brush(self, brush: Brush) -> None:
        """Take another brush into the hand."""
        self._intent.end_stroke()
        self._intent.brush = brush
        self._presenting.show()

    def end_story(self, _what: object = None) -> None:
        """Something was done: what there is to see need not be told any more."""
        self._intent.tells_story = False
        self._presenting.show()

    def turn_wheel(self, steps: int) -> None:
        """Make the brush wider or narrower."""
        self._intent.brush_width = resized(self._intent.brush_width, steps)
        self._presenting.show()

    def point(self, x: float, y: float) -> None:
        """The pointer is somewhere on the grid, in cells; nan when it has left."""
        self._intent.pointed_at = self._firefly_at(x, y)

    def _firefly_at(self, x: float, y: float) -> int | None:
        side = self._simulation.parameters.side
        is_inside = 0.0 <= x < side and 0.0 <= y < side
        return int(y) * side + int(x) if is_inside else None

    def stroke(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """The brush was drawn from one place to another, in cells."""
        action = self._intent.brush.action
        if action is None:
            return
        if self._intent.wanted_session(self._current.session) is not None:
            self._screen.show_toast("Not painted: a repeated run stays as it was; B branches off")
            return
        if self._intent.restart is not None:
            self._screen.show_toast("Not painted: a new swarm is about to begin")
            return
        side = self._simulation.parameters.side
        self._intent.touch(action, stroke((x0, y0), (x1, y1), self._intent.brush_width, side))

    def end_stroke(self) -> None:
        """The brush was lifted."""
        self._intent.end_stroke()
