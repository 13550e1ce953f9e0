"""Wishes: buttons, keys and sliders turn into what the pump takes up."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from experiments import (
    GALLERY,
    PARAMETER_FIELDS,
    Opening,
    ParameterError,
    Parameters,
    PresetError,
    PresetFile,
    Session,
    Simulation,
    Value,
    as_file,
    check_openings,
    check_size,
    find_preset,
    load_preset,
    one_line,
    painted,
    save_preset,
)
from gui.controllers.asking import Asking
from gui.controllers.copying import left_out, opening_command
from gui.controllers.presenting import Presenting
from gui.controllers.preset_look import PresetLook, look_of, window_as_shown
from gui.controllers.screen import Screen
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.drawing import Drawing
from gui.models.intent import Intent
from gui.models.place import Beginning
from gui.models.scales import parse_value, refusal_text, value_text


class WishController:
    """Turns what the views emit into wishes.

    Parameters
    ----------
    simulation
        Asked for what is in force; nothing is changed on it here.
    intent
        Where the wishes go.
    current
        Knows what the run began with; its undo stack learns what is about to be changed.
    presenting
        Shows the effect of a wish at once: a refusal, a preset, a view.
    screen
        Says how saving and opening went.
    draw_seed
        Gives a new seed; randomness comes from outside.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        presenting: Presenting,
        screen: Screen,
        draw_seed: Callable[[], int],
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._presenting = presenting
        self._screen = screen
        self._draw_seed = draw_seed
        self._moved_to: Value = None
        self._asking = Asking(simulation, intent, current)

    @property
    def preset(self) -> str:
        """Name or file of the preset opened last."""
        return self._beginning.source

    @property
    def _beginning(self) -> Beginning:
        return self._intent.wanted_beginning(self._current.beginning)

    @property
    def _session(self) -> Session | None:
        return self._intent.wanted_session(self._current.session)

    def toggle_play(self) -> None:
        """Play or pause; on the way to another time, stay where it is by now."""
        if self._intent.is_elsewhere and self._session is None:
            self.cancel()
        else:
            self._intent.toggle_play()

    def step(self) -> None:
        """Pause, and go on to the next flash."""
        self._intent.step()

    def seek(self, t: float) -> None:
        """Go to another time of the run that is repeated, seconds."""
        if (session := self._session) is not None:
            self._intent.seek = min(max(t, 0.0), session.end)

    def branch(self) -> None:
        """Stop repeating: from here on it is a new run, and the controls are the user's."""
        self._intent.wants_branch = self._session is not None

    def step_period(self) -> None:
        """Pause, and go on by one period."""
        self._intent.step_period()

    def undo(self) -> None:
        """Take back what was done last: a value, a stroke, a restart."""
        self._current.undo_stack.end_step()
        self._intent.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._current.undo_stack.end_step()
        self._intent.undo(is_redo=True)

    def begin_preset(self, name: str) -> None:
        """From the start, with the values of a preset of the gallery and the present seed."""
        self._begin(as_file(next(each for each in GALLERY if each.name == name)), name)

    def open_preset(self, file: str) -> None:
        """From the start, with the values of a preset file; what it leaves out is the default."""
        path = Path(file)
        try:
            preset = load_preset(path)
        except PresetError as refused:
            self._screen.show_toast(f"Not opened: {refused}")
            return
        try:
            self._begin(preset, file)
        except (ParameterError, PresetError) as refused:
            self._screen.show_toast(one_line(f"Not opened: in {path}, {refused}"))

    def note_preset(self, preset: PresetFile, source: str) -> None:
        """The run began with a preset: show which, and remember where it came from."""
        self._current.beginning = Beginning.of(preset, source)
        self._presenting.show()

    def name_preset(self, source: str, side: int) -> None:
        """The run that is wanted had begun with a preset, if that can still be had.

        Parameters
        ----------
        source
            Its name or file.
        side
            Of the run.
        """
        with contextlib.suppress(PresetError, ParameterError):
            preset = find_preset(source)
            check_openings(preset.opening, side)
            self._intent.name_beginning(Beginning.of(preset, source))

    def _begin(self, preset: PresetFile, source: str) -> None:
        """Begin anew with a preset; what is not allowed raises, and changes nothing."""
        parameters = Parameters(**preset.values)
        check_size(parameters, self._simulation.population_choice)
        check_openings(preset.opening, parameters.side)
        look = look_of(preset, parameters, self._intent.view)
        values = parameters.values()
        if "seed" not in preset.values:
            del values["seed"]
        words = f"preset {preset.name or Path(source).stem}"
        self._intent.begin_anew(words, beginning=Beginning.of(preset, source), **values)
        self._intent.is_playing = True
        self._take_on(look)

    def _take_on(self, look: PresetLook) -> None:
        """Show what a preset wants shown, and say why if that isn't what was to be expected."""
        self._intent.view = look.view or self._intent.view
        if look.panels is not None:
            self._screen.show_panels(look.panels)
        if look.why:
            self._screen.show_toast(look.why)
        self._presenting.show()

    def save_preset(self, file: str) -> bool:
        """Write what is in force, painted and shown to a preset file; whether that was possible."""
        path = Path(file)
        self._simulation.settle()
        opening = self._painted()
        try:
            values = self.settings().as_dict()
            window = window_as_shown(self._intent.view, self._screen.panels_shown())
            save_preset(path, PresetFile(path.stem, "", values, opening, window))
        except PresetError as refused:
            more = "; S saves the whole run" if len(opening) > 0 else ""
            self._screen.show_toast(f"Not saved: {refused}{more}")
            return False
        self._screen.show_toast(f"Saved: {path}{self._left_out(is_paint_in=True)}")
        return True

    def _painted(self) -> tuple[Opening, ...]:
        """What a fresh swarm begins with, to be as this one is."""
        beginning = self._beginning
        if self._intent.restart is not None:  # it is not made yet
            return beginning.opening
        side = self._simulation.parameters.side
        return painted(beginning.first, self._simulation.status, side)

    def _left_out(self, *, is_paint_in: bool) -> str:
        if self._intent.restart is not None:  # it is not made yet
            return ""
        return left_out(self._simulation, self._current, is_paint_in=is_paint_in)

    def toggle_calm(self) -> None:
        """Turn calm on or off: whether every change of brightness is softened."""
        self._intent.is_calm = not self._intent.is_calm
        self._presenting.show()
        self._screen.show_toast(
            "Calm: every change of brightness is softened" if self._intent.is_calm
            else "No longer calm: flashes are as bright and sudden as they are"
        )  # fmt: skip

    def choose_drawing(self, drawing: Drawing) -> None:
        """Draw fireflies so from now on."""
        self._intent.drawing = drawing
        self._presenting.show()

    def cancel(self) -> None:
        """Give up the swarm being made."""
        self._intent.wants_cancel = True

    def settings(self) -> Parameters:
        """What is in force, or asked for by now."""
        return self._asking.present().replace(**self._intent.wanted_values)

    def command_line(self) -> str:
        """The command that opens a window with what is in force, but for what was painted."""
        return opening_command(self.settings(), self._beginning, self.preset)

    def copied_words(self, words: str) -> str:
        """What to say when a command was copied: the command, and what is not in it."""
        return f"Copied: {words}{self._left_out(is_paint_in=False)}"

    def choose_view(self, colouring: Colouring) -> None:
        """Let the colours of the grid mean something else."""
        self._intent.view = colouring
        self._presenting.show()

    def reset(self) -> None:
        """From the start, with the same seed, the present parameters, and what was painted.

        Or the repeat anew.
        """
        if (session := self._session) is not None:
            self._intent.repeat(session)
        else:
            self._intent.begin_anew("reset")

    def reset_and_clear(self) -> None:
        """As :meth:`reset`, without what was painted."""
        if (session := self._session) is not None:
            self._intent.repeat(session)
        else:
            self._intent.begin_anew("reset without the paint", clears_paint=True)

    def new_seed(self) -> None:
        """From the start, with another seed; what was painted stays."""
        seed = self._draw_seed()
        self._intent.begin_anew(f"new seed {seed}", seed=seed)

    def move_value(self, name: str, value: float) -> None:
        """A slider moved; what restarts waits until the handle is let go."""
        value = PARAMETER_FIELDS[name].at_slider(value)
        if PARAMETER_FIELDS[name].restarts:
            self._moved_to = value
        else:
            self._asking.ask(**{name: value})

    def release_handle(self, name: str) -> None:
        """A handle was let go: what restarts does so now, and what is in force is shown."""
        self._asking.let_go()
        value, self._moved_to = self._moved_to, None
        if PARAMETER_FIELDS[name].restarts and value is not None:
            self._restart_with(name, value)

    def type_value(self, name: str, text: str) -> None:
        """A value was typed."""
        try:
            value = parse_value(name, text)
        except ParameterError as refused:
            self._refuse(name, math.nan, refused)  # words, no value
            return
        if PARAMETER_FIELDS[name].restarts:
            self._restart_with(name, value)
        else:
            self._asking.ask(**{name: value})
            self._current.undo_stack.end_step()

    def _restart_with(self, name: str, value: Value) -> None:
        """Begin anew with another value, unless it is the one that the run has."""
        queued, pending = self._intent.wanted_values, self._simulation.pending
        if value == queued.get(name, getattr(pending, name)):
            self._intent.note_touched()
            self._presenting.findings.accept(name)
            return
        try:
            checked = pending.replace(**{**queued, name: value})
            check_size(checked, self._simulation.population_choice)
        except ParameterError as refused:
            self._refuse(name, value, refused)
            return
        if name == "side":
            self._begin_with_side(checked.side)
        else:
            words = f"{name} {value_text(name, value)}"
            self._intent.begin_anew(words, **{name: getattr(checked, name)})

    def _begin_with_side(self, side: int) -> None:
        """Begin anew on another grid: nothing made for this one fits it."""
        before = self._beginning
        beginning = replace(before, first=(), opening=())
        if before.first:  # without its walls it is another preset
            beginning = Beginning()
        self._intent.begin_anew(f"side {side}", beginning=beginning, side=side)
        if before.first or self._simulation.status.any():
            self._screen.show_toast(
                "What was painted was made for another grid, and is gone; Ctrl+Z brings it back"
            )

    def _refuse(self, name: str, value: Value, refused: ParameterError) -> None:
        pending = self._simulation.pending
        self._intent.note_touched()
        self._presenting.findings.refuse(name, refusal_text(name, value, refused, pending))
        self._presenting.show()
