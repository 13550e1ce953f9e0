"""What was done is undone: values, strokes, resets, seeds and presets; and what was painted."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments import (
    Action,
    FireflyAction,
    Intervention,
    Parameters,
    Session,
    Simulation,
    Status,
    load_preset,
    session_of,
)
from gui.controllers.wishes import WishController
from gui.models.brush import Brush
from gui.models.timeline import change_marks
from gui.models.undo_stack import PlaceStep, UndoStack
from tests.gui.staged import SMALL, Stage, run_staged

N = SMALL.n_fireflies


async def undo(stage: Stage) -> None:
    stage.controller.undo()
    await stage.follow()


async def redo(stage: Stage) -> None:
    stage.controller.redo()
    await stage.follow()


async def digest_of(session: Session) -> tuple[int, str]:
    """The digest of a session repeated."""
    simulation = Simulation(session.parameters)
    simulation.follow(session)
    await simulation.start()
    simulation.run_until(session.end)
    found = simulation.flashes.digest()
    await simulation.aclose()
    return found.n, found.hexdigest()


def action_of(intervention: Intervention) -> FireflyAction:
    """What was done to fireflies."""
    assert isinstance(intervention.what, FireflyAction)
    return intervention.what


async def check_session(stage: Stage) -> Session:
    """The run so far, saved and repeated, is the same to the last bit."""
    stage.simulation.settle()
    session = session_of(stage.simulation)
    assert await digest_of(session) == (session.n_flashes, session.digest)
    return session


def test_a_stroke_is_undone_and_the_value_changed_before_stays() -> None:
    """Ctrl+Z takes the last thing back, whatever it was; the toast says what."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("speed", "2")
        await stage.play(0.2)
        await stage.paint(Brush.SILENCE, (1, 1), (2, 1), (3, 1))
        await stage.play(0.2)
        now = stage.simulation.now
        await undo(stage)
        assert not stage.simulation.status.any()
        assert stage.simulation.parameters.speed == 2.0
        assert stage.simulation.now >= now
        assert stage.screen.toasts[-1] == "Undone: Silence on 3 fireflies"
        await redo(stage)
        assert np.flatnonzero(stage.simulation.status).tolist() == [7, 8, 9]
        assert stage.screen.toasts[-1] == "Done again: Silence on 3 fireflies"
        await undo(stage)
        await undo(stage)
        assert stage.simulation.parameters.speed == 1.0
        assert stage.screen.toasts[-1] == "Undone: Speed 1.0x again"
        await undo(stage)
        assert stage.screen.toasts[-1] == "Nothing to undo"
        await check_session(stage)

    run_staged(body)


def test_a_value_that_is_undone_is_the_only_change_that_the_run_notes() -> None:
    """A saved run marks on its plots what was changed then, and nothing else."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("period", "0.7")
        await stage.play(0.2)
        await undo(stage)
        await stage.play(0.2)
        session = await check_session(stage)
        assert [dict(step.change) for step in session.steps] == [{"period": 0.7}, {"period": 1.0}]
        assert [mark.label for mark in change_marks(session.steps)] == ["period 1.0 s"]

    run_staged(body)


def test_each_firefly_gets_back_what_it_was() -> None:
    """Silent ones that were made pacemakers, and a reviving stroke over all, one by one."""

    async def body(stage: Stage) -> None:
        await stage.paint(Brush.SILENCE, (0, 0), (1, 0))
        stage.intent.touch(Action.BLIND, {1, 2})
        stage.intent.end_stroke()
        await stage.play(1 / 60)
        states = [stage.simulation.status]
        await stage.paint(Brush.PACEMAKER, (0, 0), (1, 0), (2, 0), (3, 0))
        states.append(stage.simulation.status)
        await stage.paint(Brush.REVIVE, (1, 0), (2, 0), (4, 0))
        assert stage.simulation.status[:5].tolist() == [
            Status.SILENT | Status.PACEMAKER, 0, 0, Status.PACEMAKER, 0
        ]  # fmt: skip
        await undo(stage)
        assert stage.screen.toasts[-1] == "Undone: Revive on 2 fireflies"
        assert (stage.simulation.status == states[1]).all()
        await undo(stage)
        assert (stage.simulation.status == states[0]).all()
        assert stage.simulation.status[1] == Status.SILENT | Status.BLIND
        await redo(stage)
        assert (stage.simulation.status == states[1]).all()
        await check_session(stage)

    run_staged(body)


@pytest.mark.parametrize("brush", [Brush.FLASH, Brush.SCRAMBLE])
def test_a_stroke_on_phases_is_undone_by_going_back(brush: Brush) -> None:
    """The run is as it was before it, to the last bit; redo leads to where undo was asked."""

    async def body(stage: Stage) -> None:
        await stage.play(1.3)
        before, now = stage.simulation.phases().copy(), stage.simulation.now
        await stage.paint(brush, (1, 1), (4, 4))
        await stage.play(0.7)
        await stage.paint(Brush.SILENCE, (0, 0))
        await undo(stage)
        later = stage.simulation.now
        await undo(stage)
        words = brush.value.capitalize()
        assert stage.screen.toasts[-1] == f"Undone: {words} on 2 fireflies; back to {now:.1f} s"
        assert stage.simulation.now == pytest.approx(now, abs=0.05)
        assert stage.simulation.interventions == []
        stage.controller.toggle_play()
        await stage.play(1 / 60)
        moved = stage.simulation.phases() - before - (stage.simulation.now - now)
        assert np.abs(moved).max() < SMALL.period  # who flashed meanwhile began anew
        await check_session(stage)
        await redo(stage)
        assert stage.screen.toasts[-1] == (
            f"Done again: {words} on 2 fireflies; forward to {later:.1f} s"
        )
        assert stage.simulation.now == pytest.approx(later, abs=0.05)
        assert action_of(stage.simulation.interventions[0]).action is brush.action
        await check_session(stage)
        await redo(stage)
        assert stage.simulation.status[0] == Status.SILENT
        await check_session(stage)

    run_staged(body)


def test_undone_phases_go_on_as_if_nothing_had_been() -> None:
    """The flashes that follow are those of a run in which nobody touched anything."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        await stage.paint(Brush.FLASH, (2, 2))
        await stage.play(0.5)
        await undo(stage)
        await stage.play(1.5)
        session = await check_session(stage)
        alone = Simulation(SMALL)
        await alone.start()
        alone.run_until(session.end)
        assert alone.flashes.digest().hexdigest() == session.digest
        await alone.aclose()

    run_staged(body)


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        (lambda c: c.reset(), "reset"),
        (lambda c: c.new_seed(), "new seed 77"),
        (lambda c: c.begin_preset("Small swarm"), "preset Small swarm"),
        (lambda c: c.type_value("side", "4"), "side 4"),
    ],
)
def test_undo_returns_to_the_run_before(
    leave: Callable[[WishController], object], words: str
) -> None:
    """With its time, values, paint and history of its own; and forth again."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("nudge", "0.07")
        await stage.play(1.0)
        await stage.paint(Brush.PACEMAKER, (3, 3))
        await stage.play(0.5)
        left_at = stage.simulation.now
        leave(stage.controller)
        await stage.follow()
        new = stage.simulation.parameters
        await stage.play(0.5)
        stage.controller.type_value("jitter", "0.03")
        await stage.play(0.2)
        await undo(stage)
        assert stage.screen.toasts[-1].startswith("Undone: Jitter ")
        at = stage.simulation.now
        await undo(stage)
        assert stage.screen.toasts[-1] == (
            f"Undone: {words}; the run before it is back, at {left_at:.1f} s"
        )
        assert stage.simulation.parameters == SMALL.replace(nudge=0.07)
        assert stage.simulation.now == pytest.approx(left_at, abs=0.1)
        assert stage.simulation.status[3 * 6 + 3] == Status.PACEMAKER
        assert stage.screen.values == stage.simulation.parameters
        assert stage.simulation.initial == SMALL
        await stage.play(0.5)
        await check_session(stage)
        await redo(stage)
        assert stage.screen.toasts[-1] == (
            f"Done again: {words}; the run after it is back, at {at:.1f} s"
        )
        assert stage.simulation.parameters == new
        assert stage.simulation.now == pytest.approx(at, abs=0.2)
        await check_session(stage)
        await undo(stage)
        await undo(stage)
        assert stage.screen.toasts[-1] == "Undone: Pacemaker on 1 firefly"
        await undo(stage)
        assert stage.simulation.parameters == SMALL
        await check_session(stage)

    run_staged(body)


def test_a_run_that_is_repeated_can_be_left_by_undo() -> None:
    """Opening one is a step like any other; nothing of it can be changed."""

    async def body(stage: Stage) -> None:
        await stage.play(0.6)
        await stage.paint(Brush.SILENCE, (1, 0))
        await stage.play(0.4)
        stage.simulation.settle()
        session = session_of(stage.simulation)
        stage.intent.repeat(session)
        await stage.follow()
        await stage.play(0.7)
        assert stage.simulation.is_following or stage.simulation.now > 0.6
        await undo(stage)
        assert stage.screen.timeline is None
        assert stage.current.session is None
        assert stage.simulation.now == pytest.approx(session.end, abs=0.1)
        await redo(stage)
        assert stage.current.session is session
        await stage.play(1.0)
        assert stage.screen.timeline.words.startswith("Repeated exactly")

    run_staged(body)


def test_reset_keeps_the_paint_and_a_second_choice_clears_it() -> None:
    """As ordinary actions at t = 0, again and again; a new seed keeps it too."""

    async def body(stage: Stage) -> None:
        await stage.paint(Brush.SILENCE, (1, 1), (2, 1))
        await stage.paint(Brush.PACEMAKER, (2, 1), (5, 5))
        wanted = stage.simulation.status
        for leave in (stage.controller.reset, stage.controller.reset, stage.controller.new_seed):
            leave()
            await stage.follow()
            assert (stage.simulation.status == wanted).all()
            assert {each.t for each in stage.simulation.interventions} == {0.0}
            assert len(stage.simulation.interventions) == 2
        await check_session(stage)
        stage.controller.reset_and_clear()
        await stage.follow()
        assert not stage.simulation.status.any()
        await undo(stage)
        assert (stage.simulation.status == wanted).all()

    run_staged(body)


def test_a_preset_saved_holds_what_is_painted(tmp_path: Path) -> None:
    """Beside its own walls, even where they were revived; opened, the grid is as it was."""

    async def body(stage: Stage) -> None:
        stage.controller.begin_preset("Two islands")
        await stage.follow()
        await stage.paint(Brush.REVIVE, (0, 3), (0, 4))
        await stage.paint(Brush.SILENCE, (7, 7), (8, 7))
        wanted = stage.simulation.status
        path = tmp_path / "mine.toml"
        stage.controller.save_preset(str(path))
        assert stage.screen.toasts[-1] == f"Saved: {path}"
        assert 'cells = ["7: 7-8"]' in path.read_text().replace("\n    ", "").replace(",\n]", "]")
        stage.controller.begin_preset("Small swarm")
        await stage.follow()
        stage.controller.open_preset(str(path))
        await stage.follow()
        assert (stage.simulation.status == wanted).all()
        assert load_preset(path).values["side"] == 40
        stage.controller.reset_and_clear()
        await stage.follow()
        assert (stage.simulation.status == wanted).all()  # it is the preset's own by now

    run_staged(body)


def test_what_a_preset_or_a_command_cannot_hold_is_said(tmp_path: Path) -> None:
    """Phases are no statuses; a command has no paint."""

    async def body(stage: Stage) -> None:
        words = stage.controller.copied_words("fireflies")
        assert words == "Copied: fireflies"
        await stage.paint(Brush.SILENCE, (1, 1), (2, 2))
        assert stage.controller.copied_words("fireflies") == (
            "Copied: fireflies. Not in it: what was painted (2 silent); Ctrl+Shift+S or S saves it"
        )
        stage.controller.begin_preset("Two islands")
        await stage.follow()
        assert stage.controller.copied_words("it") == "Copied: it"
        await stage.paint(Brush.SILENCE, (1, 1))
        assert "painted (1 silent)" in stage.controller.copied_words("it"), "no walls of the preset"
        await stage.paint(Brush.SCRAMBLE, (3, 3))
        path = tmp_path / "mine.toml"
        stage.controller.save_preset(str(path))
        assert stage.screen.toasts[-1] == (
            f"Saved: {path}. Not in it: phases that were flashed or scrambled; "
            "S saves the whole run"
        )

    run_staged(body)


def test_another_side_takes_the_paint_away_and_says_so() -> None:
    """It was made for another grid; undo brings it back."""

    async def body(stage: Stage) -> None:
        await stage.paint(Brush.SILENCE, (5, 5))
        stage.controller.type_value("side", "4")
        assert "gone; Ctrl+Z brings it back" in stage.screen.toasts[-1]
        await stage.follow()
        assert not stage.simulation.status.any()
        await undo(stage)
        assert stage.simulation.status[35] == Status.SILENT

    run_staged(body)


def test_memory_for_places_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest steps go first, with all before them."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        place = stage.pump.undoing.here()
        most = 10 * place.n_bytes + place.n_bytes_of_run
        monkeypatch.setattr("gui.models.undo_stack.MOST_BYTES", most)
        history = UndoStack()
        history.note(Parameters())
        for number in range(30):
            history.note_phases("Flash", number, [number], lambda: place)
        kept: list[int] = []
        while (step := history.last(is_redo=False)) is not None:
            history.take(is_redo=False, inverse=None)
            assert isinstance(step, PlaceStep)
            kept += step.touched
        assert kept == list(range(29, 19, -1))

    run_staged(body)


def test_a_stroke_waits_for_the_instant_to_be_complete() -> None:
    """However little time there is for it: nothing is lost, and it can be undone."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.intent.touch(Action.FLASH_NOW, set(range(N)))
        stage.pump.allowance.budget_s = 0.0  # a few wakes
        await stage.pump.step(stage.wall)
        await stage.paint(Brush.SILENCE, (0, 0))
        await stage.play(0.2)
        assert stage.simulation.status[0] == Status.SILENT
        await undo(stage)
        await undo(stage)
        assert stage.simulation.interventions == []
        await check_session(stage)

    run_staged(body)


@pytest.mark.parametrize("is_between_frames", [False, True])
def test_a_stroke_right_after_an_undo_comes_after_it(is_between_frames: bool) -> None:
    """Whether the way back has been begun or not: the undone is gone, the new stroke is there."""

    async def body(stage: Stage) -> None:
        await stage.play(0.2)
        t = stage.simulation.now
        await stage.paint(Brush.FLASH, (1, 1))
        await stage.play(0.2)
        stage.controller.undo()
        if is_between_frames:
            await stage.play(1 / 60)
        stage.hand.choose_brush(Brush.SILENCE)
        stage.hand.stroke(2.5, 2.5, 2.5, 2.5)
        stage.hand.end_stroke()
        await stage.follow()
        done = [action_of(each) for each in stage.simulation.interventions]
        assert done == [FireflyAction(Action.SILENT, (14,))]
        assert stage.simulation.interventions[0].t == pytest.approx(t)
        await undo(stage)
        assert stage.screen.toasts[-1] == "Undone: Silence on 1 firefly"
        await check_session(stage)

    run_staged(body)


def test_a_value_asked_for_right_after_an_undo_is_not_what_is_undone() -> None:
    """Both within one frame: the step before is taken back, and the new value is in force."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("nudge", "0.1")
        await stage.play(0.1)
        stage.controller.undo()
        stage.controller.type_value("period", "0.9")
        await stage.follow()
        assert (stage.simulation.pending.nudge, stage.simulation.pending.period) == (0.05, 0.9)
        await undo(stage)
        assert (stage.simulation.pending.nudge, stage.simulation.pending.period) == (0.05, 1.0)
        assert stage.screen.toasts[-1] == "Undone: Period 1.0 s again"

    run_staged(body)


def test_a_restart_right_after_an_undo_leaves_the_run_that_was_undone() -> None:
    """Going back to before the restart doesn't bring the undone stroke back."""

    async def body(stage: Stage) -> None:
        await stage.play(0.2)
        await stage.paint(Brush.FLASH, (1, 1))
        stage.controller.undo()
        stage.controller.reset()
        await stage.step()
        assert stage.simulation.now == 0.0
        await undo(stage)
        assert stage.simulation.interventions == []
        assert stage.simulation.now == pytest.approx(0.2, abs=0.05)

    run_staged(body)


def test_a_stroke_on_a_swarm_that_gives_way_to_another_grid_is_not_lost_in_silence() -> None:
    """After undoing a change of side: its cells mean nothing on the grid that comes back."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("side", "9")
        await stage.step()
        await stage.play(0.1)
        stage.controller.undo()
        stage.hand.choose_brush(Brush.SILENCE)
        stage.hand.stroke(8.5, 8.5, 8.5, 8.5)
        await stage.follow()
        assert stage.simulation.parameters.side == 6
        assert not stage.simulation.status.any()
        assert "Not painted: the swarm it was drawn on is gone" in stage.screen.toasts

    run_staged(body)


def test_a_stroke_while_a_new_swarm_is_wanted_is_refused_in_words() -> None:
    """What is drawn on a swarm that ends would be gone at once."""

    async def body(stage: Stage) -> None:
        stage.hand.choose_brush(Brush.SILENCE)
        stage.controller.reset()
        stage.hand.stroke(1.5, 1.5, 1.5, 1.5)
        assert stage.screen.toasts == ["Not painted: a new swarm is about to begin"]
        await stage.follow()
        assert not stage.simulation.status.any()

    run_staged(body)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_and_undone_the_run_repeats_exactly(seed: int) -> None:
    """Values, strokes, resets, seeds, presets, steps and pauses, back and forth, at random."""

    async def body(stage: Stage) -> None:
        rng = random.Random(seed)
        controller = stage.controller
        doings = [
            lambda: controller.type_value("nudge", rng.choice(["0.02", "0.1", "0.3"])),
            lambda: controller.type_value("period", rng.choice(["0.9", "1.3"])),
            lambda: stage.paint(rng.choice(list(Brush)), (rng.randrange(6), rng.randrange(6))),
            lambda: stage.paint(rng.choice(list(Brush)), (rng.randrange(6), 2), (1, 3)),
            controller.reset,
            controller.reset_and_clear,
            controller.new_seed,
            controller.toggle_play,
            controller.step,
        ]
        for _ in range(25):
            kind = rng.random()
            if kind < 0.3:
                controller.undo()
            elif kind < 0.45:
                controller.redo()
            else:
                done = rng.choice(doings)()
                if asyncio.iscoroutine(done):
                    await done
            for _ in range(rng.choice([0, 1, 1, 5])):
                await stage.follow()
        await stage.follow()
        await check_session(stage)

    run_staged(body)


CHARGING = SMALL.replace(response="mirollo-strogatz", b=3.0, eps=0.02)


def test_constants_of_a_run_from_elsewhere_come_back_with_what_they_were_made_of() -> None:
    """By the last bit, whatever was changed: the lift, the response, a drag that came back."""
    made = CHARGING.constants()
    elsewhere = CHARGING.replace(**{name: math.nextafter(a, 9.0) for name, a in made.items()})

    async def body(stage: Stage) -> None:
        simulation, ask = stage.simulation, stage.controller.type_value
        for name, text in (("eps", "0.03"), ("response", "constant")):
            ask(name, text)
            await stage.play(0.1)
            assert simulation.parameters != elsewhere
            stage.controller.undo()
            await stage.play(0.1)
            assert simulation.parameters == elsewhere
        for eps in (0.03, 0.02):
            stage.controller.move_value("eps", eps)
            await stage.play(0.1)
        stage.controller.release_handle("eps")
        assert simulation.parameters.constants() == made  # made anew
        stage.controller.undo()
        await stage.play(0.1)
        assert simulation.parameters == elsewhere
        stage.controller.redo()
        await stage.play(0.1)
        assert simulation.parameters == CHARGING

    run_staged(body, elsewhere)
