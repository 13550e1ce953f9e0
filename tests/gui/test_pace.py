"""The picture comes first: what a frame gives the simulation, and when there is no frame at all."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from experiments import Action
from gui.controllers.pump import REST_S
from gui.laboratory import Laboratory
from gui.models.allowance import Allowance
from gui.models.colouring import Colouring
from gui.models.pacing import Pacer
from gui.models.status_readout import Activity, StatusReadout
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL, Stage, run_staged
from tests.gui.waiting import until, until_later

FRAME = 1 / 60


class Processor:
    """Wall and processor time of work that others interrupt, both made up."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.wall = self.cpu = 0.0
        self.allowance = Allowance(0.006, lambda: self.wall, lambda: self.cpu)

    def frames(self, n: int, missed: int = 0) -> None:
        """Frames with 10 ms of work in each, and so many left out before each."""
        for _ in range(n):
            self.allowance.note_frame(missed)
            with self.allowance.watching():
                self.cpu += 0.01
                self.wall += 0.01 / self.share


def test_a_busy_processor_leaves_less_to_the_simulation_until_frames_come_in_time() -> None:
    """Half the processor and frames left out: down to 2 ms; alone again: all 6 ms."""
    processor = Processor(share=0.5)
    processor.frames(60, missed=1)
    assert processor.allowance.is_starved
    assert processor.allowance.budget_s == pytest.approx(0.002)
    assert processor.allowance.scarcity == pytest.approx(3.0)
    processor.share = 0.99
    processor.frames(200)
    assert not processor.allowance.is_starved
    assert processor.allowance.budget_s == pytest.approx(0.006)
    assert processor.allowance.scarcity == 1.0


def test_a_slow_machine_that_is_left_alone_is_not_starved() -> None:
    """Frames that are left out for the swarm's own sake take nothing from it."""
    processor = Processor(share=0.97)
    processor.frames(200, missed=2)
    assert not processor.allowance.is_starved
    assert processor.allowance.budget_s == pytest.approx(0.006)


def after_an_avalanche(speed: float, frames: int) -> Pacer:
    """A pacer that owes what so many frames took, in which no time passed."""
    pacer = Pacer()
    for k in range(frames + 1):
        pacer.owe(k * FRAME, speed)
    return pacer


def test_what_is_owed_is_not_leapt_over() -> None:
    """After an avalanche of 250 ms time goes on twice as fast at most."""
    pacer = after_an_avalanche(20.0, 15)
    assert pacer.owe(15 * FRAME, 20.0) == pytest.approx(15 * FRAME * 20.0)
    assert 1.5 * FRAME * 20.0 < pacer.leap <= 2.0 * FRAME * 20.0
    pacer.pay(pacer.leap)
    assert pacer.leap == 0.0


def test_a_stall_is_made_up_for_at_once() -> None:
    """Five seconds without a frame say nothing of the swarm: what is kept of them may pass."""
    pacer = Pacer()
    for k in range(60):
        pacer.owe(k * FRAME, 1.0)
        pacer.pay(FRAME)
    owed = pacer.owe(6.0, 1.0)
    assert owed == pytest.approx(2.0)
    assert pacer.leap > owed


def test_another_speed_is_taken_on_at_once() -> None:
    """How little was held at the one before says nothing of it."""
    pacer = after_an_avalanche(1.0, 600)
    assert pacer.leap < 0.1 * FRAME
    pacer.owe(601 * FRAME, 20.0)
    assert pacer.leap == pytest.approx(2.0 * FRAME * 20.0)


def in_cycles(
    speed: float, avalanche: int, frames: int = 20_000, period: float = 5.0
) -> tuple[float, float]:
    """Speed held, and the share of frames in which time passed, when each period has an avalanche.

    `avalanche` is how many frames it takes.
    """
    pacer, virtual, left, moved = Pacer(), 0.0, 0, 0
    for k in range(frames):
        owed = pacer.owe(k * FRAME, speed)
        if left:
            left -= 1
            continue
        step = min(owed, pacer.leap, period - virtual % period)
        virtual += step
        moved += step > 0.0
        pacer.pay(step)
        if virtual % period > period - 1e-9 or virtual % period < 1e-9 < virtual:
            virtual = round(virtual / period) * period
            left = avalanche
    return virtual / (frames * FRAME), moved / frames


def test_a_swarm_that_keeps_up_holds_the_speed_asked() -> None:
    """Four frames for an avalanche every quarter of a second: the other eleven make up for them."""
    held, moved = in_cycles(20.0, 4)
    assert held == pytest.approx(20.0, rel=0.02)
    assert moved > 0.7


@pytest.mark.parametrize("avalanche", [20, 60, 300])
def test_a_swarm_that_falls_behind_is_seen_in_every_other_frame(avalanche: int) -> None:
    """However long avalanches take, as many frames show what is between them: time falls behind."""
    held, moved = in_cycles(20.0, avalanche)
    assert moved == pytest.approx(0.5, abs=0.1)
    assert held == pytest.approx(5.0 / (2 * avalanche * FRAME), rel=0.25)


def test_between_two_avalanches_there_are_pictures_however_long_they_take() -> None:
    """A synchronised swarm at 20x that a frame hardly moves on: no picture is far from the last."""

    async def body(stage: Stage) -> None:
        stage.simulation.act(Action.FLASH_NOW, range(36))
        await stage.pump.run_ahead(0.5)
        stage.pump.allowance = Allowance(1e-6)  # a wake or so
        jumps, stuck, t = [], 0, stage.simulation.instant.t
        for _ in range(1_000):
            stage.wall += FRAME
            await stage.pump.step(stage.wall)
            jumps.append(stage.simulation.instant.t - t)
            stuck += jumps[-1] == 0.0
            t = stage.simulation.instant.t
        assert stuck > 250  # much of the time it is in the middle of an avalanche
        assert max(jumps) <= 2.0 * 20.0 * FRAME + 1e-9
        assert t > 1.5

    run_staged(body, SMALL.replace(speed=20.0))


def test_instruments_give_way_to_the_grid() -> None:
    """With a third of the time for what can wait, they are drawn less than half as often."""

    async def body(stage: Stage) -> None:
        drawn = {}
        for budget_s in (30.0, 10.0):
            stage.pump.allowance = Allowance(30.0)
            stage.pump.allowance.budget_s = budget_s
            before = len(stage.screen.given["coherence"])
            for _ in range(360):
                stage.wall += FRAME
                await stage.pump.step(stage.wall)
            drawn[budget_s] = len(stage.screen.given["coherence"]) - before
        assert 40 <= drawn[30.0] <= 60  # six seconds, among all panels
        assert 15 <= drawn[10.0] <= 0.5 * drawn[30.0]

    run_staged(body)


def test_a_late_frame_without_a_new_picture_works_on() -> None:
    """In the middle of an avalanche there is nothing to paint: the swarm has the time for that."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.controller.toggle_play()
        await stage.play(FRAME)
        assert not stage.pump.is_behind
        stage.intent.touch(Action.FLASH_NOW, set(range(36)))
        between = []

        def take(_wall: float) -> None:
            """Between the two parts of a frame: from now on there is time enough."""
            between.append((stage.pump.is_behind, len(stage.screen.frames)))
            stage.pump.allowance.budget_s = 10.0

        stage.pump.watchers.append(types.SimpleNamespace(wants_pictures=False, take=take))
        assert stage.pump.frame_times.left_s() <= 0.0

        async def frame() -> None:
            stage.pump.allowance.budget_s = 0.0  # a few wakes
            stage.wall += FRAME
            await stage.pump.step(stage.wall)

        n_pictures = len(stage.screen.frames)
        stage.intent.view = Colouring.PHASE  # there is something to paint
        await frame()
        assert between == [(True, n_pictures + 1)]
        assert not stage.simulation.is_complete
        await frame()
        assert between[1:] == [(True, n_pictures + 1)]
        assert stage.simulation.is_complete
        await stage.step()
        assert len(stage.screen.frames) == n_pictures + 2

    run_staged(body)


def test_the_status_line_says_why_it_is_slower() -> None:
    """The speed held, and that others keep the processor busy; not when the speed is held."""
    starved = StatusReadout(
        Activity.RUNNING, 1.0, 20.0, 3.2, 18.0, None, {}, 1, "100 fireflies", is_starved=True
    )  # fmt: skip
    assert starved.speed_text() == "other programs keep this computer busy: 3.20x"
    keeps_up = StatusReadout(
        Activity.RUNNING, 1.0, 20.0, 20.0, 60.0, None, {}, 1, "100 fireflies", is_starved=True
    )
    assert keeps_up.speed_text() == "20.0x"


def test_a_starved_pump_tells_the_status_line() -> None:
    """What was found out about the processor is shown with the speed."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        assert not stage.screen.statuses[-1].is_starved
        stage.pump.allowance.is_starved = True
        await stage.play(0.5)
        assert stage.screen.statuses[-1].is_starved

    run_staged(body)


def test_there_is_rest_only_when_nothing_moves() -> None:
    """Paused and all shown, or hidden and nothing owed; not while anybody takes pictures."""

    async def body(stage: Stage) -> None:
        pump, taker = stage.pump, types.SimpleNamespace(wants_pictures=True, take=lambda _: None)
        await stage.play(0.5)
        assert pump.rest_s == 0.0
        stage.screen.shows = False
        await stage.play(FRAME)
        assert pump.rest_s > 0.0
        stage.screen.shows = True
        stage.controller.toggle_play()
        assert pump.frame_times.is_called
        await stage.play(5.0)  # until every panel has had its turn
        assert pump.rest_s > 0.0
        pump.watchers.append(taker)
        assert pump.rest_s == 0.0
        taker.wants_pictures = False
        await pump.frame_times.next(0.0)
        stage.controller.move_value("nudge", 0.01)
        assert pump.frame_times.is_called
        await stage.play(FRAME)
        await pump.frame_times.next(0.0)
        await stage.play(FRAME)
        assert not pump.frame_times.is_called  # the pump's own doing is no wish

    run_staged(body)


def test_a_starved_pump_that_is_late_goes_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It doesn't sleep until the next deadline, and counts what was left out."""

    async def body(stage: Stage) -> None:
        loop, frame_times = asyncio.get_running_loop(), stage.pump.frame_times
        wall = loop.time()
        await frame_times.next(0.0)
        await stage.play(0.1)
        stage.pump.allowance.is_starved = True
        monkeypatch.setattr(loop, "time", lambda: wall + 10.5 * FRAME)
        dropped = stage.metrics.frames_dropped
        await frame_times.next(0.0)
        assert stage.metrics.frames_dropped - dropped == 8  # the tenth, after the first
        assert 0.0 < frame_times.left_s() <= FRAME
        monkeypatch.undo()

    run_staged(body)


@pytest.mark.slow
def test_a_paused_window_rests_and_hears_every_wish(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few frames a second of real time, and the first after a key is there at once."""

    async def body(lab: Laboratory) -> None:
        def is_resting() -> bool:
            return lab.pump.is_resting

        QTest.keyClick(lab.window, Qt.Key.Key_Space)
        await until(is_resting)
        frames: list[float] = []
        lab.pump.watchers.append(types.SimpleNamespace(wants_pictures=False, take=frames.append))
        lags: list[str] = []
        monkeypatch.setattr(lab.metrics, "note", lambda name, _reading: lags.append(name))
        began = asyncio.get_running_loop().time()
        await until(lambda: len(frames) > 4)
        took = asyncio.get_running_loop().time() - began
        assert len(frames) <= 2 + took / REST_S
        assert lags.count("loop_lag_ms") < 25 * took  # of a hundred a second
        for key in (Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Space):
            await until(is_resting)
            before = lab.simulation.now
            QTest.keyClick(lab.window, key)
            assert lab.pump.frame_times.is_called
            await until_later(lab, before)
        assert lab.intent.is_playing

    in_window(body, SMALL)


@pytest.mark.slow
def test_a_minimised_window_plays_on_without_painting(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Virtual time passes, nothing is painted, and it rests before each frame that owes no more."""

    async def body(lab: Laboratory) -> None:
        lab.window.hide()
        frame_times, rests, frames = lab.pump.frame_times, [], []
        wait = frame_times.next

        def wait_and_note(rest_s: float) -> Coroutine[Any, Any, None]:
            rests.append(rest_s)
            return wait(rest_s)

        def take(_wall: float) -> None:
            frames.append(lab.pump.is_behind)

        await until(lambda: lab.pump.is_resting)
        monkeypatch.setattr(frame_times, "next", wait_and_note)
        lab.pump.watchers.append(types.SimpleNamespace(wants_pictures=False, take=take))
        paints, before = lab.metrics.paints, lab.simulation.now
        await until(lambda: lab.simulation.now >= before + 0.5 and len(frames) >= 3)
        assert lab.metrics.paints == paints
        rests = [rest_s for rest_s in rests if rest_s]
        assert set(rests) == {REST_S}
        assert len(frames) - 1 <= len(rests) + sum(frames)

    in_window(body, SMALL)
