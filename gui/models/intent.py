"""What the user wants, collected between two frames: mutable, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from experiments import PARAMETER_FIELDS, Action, Opening, Session
from gui.models.time_window import TimeWindow
from gui.models.view import View


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
    opening
        What is done to a fresh swarm at t = 0, as the preset chosen asks for.
    touched
        Fireflies that a brush has touched since the last frame, by action.
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
    seek
        Where to be in it, seconds of virtual time; None to let it take its course.
    replay_speed
        How fast to repeat it, or None: as fast as it was.
    wants_branch
        Whether the controls should be handed back here.
    wants_restored
        Whether they should be as soon as the end is reached.
    """

    is_playing: bool = True
    asked: dict[str, float] = field(default_factory=dict)
    steps: int = 0
    periods: int = 0
    restart: dict[str, Any] | None = None
    opening: tuple[Opening, ...] = ()
    touched: dict[Action, set[int]] = field(default_factory=dict)
    pointed_at: int | None = None
    pinned: int | None = None
    view: View = View.GLOW
    time_window: TimeWindow | None = None
    is_calm: bool = False
    wants_values_shown: bool = True
    wants_cancel: bool = False
    session: Session | None = None
    seek: float | None = None
    replay_speed: float | None = None
    wants_branch: bool = False
    wants_restored: bool = False

    def speed(self, in_force: float) -> float:
        """Virtual seconds per second of wall time that are wanted."""
        return in_force if self.replay_speed is None else self.replay_speed

    def ask(self, name: str, value: float) -> None:
        """Want a live parameter to have a value."""
        self.asked[name] = value

    def touch(self, action: Action, ids: set[int]) -> None:
        """Want an action done to some fireflies."""
        self.touched.setdefault(action, set()).update(ids)

    def take_touched(self) -> dict[Action, set[int]]:
        """The actions wanted since the last frame, once, in the order they were first wanted."""
        touched, self.touched = self.touched, {}
        return touched

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

    def repeat(self, session: Session, *, then_go_on: bool = False) -> None:
        """Want a run repeated; or restored: its end, and the controls, as soon as possible."""
        self.begin_anew(**{name: getattr(session.parameters, name) for name in PARAMETER_FIELDS})
        self.session = session
        self.opening = ()
        self.is_playing = not then_go_on
        self.seek = session.end if then_go_on else None
        self.wants_restored = then_go_on

    def begin_anew(self, **values: Any) -> None:
        """Want a fresh swarm, with these values and otherwise those in force."""
        self.session = self.seek = self.replay_speed = None
        self.wants_branch = self.wants_restored = False
        self.restart = {**(self.restart or {}), **values}

    def take_restart(self) -> dict[str, Any]:
        """The values wanted for the fresh swarm, once; steps asked before are void."""
        restart, self.restart = self.restart or {}, None
        self.steps = self.periods = 0
        self.touched.clear()
        self.pointed_at = self.pinned = None
        return restart
