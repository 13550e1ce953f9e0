"""A pump with a real swarm and a screen made of lists: no Qt, and a made-up wall clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters, Session, Simulation
from gui.controllers.hand import Hand
from gui.controllers.pump import BUDGET_S, Pump
from gui.controllers.wishes import WishController
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.metrics import Metrics
from gui.models.timeline import Timeline
from gui.picture.colour_table import colour_table
from gui.picture.theme import GLOW_STOPS
from tests.gui.fake_screen import FakeScreen

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def table_of(view: Colouring) -> NDArray[np.uint8]:
    """From dark to bright, for every view."""
    return colour_table(GLOW_STOPS)


class Stage:
    """A pump with all it needs; `play` shows frames on a wall clock of its own."""

    def __init__(self, parameters: Parameters, session: Session | None = None) -> None:
        self.wall = 0.0
        self.simulation = Simulation(parameters)
        self.intent, self.current = Intent(), CurrentRun(session=session)
        if session is not None:
            self.simulation.follow(session)
        self.screen = FakeScreen()
        self.metrics = Metrics()
        self.pump = Pump(
            self.simulation,
            self.intent,
            self.current,
            self.screen,
            self.metrics,
            table_of,
            lambda: self.wall,
        )
        self.hand = Hand(
            self.simulation, self.intent, self.current, self.pump.presenting, self.screen
        )
        self.controller = WishController(
            self.simulation,
            self.intent,
            self.current,
            self.pump.presenting,
            self.screen,
            draw_seed=lambda: 77,
        )

    @property
    def values(self) -> Parameters:
        """The values that the controls show."""
        assert self.screen.values is not None, "none were shown"
        return self.screen.values

    @property
    def timeline(self) -> Timeline:
        """The time line, which shows."""
        assert self.screen.timeline is not None, "it doesn't show"
        return self.screen.timeline

    async def play(self, seconds: float) -> None:
        """Frames at 60 a second, for so many seconds of the made-up wall clock."""
        for _ in range(round(seconds * 60)):
            self.wall += 1 / 60
            await self.step()

    async def step(self) -> None:
        """A frame at the wall time there is, with time enough for all that is due."""
        is_endless = math.isinf(self.simulation.pending.speed)
        self.pump.allowance.budget_s = BUDGET_S if is_endless else 10.0  # busy as the machine is
        await self.pump.step(self.wall)
        while self.pump.is_behind and not math.isinf(self.simulation.pending.speed):
            await self.pump.step(self.wall)

    async def follow(self) -> None:
        """Frames until no wish for another run or moment is left."""
        await self.play(1 / 60)
        while self.pump.undoing.place_wanted is not None or self.intent.restart is not None:
            await self.play(1 / 60)

    async def paint(self, brush: Brush, *cells: tuple[int, int]) -> None:
        """One stroke with a brush of one cell over some places."""
        self.hand.choose_brush(brush)
        self.hand.turn_wheel(-20)
        for x, y in cells:
            self.hand.stroke(x + 0.5, y + 0.5, x + 0.5, y + 0.5)
            await self.play(1 / 60)
        self.hand.end_stroke()


def run_staged(
    body: Callable[[Stage], Coroutine[Any, Any, None]], parameters: Parameters = SMALL
) -> None:
    """Run an async test body with a stage whose swarm is ready."""

    async def main() -> None:
        stage = Stage(parameters)
        await stage.pump.begin()
        try:
            await body(stage)
        finally:
            await stage.simulation.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
