"""Undoing: values, statuses and whole moments of runs are undone, and done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from experiments import PARAMETER_FIELDS, Action, Session, Simulation, actions_between, painted
from gui.controllers.screen import Screen
from gui.models.brush import STROKE_WORDS
from gui.models.coherence_trace import Mark
from gui.models.current_run import CurrentRun
from gui.models.deeds import LaterChange, Reversal, Touch
from gui.models.intent import Intent
from gui.models.place import Place
from gui.models.scales import again_words
from gui.models.undo_stack import PlaceStep, StatusStep, UndoStep, Values, ValueStep, live_values
from gui.picture.painting import Painting

_OF_PHASES: Final = frozenset({Action.FLASH_NOW, Action.SCRAMBLE})
"""Their effects can only be undone by going back."""


class Undoing:
    """Carries out strokes so that they can be undone, and undoes what is wished.

    All of it needs a complete instant: only then is it known what was done before.

    Parameters
    ----------
    simulation
        What runs.
    intent
        What the user wants.
    current
        What the user has done, and what the run began with.
    screen
        Where it shows what was undone.
    painting
        Remembers what pictures depend on.
    change
        Asks for values of live parameters, as a slider does.
    marks
        Gives the changes that the plot shows.
    repeated
        Gives the session that is being repeated, if one is.

    Attributes
    ----------
    place_wanted
        Where to go before the next frame; None to stay.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        screen: Screen,
        painting: Painting,
        change: Callable[[Values], object],
        marks: Callable[[], Sequence[Mark]],
        repeated: Callable[[], Session | None],
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._screen = screen
        self._painting = painting
        self._change = change
        self._marks = marks
        self._repeated = repeated
        self.place_wanted: Place | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to do as soon as the present instant is complete."""
        return bool(self._intent.deeds)

    def here(self) -> Place:
        """The present moment; its instant must be complete."""
        self._painting.catch_up(self._simulation)
        history = self._painting.history
        return Place(
            self._simulation.moment(),
            self._painting.memory(),
            history,
            history.age,
            tuple(self._marks()),
            self._repeated(),
            self._current.beginning,
        )

    def take_up(self, budget_s: float) -> None:
        """Do what was touched and undo what is wished, as far as the instant is complete."""
        while self.is_waiting and self.place_wanted is None and self._simulation.settle(budget_s):
            deed = self._intent.take_deed()
            if isinstance(deed, Reversal):
                self._go(is_redo=deed.is_redo)
            elif isinstance(deed, LaterChange):
                self._change_later(deed)
            elif self._current.session is not None or self._simulation.is_following:
                self._screen.show_toast("Not painted: what is repeated stays as it was")
            else:
                self._touch(deed)

    def note_left(self, words: str) -> None:
        """The run is about to be left for another one; its instant must be complete."""
        self.place_wanted = None
        self._current.undo_stack.note_left(words, self.here())

    def note_paint(self) -> None:
        """Keep for the next run what was painted on this one."""
        side = self._simulation.parameters.side
        first = self._current.beginning.first
        self._current.paint = painted(first, self._simulation.status, side)

    def note_gone(self) -> None:
        """Another swarm comes: drop what was drawn on this one and not yet done."""
        if self._intent.drop_touched():
            self._screen.show_toast("Not painted: the swarm it was drawn on is gone")

    # -- doing --------------------------------------------------------------------------

    def _change_later(self, deed: LaterChange) -> None:
        if self._current.session is None:
            self._current.undo_stack.note(self._simulation.pending)
        self._change(dict(deed.values))
        self._current.undo_stack.end_step()

    def _touch(self, touch: Touch) -> None:
        ids, history = sorted(touch.ids), self._current.undo_stack
        words = STROKE_WORDS[touch.action]
        if touch.action in _OF_PHASES:
            history.note_phases(words, touch.stroke, ids, self.here)
        else:
            before = self._simulation.status_of(ids).tolist()
            history.note_statuses(words, touch.stroke, zip(ids, before, strict=True))
        self._simulation.act(touch.action, ids)

    # -- undoing ------------------------------------------------------------------------

    def _go(self, *, is_redo: bool) -> None:
        """Take a step back or forth: the next one that changes something."""
        history = self._current.undo_stack
        while (step := history.last(is_redo=is_redo)) is not None:
            if self._current.session is not None and not isinstance(step, PlaceStep):
                break  # what is repeated can only be left
            inverse, words = self._take(step, is_redo=is_redo)
            history.take(is_redo=is_redo, inverse=inverse)
            if inverse is not None:
                done = "Done again" if is_redo else "Undone"
                self._screen.show_toast(f"{done}: {words}")
                return
        self._screen.show_toast("Nothing to do again" if is_redo else "Nothing to undo")

    def _take(self, step: UndoStep, *, is_redo: bool) -> tuple[UndoStep | None, str]:
        """Take a step; returns the inverse step, None if nothing differs, and words."""
        if isinstance(step, ValueStep):
            return self._take_values(step)
        if isinstance(step, StatusStep):
            return self._take_statuses(step)
        inverse = PlaceStep(step.words, self.here(), step.touched)
        self.place_wanted = step.place
        t = step.place.moment.t
        if step.touched:
            where = "forward" if is_redo else "back"
            return inverse, f"{_on(step.words, len(step.touched))}; {where} to {t:.1f} s"
        which = "after" if is_redo else "before"
        return inverse, f"{step.words}; the run {which} it is back, at {t:.1f} s"

    def _take_values(self, step: ValueStep) -> tuple[UndoStep | None, str]:
        now = live_values(self._simulation.pending)
        # The run notes what is asked: no value that is the same already is a change.
        again = {name: value for name, value in step.values.items() if value != now.get(name)}
        if not again:  # what was asked then was refused, and changed nothing
            return None, ""
        words = again_words(again)
        for each in PARAMETER_FIELDS.constants:
            if each.name in again:  # which is changed beside what it is made of
                again |= {other: step.values[other] for other in each.made_of}
        self._change(again)
        return ValueStep(now), words or again_words(again)

    def _take_statuses(self, step: StatusStep) -> tuple[UndoStep | None, str]:
        ids = np.array(sorted(step.flags), dtype=np.intp)
        now = self._simulation.status_of(ids.tolist())
        wanted = np.array([step.flags[i] for i in ids.tolist()], dtype=np.uint8)
        for action, places in actions_between(now, wanted):
            self._simulation.act(action, ids[places].tolist())
        changed = now != wanted
        if not changed.any():
            return None, ""
        flags = dict(zip(ids.tolist(), now.tolist(), strict=True))
        return StatusStep(step.words, flags), _on(step.words, int(changed.sum()))


def _on(words: str, n: int) -> str:
    return f"{words} on {n:,} {'firefly' if n == 1 else 'fireflies'}"
