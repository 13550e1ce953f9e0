"""The hand on the grid: it points, pins a firefly, or draws with a brush."""

from __future__ import annotations

from experiments import Simulation
from gui.controllers.presenting import Presenting
from gui.controllers.screen import Screen
from gui.models.brush import NARROWEST, WIDEST, Brush, resized, stroke
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.stroke_shape import StrokeShape, filled_ids, line_ids, rectangle_ids


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
        self._begin: tuple[float, float] | None = None
        self._end = (0.0, 0.0)
        self._is_given_up = False

    def click(self, x: float, y: float) -> None:
        """A place on the grid was clicked, in cells: hold on to the firefly, or let go of it."""
        if self._intent.brush is not Brush.LOOK:
            return
        firefly = self._firefly_at(x, y)
        self._pin(None if firefly == self._intent.pinned else firefly)

    def let_go(self) -> None:
        """Give up the shape that is drawn, or let go of the firefly held."""
        if self._intent.preview:
            self._is_given_up = True
            self._preview(frozenset())
        else:
            self._pin(None)

    def _pin(self, firefly: int | None) -> None:
        self._intent.pinned = firefly
        self._presenting.show()

    def choose_brush(self, brush: Brush) -> None:
        """Take another brush into the hand."""
        self._drop_shape()
        self._intent.brush = brush
        self._presenting.show()

    def choose_shape(self, shape: StrokeShape) -> None:
        """Draw other shapes with the brush from now on."""
        self._drop_shape()
        self._intent.shape = shape
        self._presenting.show()

    def _drop_shape(self) -> None:
        self._begin = None
        self._intent.end_stroke()
        self._intent.preview = frozenset()

    def set_width(self, width: int) -> None:
        """Make the brush so many cells wide, as far as that is allowed."""
        self._intent.brush_width = min(WIDEST, max(NARROWEST, width))
        self._presenting.show()

    def toggle_defects(self) -> None:
        """Mark phase defects on the grid, or don't any more."""
        self._intent.marks_defects = not self._intent.marks_defects
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
        if action is None or self._is_given_up:
            return
        if self._intent.wanted_session(self._current.session) is not None:
            self._screen.show_toast("Not painted: a repeated run stays as it was; B branches off")
            return
        if self._intent.restart is not None:
            self._screen.show_toast("Not painted: a new swarm is about to begin")
            return
        if self._intent.shape is StrokeShape.FREE:
            side, width = self._simulation.parameters.side, self._intent.brush_width
            self._intent.touch(action, stroke((x0, y0), (x1, y1), width, side))
            return
        if self._begin is None:
            self._begin = self._end = x0, y0
        # By how far it was moved: where the cursor goes around an edge it comes from elsewhere.
        self._end = self._end[0] + x1 - x0, self._end[1] + y1 - y0
        self._preview(self._drawn(self._begin))

    def end_stroke(self) -> None:
        """The brush was lifted: what was drawn as a whole is done now."""
        action, ids = self._intent.brush.action, set(self._intent.preview)
        if action is not None and ids and self._intent.restart is None:
            self._intent.touch(action, ids)
        self._begin, self._is_given_up = None, False
        self._intent.end_stroke()
        self._preview(frozenset())

    def _drawn(self, begin: tuple[float, float]) -> frozenset[int]:
        """Who lies within the shape as it is by now."""
        side = self._simulation.parameters.side
        if self._intent.shape is StrokeShape.LINE:
            return frozenset(line_ids(begin, self._end, self._intent.brush_width, side))
        if self._intent.shape is StrokeShape.RECTANGLE:
            return frozenset(rectangle_ids(begin, self._end, side))
        if self._intent.preview:  # it is where it was clicked, wherever the pointer goes
            return self._intent.preview
        return frozenset(filled_ids(begin, self._simulation.status, side))

    def _preview(self, ids: frozenset[int]) -> None:
        self._intent.preview = ids
        self._presenting.show()
