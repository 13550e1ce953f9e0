"""Replay in the window: the same run, from any moment on, until it is branched off."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from experiments import (
    Action,
    ParameterError,
    Parameters,
    Session,
    SessionError,
    Simulation,
    Step,
    load_session,
    save_session,
    session_of,
)
from gui.instruments.registry import PANELS
from gui.laboratory import Laboratory
from gui.models.coherence_trace import Mark
from gui.models.timeline import change_marks
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL, Stage
from tests.gui.waiting import until, until_later
from tests.proofs import count

LONG_S = 40.0

BATCHES = count(1, 5)


async def lived(parameters: Parameters, seed: int, n_actions: int) -> Session:
    """The session of a run to which much is done, through the wishes of a window."""
    rng = random.Random(seed)
    stage = Stage(parameters)
    await stage.pump.begin()
    for _ in range(n_actions):
        kind = rng.random()
        if kind < 0.5:
            name = rng.choice(["period", "nudge", "refractory", "jitter", "glow", "speed"])
            value = rng.choice([0.02, 0.1, 0.3, 0.9, 1.0, 2.0, 30.0])
            stage.controller.move_value(name, value)
        elif kind < 0.8:
            n = parameters.n_fireflies
            stage.intent.touch(
                rng.choice(list(Action)), set(rng.sample(range(n), rng.randint(1, 9)))
            )
        elif kind < 0.85:
            stage.controller.undo()
        elif kind < 0.9:
            stage.controller.step()
        elif kind < 0.95:
            stage.controller.toggle_play()
        await stage.play(rng.choice([1, 1, 2, 10]) / 60)
        await stage.follow()  # back, where phases were undone
    stage.simulation.settle()
    session = session_of(stage.simulation)
    await stage.simulation.aclose()
    return session


def in_replay(body: Callable[[Stage], Coroutine[Any, Any, None]], session: Session) -> None:
    """Run an async test body with a stage that repeats a session."""

    async def main() -> None:
        stage = Stage(session.parameters, session)
        await stage.pump.begin()
        try:
            await body(stage)
        finally:
            await stage.simulation.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def session_with_actions(parameters: Parameters = SMALL, until: float = LONG_S) -> Session:
    """A run of known length with two changes and an action."""

    async def main() -> Session:
        simulation = Simulation(parameters)
        await simulation.start()
        simulation.run_until(until / 4)
        simulation.change(nudge=0.1)
        simulation.run_until(until / 2)
        simulation.act(Action.SILENT, range(6))
        simulation.run_until(until * 0.75)
        simulation.change(period=1.5, glow=0.5)
        simulation.run_until(until)
        session = session_of(simulation)
        await simulation.aclose()
        return session

    return asyncio.run(main())


LATE = SMALL.replace(
    delay=1.3, loss=0.2, spread=0.2, topology="ring", k=3, rewire=0.3, response="drawn"
)
"""Pulses are in flight at any time, and some are lost."""


@pytest.fixture(scope="module")
def session() -> Session:
    """A run of 40 s."""
    return session_with_actions()


@pytest.mark.drill
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_done_in_the_window_is_repeated_there(
    batch: int, record_property: Callable[[str, object], None]
) -> None:
    """Sessions of 500 slider and brush actions each: the digest of the repeated run is equal."""
    sessions = count(1, 10)
    n_actions = count(120, 500)
    record_property("count", f"{BATCHES * sessions} sessions")
    for k in range(sessions):
        seed = 1_000 * batch + k
        saved = asyncio.run(lived(SMALL.replace(seed=seed), seed, n_actions))
        assert len(saved.steps) > n_actions / 4

        async def body(stage: Stage, saved: Session = saved) -> None:
            stage.current.replay_speed = random.Random(saved.n_flashes).choice([0.7, 5.0, 1000.0])
            while stage.intent.is_playing:
                await stage.play(1 / 60)
            assert stage.simulation.now == saved.end
            assert session_of(stage.simulation) == saved
            assert stage.timeline.words.startswith("Repeated exactly")

        in_replay(body, saved)


def test_it_ends_where_the_run_ended_and_says_that_it_is_the_same(session: Session) -> None:
    """Time stops at the end; the time line tells the digest."""

    async def body(stage: Stage) -> None:
        assert session.digest is not None
        stage.controller.move_value("speed", 20.0)
        await stage.play(1.0)
        assert stage.simulation.now == pytest.approx(20.0, abs=0.5)
        assert stage.timeline.end == LONG_S
        assert stage.timeline.marks == (10.0, 20.0, 30.0)
        assert stage.timeline.words == ""
        await stage.play(1.5)
        assert stage.simulation.now == LONG_S
        assert not stage.intent.is_playing
        assert stage.timeline.words == (
            f"Repeated exactly: {session.n_flashes:,} flashes, digest {session.digest[:8]}"
        )
        stage.controller.toggle_play()
        stage.controller.step()
        await stage.play(0.2)
        assert stage.simulation.now == LONG_S, "there is no more"
        assert session_of(stage.simulation) == session

    in_replay(body, session)


def test_a_run_that_comes_out_differently_is_said_to(session: Session) -> None:
    """A digest that isn't reached shows as such."""
    other = Session(session.parameters, session.steps, session.end, session.n_flashes, "f" * 64)

    async def body(stage: Stage) -> None:
        stage.controller.move_value("speed", 1_000.0)
        await stage.play(0.5)
        assert stage.timeline.is_wrong
        assert stage.timeline.words.startswith("Not the same")

    in_replay(body, other)


def test_nothing_can_be_changed_while_it_repeats(session: Session) -> None:
    """Sliders, brushes and undo wait until it is branched; how fast it goes is free."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.controller.move_value("nudge", 0.4)
        stage.intent.touch(Action.FLASH_NOW, {1, 2})
        stage.controller.undo()
        stage.controller.move_value("speed", 5.0)
        await stage.play(0.5)
        assert stage.simulation.parameters == session.parameters
        assert stage.simulation.interventions == []
        assert stage.values.speed == 5.0
        assert stage.screen.statuses[-1].is_replay
        assert stage.screen.statuses[-1].speed_text().startswith("replay, ")

    in_replay(body, session)


def test_the_controls_follow_what_was_done(session: Session) -> None:
    """A change that is repeated shows on the sliders, and as a mark on the curve."""

    async def body(stage: Stage) -> None:
        stage.controller.move_value("speed", 30.0)
        await stage.play(0.5)
        assert stage.values.nudge == 0.1
        await stage.play(0.8)  # time for each plot to have its turn
        assert (stage.values.period, stage.values.glow) == (1.5, 0.5)
        await stage.play(len(PANELS) / 60)  # one of them is shown in each frame
        marks = stage.screen.given["coherence"][-1].marks
        changes = [mark.label for mark in marks if not mark.is_found]
        assert changes == ["nudge 0.10 s", "period 1.5 s"]
        assert stage.screen.marks is not None
        assert stage.screen.marks[:6].all()

    in_replay(body, session)


@pytest.mark.parametrize("kind", ["usual", "late"])
def test_dragging_leads_forth_and_back(kind: str, session: Session) -> None:
    """Wherever one goes, all is as it was there; at the end the digest is equal."""
    session = session if kind == "usual" else session_with_actions(LATE)

    async def body(stage: Stage) -> None:
        fresh: dict[float, Any] = {}
        stage.controller.toggle_play()
        for t in (3.3, 12.5, 24.0, 39.0, 25.0, 12.5, 3.3, 0.0, 31.0, 24.0):
            stage.controller.seek(t)
            while stage.intent.seek is not None:
                await stage.step()
                await stage.play(1 / 60)
            await stage.play(2.0)  # what the flash guard held back shows by now
            stage.pump.present()
            now = stage.simulation.now
            assert now == t
            seen = (
                stage.simulation.phases().tolist(),
                stage.simulation.flashes.digest().hexdigest(),
                stage.screen.frames[-1].tolist(),
                stage.simulation.coherence.values.tolist(),
                stage.simulation.checkpoint().pulses.tolist(),
                stage.screen.given["rate"][-1].rates.tolist(),
            )
            for before, after in zip(fresh.setdefault(t, seen), seen, strict=True):
                assert before == after
        stage.controller.seek(1e9)
        while stage.intent.seek is not None:
            await stage.step()
            await stage.play(1 / 60)
        assert session_of(stage.simulation) == session

    in_replay(body, session)


def test_the_raster_shows_the_flashes_before_a_moment_gone_back_to(session: Session) -> None:
    """Nothing of the future is left in it, and nothing of the past is counted twice."""

    async def body(stage: Stage) -> None:
        stage.controller.toggle_play()
        stage.controller.seek(20.0)
        await stage.play(0.5)
        stage.pump.present()
        first = stage.screen.given["raster"][-1].raster
        assert first.share.sum() > 0
        for t in (35.0, 20.0):
            stage.controller.seek(t)
            while stage.intent.seek is not None:
                await stage.step()
                await stage.play(1 / 60)
        stage.pump.present()
        again = stage.screen.given["raster"][-1].raster
        assert (again.begin, again.end) == (first.begin, first.end)
        assert np.array_equal(again.share, first.share)

    in_replay(body, session)


def test_branching_hands_the_controls_back(session: Session) -> None:
    """From there on it is a new run, which begins as the old one did."""

    async def body(stage: Stage) -> None:
        stage.controller.move_value("speed", 20.0)
        await stage.play(0.6)
        stage.controller.branch()
        await stage.play(1 / 60)
        assert stage.screen.timeline is None
        branched = stage.simulation.now
        stage.controller.move_value("nudge", 0.3)
        await stage.play(2.0)
        assert stage.simulation.now > LONG_S, "the old end is no end any more"
        saved = session_of(stage.simulation)
        assert saved.steps[0] == session.steps[0]
        assert [dict(step.change) for step in saved.steps[1:]] == [
            {"speed": 20.0, "nudge": 0.3}
        ] or [dict(step.change) for step in saved.steps[1:]] == [{"speed": 20.0}, {"nudge": 0.3}]
        assert all(step.t >= branched - 0.5 for step in saved.steps[1:])
        assert not stage.screen.statuses[-1].is_replay

        again = Simulation(saved.parameters)
        again.follow(saved)
        await again.start()
        again.run_until(saved.end)
        assert session_of(again) == saved
        await again.aclose()

    in_replay(body, session)


def test_restoring_leads_to_the_end_and_on(session: Session) -> None:
    """A run that was cut off stands where it was, paused, with the controls in hand."""

    async def body(stage: Stage) -> None:
        stage.intent.repeat(session, then_go_on=True)
        await stage.step()
        for _ in range(300):
            await stage.play(1 / 60)
            if stage.current.session is None:
                break
        assert stage.simulation.now == session.end
        assert stage.screen.timeline is None
        assert not stage.intent.is_playing
        assert session_of(stage.simulation) == session
        stage.controller.toggle_play()
        await stage.play(0.5)
        assert stage.simulation.now > session.end

    in_replay(body, session)


def test_reset_repeats_it_and_a_new_seed_leaves_it(session: Session) -> None:
    """R goes to the beginning of the repeated run; N begins a run of one's own."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        stage.controller.reset()
        await stage.step()
        await stage.play(0.1)
        assert stage.current.session == session
        assert stage.simulation.now < 0.2
        assert stage.simulation.is_following
        stage.controller.new_seed()
        stage.controller.move_value("nudge", 0.2)
        await stage.step()
        await stage.play(0.2)
        assert stage.screen.timeline is None
        assert stage.current.session is None
        assert (stage.simulation.parameters.seed, stage.simulation.parameters.nudge) == (77, 0.2)
        await stage.play(1.0)
        assert stage.simulation.now > 1.0

    in_replay(body, session)


def test_a_session_without_a_digest_has_nothing_to_be_compared_with() -> None:
    """As somebody writes one by hand: it is repeated, and nothing is wrong with it."""
    saved = replace(session_with_actions(until=0.0), digest=None, n_flashes=None)

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        assert stage.timeline.words.startswith("Nothing to compare with; 0 flashes")
        assert not stage.timeline.is_wrong

    in_replay(body, saved)


def test_a_session_of_no_time_at_all_is_fine() -> None:
    """Saved at once: it is over as soon as it has begun."""
    saved = session_with_actions(until=0.0)

    async def body(stage: Stage) -> None:
        await stage.play(0.2)
        assert stage.timeline.words.startswith("Repeated exactly")

    in_replay(body, saved)


def test_changes_of_one_drag_are_one_mark(session: Session) -> None:
    """As they are while the run is live."""
    assert change_marks(session.steps) == [Mark(10.0, "nudge 0.10 s"), Mark(30.0, "period 1.5 s")]


# -- the window -----------------------------------------------------------------------------


def test_a_run_is_saved_and_opened_in_the_window(in_window: InWindow, tmp_path: Path) -> None:
    """What is dropped onto it is repeated; the controls are locked until it is branched."""
    path = tmp_path / "mine.fireflies"

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 2.0)
        lab.controller.move_value("nudge", 0.07)
        await until(lambda: lab.simulation.now > 3.0)
        lab.files.save(str(path))
        saved = load_session(path)
        assert [dict(step.change) for step in saved.steps] == [{"nudge": 0.07}]

        lab.files.open(str(path))
        await until(lambda: lab.window.timeline.isVisible())
        assert not lab.window.sliders["nudge"].isEnabled()
        assert lab.window.sliders["speed"].isEnabled()
        lab.window.timeline.seekRequested.emit(saved.end)
        await until(lambda: "exactly" in lab.window.timeline.words.text())
        lab.window.timeline.branch_button.click()
        await until(lambda: not lab.window.timeline.isVisible())
        assert lab.window.sliders["nudge"].isEnabled()

    in_window(body, SMALL.replace(speed=5.0))


def test_the_time_line_is_dragged_and_moved_by_keys(in_window: InWindow, session: Session) -> None:
    """A click leads there; arrow keys and the handle do too."""

    async def body(lab: Laboratory) -> None:
        lab.files.repeat(session, "it")
        bar = lab.window.timeline
        await until(bar.isVisible)
        asked: list[float] = []
        bar.seekRequested.connect(asked.append)
        lab.intent.is_playing = False  # or the middle would have moved on before anybody looks
        middle = bar.slider.rect().center()
        QTest.mouseClick(bar.slider, Qt.MouseButton.LeftButton, pos=middle)
        assert asked[-1] == pytest.approx(LONG_S / 2, rel=0.02)
        there = bar.slider.value()
        # Shown ten times a second: only then does a key lead on from there.
        await until(lambda: lab.intent.seek is None and bar.slider.value() == there)
        assert lab.simulation.now == asked[-1]
        bar.slider.setFocus()
        QTest.keyClick(bar.slider, Qt.Key.Key_Right)
        assert asked[-1] > asked[-2]
        QTest.keyClick(bar.slider, Qt.Key.Key_Home)
        await until(lambda: lab.simulation.now == 0.0)
        assert asked[-1] == 0.0

    in_window(body, SMALL)


def test_a_file_that_is_none_is_refused_in_words(in_window: InWindow, tmp_path: Path) -> None:
    """A toast names it, and the run goes on."""

    async def body(lab: Laboratory) -> None:
        for k, contents in enumerate((b"", b"{}", b'{"fireflies": 9}', b"\x00\xff")):
            path = tmp_path / f"broken {k}.fireflies"
            path.write_bytes(contents)
            before = lab.simulation.now
            lab.files.open(str(path))
            assert "Not opened" in lab.window.toast.text()
            assert path.name in lab.window.toast.text()
            await until_later(lab, before)
            assert lab.intent.wanted_session(lab.current.session) is None

    in_window(body, SMALL)


def test_a_run_that_cannot_be_saved_is_said_to(in_window: InWindow, tmp_path: Path) -> None:
    """A folder that isn't there: a toast, and the run goes on."""

    async def body(lab: Laboratory) -> None:
        lab.files.save(str(tmp_path / "none" / "a.fireflies"))
        assert "Not saved" in lab.window.toast.text()

    in_window(body, SMALL)


def test_a_session_too_large_is_refused(in_window: InWindow, tmp_path: Path) -> None:
    """As it is everywhere else."""
    values = Parameters(side=1_200)
    path = tmp_path / "large.fireflies"
    save_session(path, Session(values, (), 1.0, 0, "0" * 64))

    async def body(lab: Laboratory) -> None:
        lab.files.open(str(path))
        assert "side must be at most" in lab.window.toast.text()
        assert lab.intent.wanted_session(lab.current.session) is None

    in_window(body, SMALL)
    with pytest.raises((SessionError, ParameterError)):
        load_session(tmp_path / "none.fireflies")


def test_a_response_that_is_drawn_on_is_marked_as_while_it_was_drawn() -> None:
    """A step holds which response it is beside its points, also where it is the same."""
    steps = []
    for t, shift in ((1.0, 0.1), (4.0, 0.2)):
        points = ((0.0, 0.0), (0.5, shift), (1.0, 0.0))
        drawn = Parameters(response="drawn", points=points)
        change = tuple((name, getattr(drawn, name)) for name in ("response", "points", "slopes"))
        steps.append(Step(t, change=change))
    assert change_marks(steps) == [
        Mark(1.0, "response drawn"),
        Mark(4.0, "response redrawn"),
    ]
