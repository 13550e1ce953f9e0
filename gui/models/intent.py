"""What the user wants, collected between two frames: mutable, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from experiments import Action, Opening, SavedMoment, Session
from gui.models.colouring import Colouring
from gui.models.place import Beginning, Place
from gui.models.time_window import TimeWindow
from gui.models.undo_stack import UndoStack


@dataclass(frozen=True, slots=True)
class Touch:
    """What a brush has touched since the last frame.

    Attributes
    ----------
    action
        What is to be done to them.
    ids
        Who they are.
    stroke
        Of which stroke this is a part.
    """

    action: Action
    ids: set[int]
    stroke: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """A step to be undone, or done again."""

    is_redo: bool


@dataclass(frozen=True, slots=True)
class LaterChange:
    """A value of a live parameter that is wanted once the steps before it are undone."""

    name: str
    value: float


Deed = Touch | Reversal | LaterChange


def _nobody() -> None:
    """Who hears of wishes until somebody wants to."""


@dataclass(slots=True)
class Intent:
    """Wishes that the pump takes up at its next frame.

    Attributes
    ----------
    is_playing
        Whether time passes.
    asked
        New values of live parameters by name; a later one replaces an earlier.
    steps
        Flashes to step to, one after the other, while paused.
    periods
        Periods to step by, one after the other, while paused.
    restart
        Values to begin anew with (none for a plain reset), or None.
    restart_words
        What the restart goes by.
    beginning
        What the run began with.
    next_beginning
        What the fresh swarm begins with; None for what the one before began with, and with
        what was painted on it.
    paint
        The opening that leaves a fresh swarm as the one before was painted; None if that
        isn't known.
    clears_paint
        Whether the fresh swarm begins without what was painted.
    deeds
        What brushes have touched and what is to be undone since the last frame, in the order
        in which it was wished.
    stroke
        Number of the present stroke.
    undo_stack
        What was done, and can be undone.
    pointed_at, pinned
        The firefly under the pointer, and the one that was clicked; or None.
    view
        What the colour of a firefly means.
    time_window
        The part of the run that plots over time show, or None for all of it.
    is_calm
        Whether every change of brightness is softened.
    wants_values_shown
        Whether the controls should show the values in force.
    wants_cancel
        Whether the swarm being made should be given up for the one before.
    session
        The run to repeat, or None: then what happens is up to the user.
    saved
        A moment of it from which to go on, or None.
    seek
        Where to be in it, seconds of virtual time; None to let it take its course.
    replay_speed
        How fast to repeat it, or None: as fast as it was.
    wants_branch
        Whether the controls should be handed back here.
    wants_restored
        Whether they should be as soon as the end is reached.
    on_wish
        Called whenever something is wanted that wasn't before.
    """

    is_playing: bool = True
    asked: dict[str, float] = field(default_factory=dict)
    steps: int = 0
    periods: int = 0
    restart: dict[str, Any] | None = None
    restart_words: str = ""
    beginning: Beginning = field(default_factory=Beginning)
    next_beginning: Beginning | None = None
    paint: tuple[Opening, ...] | None = None
    clears_paint: bool = False
    deeds: list[Deed] = field(default_factory=list)
    stroke: int = 0
    undo_stack: UndoStack = field(default_factory=UndoStack)
    pointed_at: int | None = None
    pinned: int | None = None
    view: Colouring = Colouring.GLOW
    time_window: TimeWindow | None = None
    is_calm: bool = False
    wants_values_shown: bool = True
    wants_cancel: bool = False
    session: Session | None = None
    saved: SavedMoment | None = None
    seek: float | None = None
    replay_speed: float | None = None
    wants_branch: bool = False
    wants_restored: bool = False
    on_wish: Callable[[], object] = _nobody

    def __setattr__(self, name: str, value: Any) -> None:
        """Whoever wants something else than before, and however: it is heard of."""
        is_new = getattr(self, name, None) != value
        object.__setattr__(self, name, value)
        if is_new and name != "on_wish":
            getattr(self, "on_wish", _nobody)()

    def speed(self, in_force: float) -> float:
        """Virtual seconds per second of wall time that are wanted."""
        return in_force if self.replay_speed is None else self.replay_speed

    def ask(self, name: str, value: float) -> None:
        """Want a live parameter to have a value; after all that is yet to be undone."""
        if self.is_undoing:
            self.deeds.append(LaterChange(name, value))
        else:
            self.asked[name] = value
        self.on_wish()

    @property
    def is_undoing(self) -> bool:
        """Whether something is yet to be undone, or done again."""
        return any(isinstance(deed, Reversal) for deed in self.deeds)

    def touch(self, action: Action, ids: set[int]) -> None:
        """Want an action done to some fireflies."""
        last = self.deeds[-1] if self.deeds else None
        if isinstance(last, Touch) and (last.action, last.stroke) == (action, self.stroke):
            last.ids.update(ids)
        else:
            self.deeds.append(Touch(action, set(ids), self.stroke))
        self.on_wish()

    def undo(self, *, is_redo: bool = False) -> None:
        """Want a step undone, or done again."""
        self.deeds.append(Reversal(is_redo))
        self.on_wish()

    def drop_touched(self) -> bool:
        """Let nothing more be touched; whether something would have been."""
        n_before = len(self.deeds)
        self.deeds = [deed for deed in self.deeds if not isinstance(deed, Touch)]
        return len(self.deeds) < n_before

    def end_stroke(self) -> None:
        """What is touched from now on is another stroke."""
        self.stroke += 1

    @property
    def wanted_beginning(self) -> Beginning:
        """What the run began with, or the one that is wanted does."""
        return self.beginning if self.next_beginning is None else self.next_beginning

    def take_asked(self) -> dict[str, float]:
        """The values wanted since the last frame, once."""
        asked, self.asked = self.asked, {}
        return asked

    def toggle_play(self) -> None:
        """Play if paused, else pause."""
        self.is_playing = not self.is_playing
        self.steps = self.periods = 0

    def step(self) -> None:
        """Pause if playing, and go on to the next flash."""
        self.is_playing = False
        self.steps += 1

    def step_period(self) -> None:
        """Pause if playing, and go on by one period."""
        self.is_playing = False
        self.periods += 1

    def repeat(
        self, session: Session, *, then_go_on: bool = False, saved: SavedMoment | None = None
    ) -> None:
        """Want a run repeated; or restored: its end, and the controls, as soon as possible."""
        values = session.parameters.values()
        self.begin_anew("opening a run", beginning=Beginning(), **values)
        self.session = session
        self.saved = saved
        self.is_playing = not then_go_on
        self.seek = session.end if then_go_on else None
        self.wants_restored = then_go_on

    def begin_anew(
        self, words: str = "a new run", /, *, beginning: Beginning | None = None, **values: Any
    ) -> None:
        """Want a fresh swarm, with these values and otherwise those in force.

        Parameters
        ----------
        words
            What this goes by when it is undone.
        beginning
            What it begins with beside its parameters; as the one before if not given.
        """
        self.restart_words = words
        self.clears_paint = False
        if beginning is not None:
            self.next_beginning = beginning
        self.session = self.seek = self.replay_speed = self.saved = None
        self.wants_branch = self.wants_restored = False
        self.restart = {**(self.restart or {}), **values}

    def return_to(self, place: Place) -> None:
        """The run goes on from a place; steps asked of the run before are void."""
        if self.restart is None:
            self.session = place.session
        self.seek = self.replay_speed = self.saved = None
        self.wants_branch = self.wants_restored = False
        self.steps = self.periods = 0
        self.pointed_at = self.pinned = None
        self.beginning = place.beginning
        self.paint = None
        self.wants_values_shown = True

    def take_restart(self) -> dict[str, Any]:
        """The values wanted for the fresh swarm, once; steps asked before are void."""
        restart, self.restart = self.restart or {}, None
        self.steps = self.periods = 0
        self._take_beginning()
        self.pointed_at = self.pinned = None
        return restart

    def _take_beginning(self) -> None:
        if self.next_beginning is not None:
            self.beginning = self.next_beginning
        elif self.clears_paint:
            self.beginning = replace(self.beginning, opening=self.beginning.first)
        elif self.paint is not None:
            self.beginning = replace(self.beginning, opening=self.paint)
        self.next_beginning = self.paint = None
        self.clears_paint = False
