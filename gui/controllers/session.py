"""What the buttons, keys and sliders mean: they turn into wishes that the pump takes up."""

from __future__ import annotations

from collections.abc import Callable

from experiments import (
    GALLERY,
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
    Simulation,
    check_workflow_side,
)
from gui.controllers.screen import Screen
from gui.models.brush import Brush, resized, stroke
from gui.models.history import History
from gui.models.intent import Intent
from gui.models.scales import parse_value, refusal_text
from gui.models.view import View


class SessionController:
    """Turns what the views emit into wishes.

    Parameters
    ----------
    simulation
        Asked for what is in force; nothing is changed on it here.
    intent
        Where the wishes go.
    screen
        Where a refusal shows at once.
    draw_seed
        Gives a new seed; randomness comes from outside.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        screen: Screen,
        draw_seed: Callable[[], int],
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._screen = screen
        self._draw_seed = draw_seed
        self._history = History()
        self._brush = Brush.LOOK
        self._brush_width = 5
        self._side_moved_to: int | None = None

    def toggle_play(self) -> None:
        """Play or pause."""
        self._intent.toggle_play()

    def step(self) -> None:
        """Pause, and go on to the next flash."""
        self._intent.step()

    def step_period(self) -> None:
        """Pause, and go on by one period."""
        self._intent.step_period()

    def undo(self) -> None:
        """Take the last change of a live parameter back; the present time stays."""
        self._ask_all(self._history.undo(self._present()))

    def redo(self) -> None:
        """Make the change anew that was taken back last."""
        self._ask_all(self._history.redo(self._present()))

    def begin_preset(self, name: str) -> None:
        """From the start, with the values of a preset of the gallery and the present seed."""
        preset = next(each for each in GALLERY if each.name == name)
        values = {n: getattr(preset.parameters, n) for n in PARAMETER_FIELDS if n != "seed"}
        self._intent.begin_anew(**values)
        self._intent.is_playing = True
        self._screen.show_toast(f"{preset.name}. {preset.sentence}")

    def settings(self) -> Parameters:
        """What is in force, or asked for by now."""
        return self._present().replace(**(self._intent.restart or {}))

    def choose_brush(self, brush: Brush) -> None:
        """Take another brush into the hand."""
        self._brush = brush
        self._screen.show_brush(brush, self._brush_width)

    def turn_wheel(self, steps: int) -> None:
        """Make the brush wider or narrower."""
        self._brush_width = resized(self._brush_width, steps)
        self._screen.show_brush(self._brush, self._brush_width)

    def point(self, x: float, y: float) -> None:
        """The pointer is somewhere on the grid, in cells; nan when it has left."""
        side = self._simulation.parameters.side
        is_inside = 0.0 <= x < side and 0.0 <= y < side
        self._intent.pointed_at = int(y) * side + int(x) if is_inside else None

    def stroke(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """The brush was drawn from one place to another, in cells."""
        action = self._brush.action
        if action is not None and self._intent.restart is None:
            side = self._simulation.parameters.side
            self._intent.touch(action, stroke((x0, y0), (x1, y1), self._brush_width, side))

    def choose_view(self, view: View) -> None:
        """Let the colours of the grid mean something else."""
        self._intent.view = view
        self._screen.show_view(view)

    def reset(self) -> None:
        """From the start, with the same seed and the present parameters."""
        self._intent.begin_anew()

    def new_seed(self) -> None:
        """From the start, with another seed."""
        self._intent.begin_anew(seed=self._draw_seed())

    def move_value(self, name: str, value: float) -> None:
        """A slider moved; what restarts waits until the handle is let go."""
        if PARAMETER_FIELDS[name].restarts:
            self._side_moved_to = round(value)
        else:
            self._ask(name, value)

    def release_handle(self, name: str) -> None:
        """A handle was let go: what restarts does so now, and what is in force is shown."""
        self._intent.wants_values_shown = True
        self._history.end_step()
        side, self._side_moved_to = self._side_moved_to, None
        if PARAMETER_FIELDS[name].restarts and side is not None:
            self._restart_with_side(side)

    def type_value(self, name: str, text: str) -> None:
        """A value was typed."""
        try:
            value = parse_value(name, text)
        except ParameterError as refused:
            self._refuse(name, refused)
            return
        if PARAMETER_FIELDS[name].restarts:
            self._restart_with_side(value)
        else:
            self._ask(name, value)
            self._history.end_step()

    def _ask(self, name: str, value: float) -> None:
        self._history.note(self._present())
        self._intent.ask(name, value)

    def _ask_all(self, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._intent.ask(name, value)

    def _present(self) -> Parameters:
        """The parameters with what is asked for and not yet taken up, where that is allowed."""
        try:
            return self._simulation.pending.replace(**self._intent.asked)
        except ParameterError:
            return self._simulation.pending

    def _restart_with_side(self, side: float) -> None:
        queued = self._intent.restart or {}
        if side == queued.get("side", self._simulation.pending.side):
            self._intent.wants_values_shown = True
            self._screen.show_refusal("side", "")
            return
        try:
            checked = self._simulation.pending.replace(side=side).side
            check_workflow_side(checked)
        except ParameterError as refused:
            self._refuse("side", refused)
            return
        self._intent.begin_anew(side=checked)

    def _refuse(self, name: str, refused: ParameterError) -> None:
        pending = self._simulation.pending
        self._screen.show_refusal(name, refusal_text(name, refused, pending))
        self._intent.wants_values_shown = True
