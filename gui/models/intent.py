"""What the user wants, collected between two frames: mutable, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from experiments import Action, Opening
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
    is_calm
        Whether every change of brightness is softened.
    wants_values_shown
        Whether the controls should show the values in force.
    wants_cancel
        Whether the swarm being made should be given up for the one before.
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
    is_calm: bool = False
    wants_values_shown: bool = True
    wants_cancel: bool = False

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

    def begin_anew(self, **values: Any) -> None:
        """Want a fresh swarm, with these values and otherwise those in force."""
        self.restart = {**(self.restart or {}), **values}

    def take_restart(self) -> dict[str, Any]:
        """The values wanted for the fresh swarm, once; steps asked before are void."""
        restart, self.restart = self.restart or {}, None
        self.steps = self.periods = 0
        self.touched.clear()
        self.pointed_at = self.pinned = None
        return restart
