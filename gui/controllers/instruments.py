"""The instruments around the grid: each is shown now and then, and only if somebody can see it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from experiments import Parameters, Simulation
from gui.controllers.screen import Screen
from gui.instruments.panel import Instrument, RunSoFar
from gui.instruments.registry import PANELS
from gui.models.coherence_trace import MarkKeeper
from gui.models.flash_history import FlashHistory
from gui.models.intent import Intent
from gui.models.lateness import LatenessRecord
from gui.models.metrics import Measured

_SMALL_SWARM: Final = 10_000
"""Fireflies up to which all instruments come as often as they want to."""

_REST_TIMES: Final = 30.0
"""How many times as long as it works an instrument of a larger swarm rests at least."""


class Seen(Protocol):
    """What has been seen of a swarm."""

    @property
    def history(self) -> FlashHistory: ...
    @property
    def lateness(self) -> LatenessRecord: ...


class Measuring(Protocol):
    """What knows what was measured."""

    @property
    def measured(self) -> Measured: ...


@dataclass(slots=True)
class _Turn:
    """When an instrument is due, seconds of wall time, on what its picture depended, its memory."""

    instrument: Instrument[Any]
    due: float = -math.inf
    shown: tuple[object, ...] | None = None
    by_hand: tuple[object, ...] | None = None
    memory: object = None

    def depends_on(self, run: RunSoFar) -> tuple[object, ...]:
        """Everything that its next picture depends on."""
        by_hand = self.instrument.hurried_by(run)
        last_mark = run.marks[-1:] if by_hand else ()  # its words may still change
        return (*self.instrument.depends_on(run), *by_hand, *last_mark)

    def is_due(self, run: RunSoFar, wall: float) -> bool:
        """Whether a picture is due and would differ; at once if the user has changed something."""
        by_hand = self.instrument.hurried_by(run)
        if by_hand != self.by_hand:
            self.due, self.by_hand = -math.inf, by_hand
        return wall >= self.due and self.depends_on(run) != self.shown


class Instruments:
    """Shows one instrument a frame at most, the one that has waited longest.

    Parameters
    ----------
    screen
        Where they show.
    seen
        The flashes so far, and how late they came to light.
    marks
        The changes so far.
    intent
        Says which part of the run those over time show, and which firefly is held.
    measuring
        Knows what was measured.
    """

    def __init__(
        self,
        screen: Screen,
        seen: Seen,
        marks: MarkKeeper,
        intent: Intent,
        measuring: Measuring,
    ) -> None:
        self._screen = screen
        self._seen_of = seen
        self._measuring = measuring
        self._marks = marks
        self._intent = intent
        self._turns = [_Turn(panel) for panel in PANELS.values() if isinstance(panel, Instrument)]

    def show_next(self, simulation: Simulation, wall: float, scarcity: float = 1.0) -> None:
        """Show the visible instrument that has been due longest and would differ, if any.

        Parameters
        ----------
        simulation
            What they show.
        wall
            Wall time, seconds.
        scarcity
            How many times longer than usual they wait, so that pictures of the grid come first.
        """
        due = [(turn, run) for turn, run in self._seen(simulation) if turn.is_due(run, wall)]
        if due:
            turn, run = min(due, key=lambda each: each[0].due)
            self._show(turn, run, wall, scarcity)

    def is_up_to_date(self, simulation: Simulation) -> bool:
        """Whether all that anybody can see shows the present."""
        return all(turn.depends_on(run) == turn.shown for turn, run in self._seen(simulation))

    def show_all(self, simulation: Simulation, wall: float) -> None:
        """Show every instrument that anybody can see."""
        for turn, run in self._seen(simulation):
            self._show(turn, run, wall)

    def show_empty(self, parameters: Parameters) -> None:
        """Show those that have something to show before a swarm of such parameters has started."""
        for turn in self._turns:
            if turn.instrument.empty is not None:
                self._screen.show_in(turn.instrument.name, turn.instrument.empty(parameters))

    def _seen(self, simulation: Simulation) -> list[tuple[_Turn, RunSoFar]]:
        """Those that anybody can see, each with the run and the room that it has."""
        return [
            (turn, self._run(simulation, turn.instrument.name, turn.memory))
            for turn in self._turns
            if self._screen.is_seen(turn.instrument.name)
        ]

    def _run(self, simulation: Simulation, name: str, memory: object) -> RunSoFar:
        instant, window = simulation.instant, self._intent.time_window
        return RunSoFar(
            instant=instant,
            coherence=simulation.coherence,
            flashes=self._seen_of.history,
            lateness=self._seen_of.lateness.by_id,
            measured=self._measuring.measured,
            marks=self._marks.marks,
            held=self._intent.pinned,
            swarm=simulation,
            time_window=None if window is None else window.at(instant.t),
            room=self._screen.room(name),
            memory=memory,
            whose=self._intent.whose,
        )

    def _show(self, turn: _Turn, run: RunSoFar, wall: float, scarcity: float = 1.0) -> None:
        instrument, began = turn.instrument, time.thread_time()
        if instrument.remember is not None:
            turn.memory = instrument.remember(run)
            run = replace(run, memory=turn.memory)
        self._screen.show_in(instrument.name, instrument.compute(run))
        pause = instrument.interval_s
        if run.instant.parameters.n_fireflies > _SMALL_SWARM:
            pause = max(pause, _REST_TIMES * (time.thread_time() - began))
        turn.due = wall + scarcity * pause
        turn.shown = turn.depends_on(run)
