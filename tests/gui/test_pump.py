"""The pump: time, steps, lateness and what shows, without Qt."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest

from experiments.model import flash_log
from experiments.population.workflow_population import WorkflowPopulation
from gui.controllers import pump
from gui.controllers.readouts import MOST_TOLD
from gui.models.brush import Brush
from gui.models.status_readout import Activity
from tests.gui.staged import SMALL, Stage, run_staged


def test_virtual_time_keeps_up_with_the_wall() -> None:
    """Two wall seconds at 3x are six virtual ones, and the status says so."""

    async def body(stage: Stage) -> None:
        await stage.play(2.0 + 1 / 60)
        assert stage.simulation.now == pytest.approx(6.0, abs=1e-9)
        last = stage.screen.statuses[-1]
        assert last.activity is Activity.RUNNING
        assert last.held == pytest.approx(3.0)
        assert last.asked == 3.0

    run_staged(body, SMALL.replace(speed=3.0))


def test_pause_freezes_the_picture_and_time() -> None:
    """Paused, no frame is made and virtual time stands still."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        stage.controller.toggle_play()
        await stage.play(0.1)
        frames, now = len(stage.screen.frames), stage.simulation.now
        await stage.play(5.0)
        assert len(stage.screen.frames) == frames
        assert stage.simulation.now == now
        assert stage.screen.playing is False
        assert stage.screen.statuses[-1].activity is Activity.PAUSED
        stage.controller.toggle_play()
        await stage.play(0.5)
        assert stage.simulation.now == pytest.approx(now + 0.5, abs=0.02)

    run_staged(body)


@pytest.mark.parametrize("speed", [20.0, math.inf])
def test_pausing_doesnt_change_a_picture_that_was_evened_out(speed: float) -> None:
    """The last picture before the pause stays, as fast as it ran."""

    async def body(stage: Stage) -> None:
        await stage.play(2.0)
        stage.controller.toggle_play()
        await stage.play(0.1)  # a pause takes effect once the instant is complete, which may show
        frames = len(stage.screen.frames)
        await stage.play(1.0)
        assert len(stage.screen.frames) == frames

    run_staged(body, SMALL.replace(speed=speed))


def test_a_step_goes_to_the_next_flash_and_shows_it() -> None:
    """Each step pauses, adds the flashes of one instant, and lights them fully."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        for _ in range(5):
            flashes = len(stage.simulation.flashes)
            stage.controller.step()
            await stage.play(0.5)
            times, ids, _ = stage.simulation.flashes.read(flashes)
            assert len(times) > 0
            assert (times == times[0]).all()
            assert stage.simulation.now == times[0]
            lit = stage.screen.frames[-1].reshape(-1, 4)[ids]
            assert (lit == [0xFF, 0xF3, 0xC4, 255]).all()
        assert not stage.intent.is_playing

    run_staged(body)


def test_nobody_looks_no_picture_is_made_but_time_goes_on() -> None:
    """Hidden: no frames and no curves; shown again: the picture is up to date."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.screen.shows = False
        frames, curves = len(stage.screen.frames), len(stage.screen.given["coherence"])
        await stage.play(1.5)
        assert len(stage.screen.frames) == frames
        assert len(stage.screen.given["coherence"]) == curves
        assert stage.simulation.now == pytest.approx(2.0, abs=0.03)
        stage.screen.shows = True
        await stage.play(1 / 60)
        assert len(stage.screen.frames) == frames + 1

    run_staged(body)


def test_a_stall_is_worked_off_but_no_more_than_two_seconds_of_it() -> None:
    """After five stalled seconds two are made up for, and three counted as dropped."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        now = stage.simulation.now
        stage.wall += 5.0
        await stage.play(1.0)
        assert stage.simulation.now == pytest.approx(now + 2.0 + 1.0, abs=0.05)
        assert stage.pump.dropped == pytest.approx(3.0, abs=0.05)

    run_staged(body)


def test_as_fast_as_possible_uses_its_budget_and_stops_there() -> None:
    """At max a frame takes its budget; far more than real time passes."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        assert stage.simulation.now > 5.0

    run_staged(body, SMALL.replace(speed=math.inf))


def test_a_quiet_swarm_at_max_doesnt_hold_the_frame() -> None:
    """With an hour between flashes nothing wakes, yet a frame ends in time."""

    async def body(stage: Stage) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.pump.step(stage.wall)
        assert loop.time() - began < 0.5

    run_staged(body, SMALL.replace(period=3_600.0, speed=math.inf))


@pytest.mark.workflows
def test_a_failed_workflow_is_shown_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status counts it and names it; the others go on."""

    async def body(stage: Stage) -> None:
        error = ValueError("no wings")

        def broken(_: int) -> None:
            raise error

        population = stage.simulation.population
        assert isinstance(population, WorkflowPopulation)
        monkeypatch.setattr(population.swarm, "flash", broken)  # whichever flashes next fails
        await stage.play(1.0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await stage.play(0.5)
        last = stage.screen.statuses[-1]
        assert last.failures >= 1
        assert "failed: firefly" in last.state_text()

    run_staged(body)


def test_lateness_is_what_the_frame_and_a_backlog_add() -> None:
    """On time, a flash waits for its frame at most; held up for 0.5 s, that much longer."""

    async def body(stage: Stage) -> None:
        await stage.play(3.0)
        on_time = stage.pump.painting.lateness.by_id.copy()
        assert np.all((on_time >= 0.0) & (on_time <= 1 / 60 + 1e-9))

        held_up = stage.simulation.now
        stage.wall += 0.5
        await stage.play(1 / 60)
        last = np.array([stage.pump.painting.last_flash(i) for i in range(36)])
        flashed = last > held_up
        assert flashed.sum() > 10
        late = stage.pump.painting.lateness.by_id
        assert late[flashed] == pytest.approx(stage.simulation.now - last[flashed], abs=1e-9)
        assert late.max() > 0.4

    run_staged(body)


def test_steps_and_the_highest_speed_are_never_late() -> None:
    """Nobody asked for these flashes at any moment, so no lateness is noted."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        assert len(stage.simulation.flashes) > 100
        stage.controller.toggle_play()
        stage.controller.step()
        await stage.play(0.1)
        assert np.all(np.isnan(stage.pump.painting.lateness.by_id))

    run_staged(body, SMALL.replace(speed=math.inf))


def test_a_higher_speed_counts_before_it_is_achieved() -> None:
    """Evened out with its first picture, not once the meter has come to know it."""

    async def body(stage: Stage) -> None:
        await stage.play(3.0)
        assert not stage.screen.is_evened
        stage.controller.move_value("speed", 50.0)
        await stage.play(1 / 60)
        assert stage.screen.is_evened

    run_staged(body, SMALL.replace(period=5.0))


def test_a_speed_out_of_reach_isnt_evened_out_for() -> None:
    """What counts is how fast the fireflies flash for somebody looking, once that is known."""

    async def body(stage: Stage) -> None:
        await stage.play(1 / 60)
        assert stage.screen.is_evened
        stage.pump.allowance.budget_s = 1e-6  # a wake or so
        for _ in range(120):
            stage.wall += 1 / 60
            await stage.pump.step(stage.wall)
        assert stage.simulation.now < 2.0
        assert not stage.screen.is_evened

    run_staged(body, SMALL.replace(side=20, speed=20.0))


def test_stepping_a_period_lets_one_period_pass() -> None:
    """It pauses; two wishes are two periods."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        before = stage.simulation.now
        stage.controller.step_period()
        stage.controller.step_period()
        await stage.play(0.5)
        assert stage.simulation.now == pytest.approx(before + 2.0)
        assert not stage.intent.is_playing

    run_staged(body)


def test_dropped_frames_are_told_for_the_second_they_were_dropped_in() -> None:
    """In the status line beside the frames that were shown; the next second starts anew."""

    async def body(stage: Stage) -> None:
        await stage.play(1.5)
        stage.metrics.frames_dropped += 7
        await stage.play(1.2)
        texts = [status.fps_text() for status in stage.screen.statuses]
        assert any(text.endswith(", 7 dropped") for text in texts)
        await stage.play(1.5)
        assert "dropped" not in stage.screen.statuses[-1].fps_text()

    run_staged(body)


def test_what_is_done_while_paused_is_not_as_late_as_what_was_before() -> None:
    """A flash by the brush is shown within its frame; that of a step was asked for at no moment."""

    async def body(stage: Stage) -> None:
        await stage.play(2.0)
        stage.wall += 1.5
        await stage.play(1 / 60)  # held up: who flashed is up to 1.5 s late
        stage.controller.toggle_play()
        await stage.play(0.5)
        late = stage.pump.painting.lateness.by_id
        assert late.max() > 0.5
        worst = int(late.argmax())
        await stage.paint(Brush.FLASH, (worst % 6, worst // 6))
        assert late[worst] < 0.05
        other = int(late.argmax())
        assert late[other] > 0.5
        stage.intent.steps = 200
        while stage.pump.painting.last_flash(other) < stage.simulation.now - SMALL.period / 2:
            await stage.play(1 / 60)
        assert np.isnan(late[other])

    run_staged(body)


def test_what_was_run_ahead_was_not_late() -> None:
    """Its flashes are shown and counted, but nobody had asked for them at any moment."""

    async def body(stage: Stage) -> None:
        await stage.pump.run_ahead(5.0)
        await stage.play(1 / 60)
        late = stage.pump.painting.lateness.by_id
        assert not np.any(late > 0.1)
        assert stage.pump.painting.history.rate(0.0, 5.0, 1_000)[1].sum() > 0

    run_staged(body)


@pytest.mark.workflows
def test_when_everybody_fails_all_are_counted_and_as_many_told_as_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each by its own id; the window goes on."""

    async def body(stage: Stage) -> None:
        def broken(i: int) -> None:
            raise ValueError(f"no wings on {i}")

        population = stage.simulation.population
        assert isinstance(population, WorkflowPopulation)
        monkeypatch.setattr(population.swarm, "flash", broken)
        stage.simulation.advance(1.2)
        for _ in range(3):
            await asyncio.sleep(0)
        await stage.play(0.5)
        failures = stage.simulation.failures
        assert {failure.id for failure in failures} == set(range(30 * 30))
        assert len(failures) == 30 * 30
        assert all(str(f.error) == f"no wings on {f.id}" for f in failures)
        assert stage.screen.statuses[-1].failures == 900
        assert len(stage.screen.given["failures"][-1]) == MOST_TOLD
        assert "and 899 more" in stage.screen.toasts[-1]

    run_staged(body, SMALL.replace(side=30))


def test_what_flashed_on_the_way_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running ahead takes no more memory the longer it is: readers have seen what is let go of."""
    monkeypatch.setattr(flash_log, "TRIM_AT_LEAST", 10)
    monkeypatch.setattr(pump, "BUDGET_S", 0.0)

    async def body(stage: Stage) -> None:
        running, was_let_go = asyncio.ensure_future(stage.pump.run_ahead(10.0)), False
        while not running.done():
            await asyncio.sleep(0)
            try:
                stage.simulation.flashes.read(0)
            except ValueError:
                was_let_go |= not running.done()
        assert was_let_go
        assert stage.simulation.now == 10.0

    run_staged(body)
