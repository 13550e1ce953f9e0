"""The intent: what the user wants, collected between two frames and mutable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from experiments import AUTO, Action, SavedMoment, Session, Value
from gui.models.axis_part import WHOLE_AXIS, AxisPart
from gui.models.brush import WIDTH_AT_FIRST, Brush
from gui.models.colouring import Colouring
from gui.models.deeds import Deed, LaterChange, Reversal, Touch
from gui.models.drawing import Drawing
from gui.models.place import Beginning
from gui.models.stroke_shape import StrokeShape
from gui.models.time_window import TimeWindow


def _nobody() -> None:
    """Called on wishes by default."""


@dataclass(frozen=True, slots=True)
class Restart:
    """A fresh swarm.

    Attributes
    ----------
    words
        What undoing it is called.
    values
        Of parameters; otherwise those in force.
    beginning
        What it begins with beside them; None for what the run before began with, and what was
        painted on it.
    clears_paint
        Whether it begins without what was painted.
    session
        The run to repeat with it, or None.
    saved
        A moment of that from which to go on, or None.
    then_goes_on
        Whether that run is restored: the controls are handed over at its end.
    """

    words: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    beginning: Beginning | None = None
    clears_paint: bool = False
    session: Session | None = None
    saved: SavedMoment | None = None
    then_goes_on: bool = False


@dataclass(slots=True)
class Intent:
    """Wishes, written by the user's hands alone.

    The pump adds none: it takes them out as they are granted, or void.

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
        The fresh swarm that is wanted, or None.
    deeds
        What brushes have touched and what is to be undone since the last frame, in the order
        in which it was wished.
    stroke
        Number of the present stroke.
    pointed_at, pinned
        The firefly under the pointer, and the one that was clicked; or None.
    view
        What the colour of a firefly means.
    time_window
        The part of the run that plots over time show, or None for all of it.
    whose
        The fireflies that plots show in which each has a row, in the order of their ids.
    shape
        Of a stroke.
    preview
        Ids of the fireflies within the shape that is being drawn.
    brush, brush_width
        What is in the hand; how wide it is, in cells.
    is_calm
        Whether every change of brightness is softened.
    tells_story
        Whether the window should tell what there is to see.
    population
        What computes the fireflies, as it is chosen.
    is_mirrored
        Whether the compiled population runs beside it, to compare.
    drawing
        How fireflies are drawn.
    marks_defects
        Whether phase defects are marked on the grid.
    n_touched
        How often a control was touched: since then it may show another value than the one in
        force.
    wants_cancel
        Whether the swarm being made should be given up for the one before.
    seek
        Where to be in a run that is repeated, seconds of virtual time; None to let it take its
        course.
    until_order
        The level that R is to come above, as fast as possible; None to let time pass as usual.
    wants_branch
        Whether the controls should be handed back here.
    on_wish
        Called whenever something is wanted that wasn't before.
    """

    is_playing: bool = True
    asked: dict[str, float] = field(default_factory=dict)
    steps: int = 0
    periods: int = 0
    restart: Restart | None = None
    deeds: list[Deed] = field(default_factory=list)
    stroke: int = 0
    pointed_at: int | None = None
    pinned: int | None = None
    view: Colouring = Colouring.GLOW
    time_window: TimeWindow | None = None
    whose: AxisPart = WHOLE_AXIS
    brush: Brush = Brush.LOOK
    shape: StrokeShape = StrokeShape.FREE
    preview: frozenset[int] = frozenset()
    brush_width: int = WIDTH_AT_FIRST
    is_calm: bool = False
    tells_story: bool = False
    drawing: Drawing = Drawing.LIGHTS
    population: str = AUTO
    is_mirrored: bool = False
    marks_defects: bool = False
    n_touched: int = 0
    wants_cancel: bool = False
    seek: float | None = None
    until_order: float | None = None
    wants_branch: bool = False
    on_wish: Callable[[], object] = _nobody

    def __setattr__(self, name: str, value: Any) -> None:
        """Report every assignment that changes a wish, whoever makes it."""
        is_new = getattr(self, name, None) != value
        object.__setattr__(self, name, value)
        if is_new and name != "on_wish":
            getattr(self, "on_wish", _nobody)()

    def ask(self, name: str, value: float) -> None:
        """Want a live parameter to have a value; after all that is yet to be undone."""
        self.ask_together({name: value})

    def ask_together(self, values: Mapping[str, Value]) -> None:
        """As :meth:`ask`, for several that are one change."""
        self.n_touched += 1
        if self.is_undoing:
            self.deeds.append(LaterChange(dict(values)))
        else:
            self.asked.update(values)
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

    def note_touched(self) -> None:
        """A control was touched, and nothing comes of it."""
        self.n_touched += 1

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
        """End the stroke: what is touched from now on is another one."""
        self.stroke += 1

    @property
    def wanted_values(self) -> Mapping[str, Value]:
        """Those that the fresh swarm should have; none if no other swarm is wanted."""
        return {} if self.restart is None else self.restart.values

    def wanted_beginning(self, present: Beginning) -> Beginning:
        """What the run began with, or the one that is wanted does."""
        wanted = None if self.restart is None else self.restart.beginning
        return present if wanted is None else wanted

    def wanted_session(self, present: Session | None) -> Session | None:
        """What is repeated, or will be by the swarm that is wanted."""
        return present if self.restart is None else self.restart.session

    def take_asked(self) -> dict[str, float]:
        """The values wanted since the last frame, once."""
        asked, self.asked = self.asked, {}
        return asked

    def toggle_play(self) -> None:
        """Play if paused, else pause; so does what runs ahead."""
        self.is_playing = not self.is_playing and self.until_order is None
        self.until_order = None
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
        self,
        session: Session,
        words: str = "opening a run",
        *,
        beginning: Beginning | None = None,
        seek: float | None = None,
        then_go_on: bool = False,
        saved: SavedMoment | None = None,
    ) -> None:
        """Want a run repeated; or restored: its end, and the controls, as soon as possible."""
        values = session.parameters.values()
        self.seek = session.end if then_go_on else seek
        self.wants_branch = False
        self.restart = Restart(
            words,
            values,
            beginning or Beginning(),
            session=session,
            saved=saved,
            then_goes_on=then_go_on,
        )
        self.is_playing = not then_go_on

    def begin_anew(
        self,
        words: str = "a new run",
        /,
        *,
        beginning: Beginning | None = None,
        clears_paint: bool = False,
        **values: Any,
    ) -> None:
        """Want a fresh swarm, with these values and otherwise those in force.

        Parameters
        ----------
        words
            What undoing it is called.
        beginning
            What it begins with beside its parameters; as the one before if not given.
        clears_paint
            Whether it begins without what was painted.
        """
        before = self.restart or Restart()
        self.seek = None
        self.wants_branch = False
        self.restart = Restart(
            words, {**before.values, **values}, beginning or before.beginning, clears_paint
        )

    def name_beginning(self, beginning: Beginning) -> None:
        """Let the swarm that is wanted begin with something else."""
        if self.restart is not None:
            self.restart = replace(self.restart, beginning=beginning)

    def take_restart(self) -> Restart:
        """The fresh swarm that is wanted, once; what was wanted of the one before is void."""
        restart, self.restart = self.restart or Restart(), None
        self.drop_for_another_run()
        return restart

    def drop_for_another_run(self) -> None:
        """Steps of the run before are void; what was looked at of it is gone."""
        self.drop_steps()
        self.until_order = None
        self.time_window, self.whose = None, WHOLE_AXIS
        self.pointed_at = self.pinned = None
        self.preview = frozenset()

    def drop_seek(self) -> None:
        """Where it was to be is reached, or can't be any more."""
        self.seek = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether time is to pass as fast as possible, to where the user wants to be."""
        return self.seek is not None or self.until_order is not None

    def drop_until_order(self) -> None:
        """R is above the level that was wanted, or won't be."""
        self.until_order = None

    def take_branch(self) -> bool:
        """Whether the controls should be handed back, once."""
        wants, self.wants_branch = self.wants_branch, False
        return wants

    def take_cancel(self) -> bool:
        """Whether the swarm being made should be given up, once."""
        wants, self.wants_cancel = self.wants_cancel, False
        return wants

    def take_deed(self) -> Deed:
        """What is to be done, or undone, first; once."""
        return self.deeds.pop(0)

    def note_step(self) -> None:
        """A step to a flash is done."""
        self.steps -= 1

    def note_period(self) -> None:
        """A step of a period is done."""
        self.periods -= 1

    def drop_steps(self) -> None:
        """There is nothing more to step to."""
        self.steps = self.periods = 0

    def drop_playing(self) -> None:
        """There is nothing more to play."""
        self.is_playing = False
