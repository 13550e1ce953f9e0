"""All that the window shows and writes is taken from one complete instant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import numpy as np
import pytest

from experiments import Action, Parameters, Session, order_parameter, session_of
from gui.instruments.circle_view import PhaseCircleView
from gui.instruments.histogram import phase_histogram
from gui.laboratory import Laboratory
from gui.models.allowance import Allowance
from gui.models.colouring import Colouring, phase_values
from gui.picture.caption import present_caption
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL, Stage, table_of
from tests.gui.waiting import frames

T = TypeVar("T")


def on_stage(
    body: Callable[[Stage], Coroutine[Any, Any, T]],
    session: Session | None = None,
    parameters: Parameters = SMALL,
) -> T:
    """Run an async test body with a stage whose swarm is ready."""

    async def main() -> T:
        stage = Stage(parameters, session)
        await stage.pump.begin()
        try:
            return await body(stage)
        finally:
            await stage.simulation.aclose()

    return asyncio.run(main())


def shown_truth(stage: Stage) -> tuple[float, float]:
    """Time and R that everything shows; fails if two readouts differ."""
    stage.wall += 1.5
    stage.pump.present()
    screen, instant = stage.screen, stage.simulation.instant
    status, circle, curve = (
        screen.statuses[-1],
        screen.given["circle"][-1],
        screen.given["coherence"][-1],
    )
    t, coherence = status.t, status.observed["R"]
    assert coherence == abs(circle.order) == curve.values[-1] == instant.coherence
    assert t == curve.times[-1] == screen.given["raster"][-1].raster.now == instant.t
    wanted = phase_histogram(instant.phases, instant.parameters)
    assert np.array_equal(screen.given["histogram"][-1].shares, wanted.shares)
    assert np.array_equal(stage.simulation.phases(), instant.phases)
    assert present_caption(stage.simulation)[1] == f"R {coherence:.2f}"
    stage.wall += 1.5
    stage.pump.present()  # which closes the second of the metrics
    noted = stage.metrics.latest["order_parameter"]
    assert noted.min == noted.max == coherence
    return t, coherence


def test_paused_a_flash_of_everything_shows_everywhere() -> None:
    """Status line, circle, plot, caption, histogram, metrics: R 1.00, at the time of the pause."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.controller.toggle_play()
        await stage.play(1 / 60)
        before = shown_truth(stage)
        assert before[1] < 0.5
        stage.intent.touch(Action.FLASH_NOW, set(range(36)))
        await stage.play(1 / 60)
        t, coherence = shown_truth(stage)
        assert t == before[0]
        assert coherence == pytest.approx(1.0, abs=1e-3)

    on_stage(body)


@pytest.mark.parametrize("view", [Colouring.GLOW, Colouring.PHASE])
def test_in_the_middle_of_an_instant_the_one_before_shows_everywhere(view: Colouring) -> None:
    """However often frames cut an avalanche, nobody sees half of it; and then all see it whole."""

    async def body(stage: Stage) -> None:
        stage.pump.allowance = Allowance(0.0)  # a few wakes a frame
        await stage.pump.run_ahead(1.05)
        stage.intent.view, stage.intent.is_playing = view, False
        await stage.pump.step(stage.wall)
        before, frames = shown_truth(stage), len(stage.screen.frames)
        stage.intent.touch(Action.FLASH_NOW, set(range(36)))
        cuts = 0
        await stage.pump.step(stage.wall)
        while not stage.simulation.is_complete:
            cuts += 1
            assert shown_truth(stage) == before
            assert len(stage.screen.frames) == frames
            await stage.pump.step(stage.wall)
        assert cuts > 3
        t, coherence = shown_truth(stage)
        assert t == before[0]
        assert coherence == pytest.approx(1.0, abs=1e-3)
        assert len(stage.screen.frames) > frames

    on_stage(body)


def test_stepping_shows_the_instant_of_the_flash_everywhere() -> None:
    """After each step all readouts are at the time of the flash, after all it caused."""

    async def body(stage: Stage) -> None:
        await stage.play(0.3)
        for _ in range(10):
            stage.controller.step()
            await stage.play(2 / 60)
            t, coherence = shown_truth(stage)
            zero = stage.simulation.population.zero_times()
            assert t == stage.simulation.now
            assert coherence == abs(order_parameter(zero, t, 1.0))

    on_stage(body)


def test_a_session_that_is_repeated_and_gone_through_shows_one_truth() -> None:
    """While it is followed, where one goes in it, and at its end, which is that of the run."""

    async def run(stage: Stage) -> tuple[Session, tuple[float, float]]:
        await stage.play(1.0)
        stage.intent.touch(Action.SCRAMBLE, set(range(18)))
        await stage.play(1.0)
        stage.simulation.settle()
        return session_of(stage.simulation), shown_truth(stage)

    session, end = on_stage(run)
    assert isinstance(session, Session)

    async def repeat(stage: Stage) -> None:
        await stage.play(0.7)
        shown_truth(stage)
        stage.intent.seek = 1.5
        await stage.step()
        await stage.play(0.1)
        shown_truth(stage)
        await stage.play(3.0)
        assert shown_truth(stage) == end

    on_stage(repeat, session, session.parameters)


def test_the_picture_is_of_the_same_instant() -> None:
    """What each firefly's colour says is its phase at the time that the status line shows."""

    async def body(stage: Stage) -> None:
        stage.intent.view = Colouring.PHASE
        await stage.play(0.5)
        stage.controller.toggle_play()
        await stage.play(5.0)  # whatever the flash guard softened
        shown_truth(stage)
        phases = stage.simulation.instant.phases
        index = np.minimum(phase_values(phases, 1.0) * 256.0, 255.0).astype(int)
        wanted = table_of(Colouring.PHASE)[index].reshape(6, 6, 4).astype(int)
        assert np.abs(stage.screen.frames[-1].astype(int) - wanted).max() <= 1

    on_stage(body)


def test_the_number_in_the_phase_circle_is_that_of_the_status_line(in_window: InWindow) -> None:
    """At every moment, however fast the run goes and whichever of them was shown last."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.workbench.show_panel("circle")
        circle = window.workbench.views["circle"]
        assert isinstance(circle, PhaseCircleView)
        seen = set()
        for _ in range(40):
            await frames(lab, 1)
            number = window.status_line.labels["R"].text()
            assert circle.number == number
            seen.add(number)
        assert len(seen) > 2

    in_window(body, SMALL.replace(speed=10.0))
