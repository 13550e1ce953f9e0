"""Replaying: where a repeated run is, where one can go in it, and how it comes out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Moment, Session, Simulation, Verdict
from gui.controllers.presenting import Presenting
from gui.controllers.screen import Screen
from gui.models.coherence_trace import Mark
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.timeline import Timeline, change_marks, verdict_text
from gui.picture.painting import Painting

_MOST_STOPS: Final = 100
_MOST_BYTES: Final = 64_000_000
_BYTES_PER_FIREFLY: Final = 33
_TIMELINE_EVERY_S: Final = 0.1

_WORTH_A_JUMP_S: Final = 30.0
"""Virtual seconds that take about as long to run as a fresh swarm takes to make."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A moment that can be gone back to, and what pictures remember of the time before."""

    moment: Moment
    memory: NDArray[np.float64]


class Replaying:
    """Follows a session, as long as the user wants one repeated.

    Parameters
    ----------
    simulation
        What runs.
    intent
        Says where the user wants to be in what is repeated.
    current
        Knows which session is to be repeated; told when it is left.
    presenting
        Shows the time line, and how far a run is restored.
    screen
        Where it is said how a run came out that is left.
    painting
        Remembers what pictures depend on.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        presenting: Presenting,
        screen: Screen,
        painting: Painting,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._presenting = presenting
        self._screen = screen
        self._painting = painting
        self._session: Session | None = None
        self._stops: list[Stop] = []
        self._told: Verdict | None = None
        self._timeline_due = -math.inf
        self.on_branched: Callable[[], object] = lambda: None

    @property
    def is_on(self) -> bool:
        """Whether a session is repeated."""
        return self._session is not None

    @property
    def session(self) -> Session | None:
        """What is repeated, if something is."""
        return self._session

    def begin(self) -> list[Mark]:
        """Another run: repeat what is wanted; gives the changes there will be."""
        self._session = session = self._current.session
        saved = self._current.saved
        self._stops[:] = [] if saved is None else [Stop(saved.moment, saved.memory)]
        self._told = None
        self._timeline_due = -math.inf
        if session is None:
            self._presenting.findings.timeline = None
            return []
        self._action_times = tuple(sorted({step.t for step in session.steps}))
        return change_marks(session.steps)

    # -- going elsewhere ----------------------------------------------------------------

    def stop_wanted(self) -> Stop | None:
        """Where to go to on the way to what is sought; None if running ahead leads there."""
        t, now = self._intent.seek, self._simulation.now
        if t is None or not self._stops:
            return None
        nearest = max(
            (stop for stop in self._stops if stop.moment.t <= t),
            key=lambda stop: stop.moment.t,
            default=self._stops[0],
        )
        is_back = t < now
        is_far_ahead = nearest.moment.t > now + _WORTH_A_JUMP_S
        return nearest if is_back or is_far_ahead else None

    async def go_to(self, stop: Stop, on_progress: Callable[[int, int], object]) -> None:
        """Put a fresh swarm in the state of a stop."""
        session = self._session
        if session is None:
            return
        await self._simulation.go_to(stop.moment, on_progress)
        self._simulation.follow(session)
        self._painting.go_to(self._simulation, stop.memory)
        self._told = None

    def seek(self, budget_s: float) -> bool:
        """Run ahead to what is sought; whether that is reached."""
        t = self._intent.seek
        if t is None:
            return True
        if not self._simulation.run_until(max(t, self._simulation.now), budget_s).reached:
            return False
        if self._intent.seek == t:
            self._intent.drop_seek()
        return True

    # -- while it runs ------------------------------------------------------------------

    def note(self, wall: float) -> None:
        """After each frame: keep stops, see whether it is over, show where it is."""
        if self._session is None:
            return
        simulation = self._simulation
        if self._is_stop_due() and simulation.is_complete:
            self._painting.catch_up(simulation)
            self._stops.append(Stop(simulation.moment(), self._painting.memory()))
            self._stops.sort(key=lambda stop: stop.moment.t)
        if (verdict := self._verdict) is not None:
            self._intent.drop_playing()
            if verdict is not self._told:
                self._told = verdict
                self._end()
        if self._session is not None and wall >= self._timeline_due:
            self._timeline_due = wall + _TIMELINE_EVERY_S
            self._show(self._session)

    def _is_stop_due(self) -> bool:
        assert self._session is not None
        room = _MOST_BYTES // (_BYTES_PER_FIREFLY * self._simulation.parameters.n_fireflies)
        distance = max(
            self._simulation.parameters.period, self._session.end / max(1, min(_MOST_STOPS, room))
        )
        now = self._simulation.now
        return all(abs(now - stop.moment.t) >= distance for stop in self._stops)

    @property
    def _verdict(self) -> Verdict | None:
        """How the run comes out; None as long as it isn't over."""
        following = self._simulation.following
        return None if following is None else following.verdict

    def _end(self) -> None:
        self._intent.drop_steps()
        self._timeline_due = -math.inf
        if self._current.is_restored:
            self.branch()

    def branch(self) -> None:
        """Repeat nothing more: the run goes on from here as a new one."""
        self._intent.drop_seek()
        if self._session is None:
            return
        if self._current.is_restored:
            self._presenting.say("")
        self._session = None
        saved, speed = self._current.saved, self._current.replay_speed
        self._current.leave_session()
        self._stops.clear()
        simulation, verdict = self._simulation, self._verdict
        simulation.stop_following()
        if speed is not None and speed != simulation.parameters.speed:
            simulation.change(speed=speed)
        self._presenting.findings.timeline = None
        if verdict is not None and verdict.is_wrong:
            self._screen.show_toast(verdict_text(verdict))
        elif saved is not None and not simulation.flashes.digest().is_known:
            self._screen.show_toast(
                f"Restored from its state at {saved.moment.t:,.0f} s: "
                "the flashes before it are counted, but were not compared"
            )
        else:
            self._screen.show_toast("From here on the controls are yours: a new run")
        self.on_branched()

    def cancel(self) -> None:
        """Give up what is being restored: the run goes on from where it is by now."""
        if self._current.is_restored and self._intent.seek is not None:
            self.branch()

    def _show(self, session: Session) -> None:
        seek = self._intent.seek
        if self._current.is_restored and seek is not None:
            so_far = f"{self._simulation.instant.t:,.0f} of {session.end:,.0f} s"
            self._presenting.say(f"Restoring the run: {so_far}", can_cancel=True)
        t, end, verdict = self._simulation.instant.t, session.end, self._verdict
        words = "" if seek is None else "Running there"
        if verdict is not None:
            words = verdict_text(verdict)
        is_wrong = verdict is not None and verdict.is_wrong
        self._presenting.findings.timeline = Timeline(t, end, self._action_times, words, is_wrong)
