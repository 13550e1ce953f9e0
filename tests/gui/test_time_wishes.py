"""Another time, and a level of R: run to as fast as possible, or gone back to, and given up."""

from __future__ import annotations

import math
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from experiments import Action, OrderGoal, Simulation, session_of
from gui.controllers import running_ahead
from gui.controllers.time_wishes import TimeWishes
from gui.laboratory import Laboratory
from gui.models.status_readout import Activity
from gui.models.time_words import TimeTextError, parse_level, parse_time
from tests.experiments.simulating import simulate
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL, Stage, run_staged
from tests.gui.waiting import frames, until, until_later


def wishes_of(stage: Stage) -> TimeWishes:
    """What the questions lead to."""
    until_now = partial(session_of, stage.simulation, "1")
    return TimeWishes(stage.simulation, stage.intent, stage.current, stage.screen, until_now)


async def follow(stage: Stage) -> None:
    """Frames until nothing is run to any more."""
    await stage.follow()
    for _ in range(10_000):
        if not stage.intent.is_elsewhere:
            return
        await stage.play(1 / 60)
    raise AssertionError("it never arrives")


@pytest.mark.parametrize(
    ("text", "t"),
    [("120", 120.0), (" 12.5 s", 12.5), ("2:30", 150.0), ("1:02:03.5", 3723.5), ("t 0", 0.0)],
)
def test_times_are_understood_as_people_write_them(text: str, t: float) -> None:
    """Seconds, with or without their unit, and as on a clock."""
    assert parse_time(text) == t


@pytest.mark.parametrize("text", ["", "dusk", "-1", "inf", "nan", "1:2:3:4"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """In a sentence, with what was typed."""
    with pytest.raises(TimeTextError, match=r"^A time is 120 or 2:00, in seconds from the start"):
        parse_time(text)


@pytest.mark.parametrize("text", ["", "1", "-0.1", "most", "nan"])
def test_what_is_no_level_is_refused(text: str) -> None:
    """R is never above 1."""
    with pytest.raises(TimeTextError, match=r"^R can come above a number from 0 to below 1, not "):
        parse_level(text)
    assert parse_level("R > 0,95") == 0.95


@pytest.mark.parametrize("is_playing", [True, False])
def test_ahead_it_runs_there_and_goes_on_as_before(is_playing: bool) -> None:
    """Exactly to that time, playing on or paused."""

    async def body(stage: Stage) -> None:
        stage.intent.is_playing = is_playing
        assert wishes_of(stage).go_to("40") == ""
        await follow(stage)
        now = stage.simulation.now
        assert now == 40.0
        await stage.play(0.5)
        assert stage.simulation.now == pytest.approx(40.5 if is_playing else 40.0, abs=0.05)

    run_staged(body, SMALL.replace(side=20, speed=1.0))


def test_back_the_run_is_repeated_and_undone_it_is_where_it_was() -> None:
    """Flash for flash, with what was done to it; a new run only when branched off."""

    async def body(stage: Stage) -> None:
        stage.intent.touch(Action.SILENT, {7})
        await stage.play(6.0)
        flashes = [list(part) for part in stage.simulation.flashes.read()[:2]]
        stage.intent.is_playing = False
        left = stage.simulation.now
        assert wishes_of(stage).go_to("2.5") == ""
        await follow(stage)
        assert stage.simulation.now == 2.5
        assert stage.simulation.status[7]
        assert "the run is repeated" in stage.screen.toasts[-1]
        again = [list(part) for part in stage.simulation.flashes.read()[:2]]
        assert again[0]
        assert [part[: len(again[0])] for part in flashes] == again
        assert stage.timeline.end == left
        assert wishes_of(stage).go_to("100") == f"The run that is repeated ends at {left:,.1f} s"
        stage.controller.undo()
        await stage.follow()
        assert stage.simulation.now == left
        assert stage.screen.timeline is None
        assert stage.screen.toasts[-1].startswith("Undone: going back to 2.5 s; the run before it")

    run_staged(body)


def test_it_is_paused_at_the_first_instant_above_a_level() -> None:
    """The same as without a window; said with R and the time."""

    async def without_window(simulation: Simulation) -> float:
        assert OrderGoal(simulation, 0.9, 1_000.0).pursue()
        return simulation.now

    expected = simulate(without_window, SMALL)

    async def body(stage: Stage) -> None:
        assert wishes_of(stage).run_until("0.9") == ""
        await follow(stage)
        assert stage.simulation.now == expected
        assert stage.simulation.instant.coherence > 0.9
        assert not stage.intent.is_playing
        assert stage.screen.toasts[-1].startswith("R is 0.9")
        assert stage.screen.toasts[-1].endswith(f"first time: paused at {expected:,.3f} s")
        assert wishes_of(stage).run_until("0.9") == ""
        await follow(stage)
        assert stage.simulation.now == expected
        assert stage.screen.toasts[-1].startswith("R is above 0.9 already")

    run_staged(body)


def test_a_level_that_is_never_reached_is_given_up_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the longest time there is, here made shorter, and no sooner; paused there."""
    monkeypatch.setattr(running_ahead, "LONGEST_AHEAD_S", 360.0)

    async def body(stage: Stage) -> None:
        assert wishes_of(stage).run_until("0.99") == ""
        await follow(stage)
        assert stage.simulation.now == 360.0
        assert not stage.intent.is_playing
        assert stage.screen.toasts[-1] == ("R has not come above 0.99 for 360 s: paused at 360.0 s")

    run_staged(body, SMALL.replace(side=3, nudge=0.0, period=100.0))


@pytest.mark.parametrize("is_level", [True, False])
@pytest.mark.parametrize("is_by_space", [True, False])
def test_it_can_be_cancelled_on_the_way(is_level: bool, is_by_space: bool) -> None:
    """It stays where it is by then, paused; the words over the grid are gone."""

    async def body(stage: Stage) -> None:
        wishes = wishes_of(stage)
        assert (wishes.run_until("0.999999") if is_level else wishes.go_to("100000")) == ""
        await stage.play(0.4)
        words = "Running until R > 0.999999: R 0." if is_level else "Running to 100,000.0 s: "
        assert stage.screen.notes[-1].startswith(words)
        assert stage.screen.can_cancel
        assert stage.screen.statuses[-1].activity is Activity.AHEAD
        (stage.controller.toggle_play if is_by_space else stage.controller.cancel)()
        await stage.play(0.1)
        now = stage.simulation.now
        assert not stage.intent.is_elsewhere
        assert stage.screen.notes[-1] == ""
        assert stage.screen.toasts[-1] == f"Stopped at {now:,.1f} s"
        await stage.play(0.1)
        assert stage.simulation.now == now

    run_staged(body, SMALL.replace(side=30, nudge=0.0, speed=math.inf))


def test_another_run_is_run_to_nothing() -> None:
    """What was wanted of the one before is void."""

    async def body(stage: Stage) -> None:
        for is_level in (True, False):
            wishes = wishes_of(stage)
            assert (wishes.run_until("0.9999") if is_level else wishes.go_to("100000")) == ""
            await stage.play(0.1)
            stage.controller.new_seed()
            await stage.follow()
            assert not stage.intent.is_elsewhere
            assert stage.screen.notes[-1] == ""

    run_staged(body, SMALL.replace(side=20, nudge=0.0, speed=math.inf))


def test_the_questions_are_asked_answered_and_left_by_keyboard(in_window: InWindow) -> None:
    """T and U ask; a refusal stands below; Escape and an answer give the focus back."""

    async def body(lab: Laboratory) -> None:
        window, question = lab.window, lab.window.overlays.question
        await until_later(lab, 0.5)
        QTest.keyClick(window, Qt.Key.Key_T)
        await until(lambda: QApplication.focusWidget() is question.answer)
        assert question.answer.selectedText() == question.answer.text()
        QTest.keyClicks(question.answer, "soon")
        QTest.keyClick(question.answer, Qt.Key.Key_Return)
        assert question.refusal.isVisible()
        assert question.refusal.text().endswith("not \u201csoon\u201d")
        await frames(lab)
        assert window.rect().contains(question.geometry())
        assert question.height() >= question.minimumSizeHint().height()
        QTest.keyClicks(question.answer, "30")
        assert question.refusal.isHidden()
        QTest.keyClick(question.answer, Qt.Key.Key_Return)
        await until(lambda: question.isHidden() and lab.simulation.now >= 30.0)
        assert QApplication.focusWidget() is window
        QTest.keyClick(window, Qt.Key.Key_U)
        assert question.answer.text() == "0.99"
        QTest.keyClick(question.answer, Qt.Key.Key_Escape)
        assert question.isHidden()
        assert not lab.intent.is_elsewhere

    in_window(body, SMALL)


def test_a_click_on_the_time_asks_for_another(in_window: InWindow) -> None:
    """It stands in the status line."""

    async def body(lab: Laboratory) -> None:
        line = lab.window.status_line
        await until(lambda: line.labels["time"].text())
        at = line.labels["time"].geometry().center()
        QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
        assert lab.window.overlays.question.isVisible()
        assert not math.isnan(float(lab.window.overlays.question.answer.text()))

    in_window(body, SMALL)
