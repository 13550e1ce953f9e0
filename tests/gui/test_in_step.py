"""Order reached: it is said once, and a mark stays where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from experiments import CoherenceRecord, Simulation, session_of
from gui.models.coherence_trace import Mark, curve
from gui.models.in_step import Announcement, in_step_words
from tests.gui.staged import SMALL, Stage, run_staged

QUICK = SMALL.replace(nudge=0.12, refractory=0.1, jitter=0.0)
"""In step within some seconds."""


def in_step_of(stage: Stage) -> float:
    """When the run of a stage had come into step, which it has."""
    t = stage.simulation.coherence.time_to_sync
    assert t is not None, "it isn't in step"
    return t


def said(stage: Stage) -> list[str]:
    """What was said of order, from the beginning."""
    return [words for words in stage.screen.toasts if words.startswith("All in step")]


def marks_of(stage: Stage) -> tuple[Mark, ...]:
    """What the plot of R was last given to mark."""
    found: tuple[Mark, ...] = stage.screen.given["coherence"][-1].marks
    return found


async def in_step(stage: Stage) -> None:
    """Play until the run is in step, and a little on."""
    while stage.simulation.coherence.time_to_sync is None:
        await stage.play(1.0)
        assert stage.simulation.now < 300.0
    await stage.play(0.5)


def test_order_reached_is_said_once_and_its_mark_stays() -> None:
    """However long the run goes on."""

    async def body(stage: Stage) -> None:
        await in_step(stage)
        t = in_step_of(stage)
        assert said(stage) == [in_step_words(t)]
        await stage.play(10.0)
        assert said(stage) == [in_step_words(t)]
        assert marks_of(stage) == (Mark(t, "all in step", is_found=True),)

    run_staged(body, QUICK)


def test_after_a_reset_it_is_said_again_and_not_before_it_is_so() -> None:
    """The mark is gone until then."""

    async def body(stage: Stage) -> None:
        await in_step(stage)
        stage.controller.reset()
        await stage.follow()
        await stage.play(0.2)
        assert marks_of(stage) == ()
        assert len(said(stage)) == 1
        await in_step(stage)
        assert said(stage) == [in_step_words(in_step_of(stage))] * 2

    run_staged(body, QUICK)


def test_coming_back_to_a_run_that_was_in_step_says_nothing_and_shows_its_mark() -> None:
    """Undoing a reset brings back what was known."""

    async def body(stage: Stage) -> None:
        await in_step(stage)
        before = marks_of(stage)
        stage.controller.reset()
        await stage.follow()
        stage.controller.undo()
        await stage.follow()
        await stage.play(1.0)
        assert marks_of(stage) == before
        assert len(said(stage)) == 1

    run_staged(body, QUICK)


def in_replay(
    body: Callable[[Stage, float], Coroutine[Any, Any, None]], *, is_restored: bool = False
) -> None:
    """Run a test body with a repeat of a run that was in step at the time it is given."""

    async def main() -> None:
        simulation = Simulation(QUICK)
        await simulation.start()
        simulation.run_until(60.0)
        t, session = simulation.coherence.time_to_sync, session_of(simulation)
        await simulation.aclose()
        assert t is not None
        stage = Stage(session.parameters, session)
        stage.current.is_restored = is_restored
        if is_restored:
            stage.intent.seek = session.end
        await stage.pump.begin()
        try:
            await body(stage, t)
        finally:
            await stage.simulation.aclose()

    asyncio.run(main())


def test_a_repeat_comes_to_the_same_mark() -> None:
    """Of the run alone, with jumps on the way; before that time there is none."""

    async def body(stage: Stage, t: float) -> None:
        stage.controller.seek(t + 20.0)
        await stage.play(1.0)
        assert marks_of(stage) == (Mark(t, "all in step", is_found=True),)
        stage.controller.seek(0.0)
        await stage.play(0.5)
        assert marks_of(stage) == ()
        await stage.play(t + 5.0)
        assert said(stage) == [in_step_words(t)]  # the second time it is no news

    in_replay(body)


def test_a_run_that_is_restored_has_said_it_before() -> None:
    """What it says then is that it is restored."""

    async def body(stage: Stage, t: float) -> None:
        await stage.play(2.0)
        assert stage.current.session is None, "it is still on the way"
        assert marks_of(stage) == (Mark(t, "all in step", is_found=True),)
        assert said(stage) == []

    in_replay(body, is_restored=True)


def test_nothing_is_said_of_what_came_about_with_nothing_shown() -> None:
    """As before a picture of a later moment: its mark shows, and no words lie over the grid."""

    async def body(stage: Stage) -> None:
        await stage.pump.run_ahead(60.0)
        stage.pump.present()
        assert marks_of(stage) == (Mark(in_step_of(stage), "all in step", is_found=True),)
        assert said(stage) == []

    run_staged(body, QUICK)


def test_a_mark_is_in_sight_only_where_it_is() -> None:
    """As all marks are; in the order of their times."""
    record = CoherenceRecord(400)
    for j in range(1_000):
        record.add(j * 0.1, 0.5 if j < 300 else 0.995, 5.0)
    marks = [Mark(10.0, "nudge 0.30 s"), Mark(80.0, "nudge 0.20 s")]
    found = Mark(30.0, "all in step", is_found=True)
    assert record.time_to_sync == pytest.approx(30.0)
    assert [each.label for each in curve(record, 99.9, marks).marks] == [
        "nudge 0.30 s", found.label, "nudge 0.20 s",
    ]  # fmt: skip


def test_the_words_have_sensible_digits() -> None:
    """Whole seconds, and whole minutes where those would be many."""
    assert in_step_words(158.04) == "All in step after 158 s"
    assert in_step_words(1_830.0) == "All in step after 30 min"


def test_another_course_of_a_run_is_told_anew() -> None:
    """As when something was undone, and done otherwise; the same one isn't."""
    announcement, records = Announcement(), []
    for begin in (300, 500):
        record = CoherenceRecord(400)
        for j in range(1_000):
            record.add(j * 0.1, 0.5 if j < begin else 0.995, 5.0)
        records.append(record)
    told = [announcement.news(record) for record in (records[0], records[0], records[1])]
    assert told == ["All in step after 30 s", "", "All in step after 50 s"]
