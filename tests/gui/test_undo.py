"""What was done is undone: values, strokes, resets, seeds and presets; and what was painted."""

import asyncio

import numpy as np
import pytest

from experiments import (
    Action,
    Parameters,
    Session,
    Simulation,
    Status,
    load_preset,
    session_of,
)
from gui.models.brush import Brush
from gui.models.history import MOST_BYTES, History
from tests.gui.staged import SMALL, Stage

N = SMALL.n_fireflies


@pytest.fixture
def on_stage():
    """Run an async test body with a stage whose swarm is ready."""

    def run(body, parameters=SMALL):
        async def main():
            stage = Stage(parameters)
            await stage.pump.begin()
            try:
                await body(stage)
            finally:
                await stage.simulation.aclose()

        asyncio.run(main())

    return run


def paint(stage, brush, *cells):
    """One stroke with a brush of one cell over some places."""
    stage.controller.choose_brush(brush)
    stage.controller.turn_wheel(-20)
    for x, y in cells:
        stage.controller.stroke(x + 0.5, y + 0.5, x + 0.5, y + 0.5)
        stage.play(1 / 60)
    stage.controller.end_stroke()


async def follow(stage):
    """What the pump does between two frames, until nothing is left to do."""
    stage.play(1 / 60)
    while stage.pump.undoing.place_wanted is not None or stage.intent.restart is not None:
        if (place := stage.pump.undoing.place_wanted) is not None:
            await stage.pump._return_to(place)
        if stage.intent.restart is not None:
            await stage.restart()
        stage.play(1 / 60)


async def undo(stage):
    stage.controller.undo()
    await follow(stage)


async def redo(stage):
    stage.controller.redo()
    await follow(stage)


async def digest_of(session: Session):
    """The digest of a session repeated."""
    simulation = Simulation(session.parameters, script=session.script())
    await simulation.start()
    simulation.run_until(session.end)
    found = simulation.flashes.digest()
    await simulation.aclose()
    return found.n, found.hexdigest()


async def check_session(stage):
    """The run so far, saved and repeated, is the same to the last bit."""
    stage.simulation.settle()
    session = session_of(stage.simulation)
    assert await digest_of(session) == (session.n_flashes, session.digest)
    return session


def test_a_stroke_is_undone_and_the_value_changed_before_stays(on_stage):
    """Ctrl+Z takes the last thing back, whatever it was; the toast says what."""

    async def body(stage):
        stage.controller.type_value("speed", "2")
        stage.play(0.2)
        paint(stage, Brush.SILENCE, (1, 1), (2, 1), (3, 1))
        stage.play(0.2)
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

    on_stage(body)


def test_each_firefly_gets_back_what_it_was(on_stage):
    """Silent ones that were made pacemakers, and a reviving stroke over all, one by one."""

    async def body(stage):
        paint(stage, Brush.SILENCE, (0, 0), (1, 0))
        stage.intent.touch(Action.BLIND, {1, 2})
        stage.intent.end_stroke()
        stage.play(1 / 60)
        states = [stage.simulation.status]
        paint(stage, Brush.PACEMAKER, (0, 0), (1, 0), (2, 0), (3, 0))
        states.append(stage.simulation.status)
        paint(stage, Brush.REVIVE, (1, 0), (2, 0), (4, 0))
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

    on_stage(body)


@pytest.mark.parametrize("brush", [Brush.FLASH, Brush.SCRAMBLE])
def test_a_stroke_on_phases_is_undone_by_going_back(on_stage, brush):
    """The run is as it was before it, to the last bit; redo leads to where undo was asked."""

    async def body(stage):
        stage.play(1.3)
        before, now = stage.simulation.phases().copy(), stage.simulation.now
        paint(stage, brush, (1, 1), (4, 4))
        stage.play(0.7)
        paint(stage, Brush.SILENCE, (0, 0))
        await undo(stage)
        later = stage.simulation.now
        await undo(stage)
        words = brush.value.capitalize()
        assert stage.screen.toasts[-1] == f"Undone: {words} on 2 fireflies; back at {now:.1f} s"
        assert stage.simulation.now == pytest.approx(now, abs=0.05)
        assert stage.simulation.interventions == []
        stage.controller.toggle_play()
        stage.play(1 / 60)
        moved = stage.simulation.phases() - before - (stage.simulation.now - now)
        assert np.abs(moved).max() < SMALL.period  # who flashed meanwhile began anew
        await check_session(stage)
        await redo(stage)
        assert stage.simulation.now == pytest.approx(later, abs=0.05)
        assert stage.simulation.interventions[0].what.action is brush.action
        await check_session(stage)
        await redo(stage)
        assert stage.simulation.status[0] == Status.SILENT
        await check_session(stage)

    on_stage(body)


def test_undone_phases_go_on_as_if_nothing_had_been(on_stage):
    """The flashes that follow are those of a run in which nobody touched anything."""

    async def body(stage):
        stage.play(1.0)
        paint(stage, Brush.FLASH, (2, 2))
        stage.play(0.5)
        await undo(stage)
        stage.play(1.5)
        session = await check_session(stage)
        alone = Simulation(SMALL)
        await alone.start()
        alone.run_until(session.end)
        assert alone.flashes.digest().hexdigest() == session.digest
        await alone.aclose()

    on_stage(body)


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        (lambda c: c.reset(), "reset"),
        (lambda c: c.new_seed(), "new seed 77"),
        (lambda c: c.begin_preset("Small swarm"), "preset Small swarm"),
        (lambda c: c.type_value("side", "4"), "side 4"),
    ],
)
def test_undo_returns_to_the_run_before(on_stage, leave, words):
    """With its time, values, paint and history of its own; and forth again."""

    async def body(stage):
        stage.controller.type_value("nudge", "0.07")
        stage.play(1.0)
        paint(stage, Brush.PACEMAKER, (3, 3))
        stage.play(0.5)
        leave(stage.controller)
        stage.play(1 / 60)
        left_at = stage.simulation.now
        await follow(stage)
        new = stage.simulation.parameters
        stage.play(0.5)
        stage.controller.type_value("jitter", "0.03")
        stage.play(0.2)
        await undo(stage)
        assert stage.screen.toasts[-1].startswith("Undone: Jitter ")
        at = stage.simulation.now
        await undo(stage)
        assert stage.screen.toasts[-1] == (
            f"Undone: {words}; the other run is back, at {left_at:.1f} s"
        )
        assert stage.simulation.parameters == SMALL.replace(nudge=0.07)
        assert stage.simulation.now == pytest.approx(left_at, abs=0.1)
        assert stage.simulation.status[3 * 6 + 3] == Status.PACEMAKER
        assert stage.screen.values == stage.simulation.parameters
        assert stage.simulation.initial == SMALL
        stage.play(0.5)
        await check_session(stage)
        await redo(stage)
        assert stage.simulation.parameters == new
        assert stage.simulation.now == pytest.approx(at, abs=0.2)
        await check_session(stage)
        await undo(stage)
        await undo(stage)
        assert stage.screen.toasts[-1] == "Undone: Pacemaker on 1 firefly"
        await undo(stage)
        assert stage.simulation.parameters == SMALL
        await check_session(stage)

    on_stage(body)


def test_a_run_that_is_repeated_can_be_left_by_undo(on_stage):
    """Opening one is a step like any other; nothing of it can be changed."""

    async def body(stage):
        stage.play(0.6)
        paint(stage, Brush.SILENCE, (1, 0))
        stage.play(0.4)
        stage.simulation.settle()
        session = session_of(stage.simulation)
        stage.intent.repeat(session)
        await follow(stage)
        stage.play(0.7)
        assert stage.simulation.is_following or stage.simulation.now > 0.6
        await undo(stage)
        assert stage.screen.timeline is None
        assert stage.intent.session is None
        assert stage.simulation.now == pytest.approx(session.end, abs=0.1)
        await redo(stage)
        assert stage.intent.session is session
        stage.play(1.0)
        assert stage.screen.timeline.words.startswith("Repeated exactly")

    on_stage(body)


def test_reset_keeps_the_paint_and_a_second_choice_clears_it(on_stage):
    """As ordinary actions at t = 0, again and again; a new seed keeps it too."""

    async def body(stage):
        paint(stage, Brush.SILENCE, (1, 1), (2, 1))
        paint(stage, Brush.PACEMAKER, (2, 1), (5, 5))
        wanted = stage.simulation.status
        for leave in (stage.controller.reset, stage.controller.reset, stage.controller.new_seed):
            leave()
            await follow(stage)
            assert (stage.simulation.status == wanted).all()
            assert {each.t for each in stage.simulation.interventions} == {0.0}
            assert len(stage.simulation.interventions) == 2
        await check_session(stage)
        stage.controller.reset_and_clear()
        await follow(stage)
        assert not stage.simulation.status.any()
        await undo(stage)
        assert (stage.simulation.status == wanted).all()

    on_stage(body)


def test_a_preset_saved_holds_what_is_painted(on_stage, tmp_path):
    """Beside its own walls, even where they were revived; opened, the grid is as it was."""

    async def body(stage):
        stage.controller.begin_preset("Two islands")
        await follow(stage)
        paint(stage, Brush.REVIVE, (0, 3), (0, 4))
        paint(stage, Brush.SILENCE, (7, 7), (8, 7))
        wanted = stage.simulation.status
        path = tmp_path / "mine.toml"
        stage.controller.save_preset(str(path))
        assert stage.screen.toasts[-1] == f"Saved: {path}"
        assert 'cells = ["7: 7-8"]' in path.read_text().replace("\n    ", "").replace(",\n]", "]")
        stage.controller.begin_preset("Small swarm")
        await follow(stage)
        stage.controller.open_preset(str(path))
        await follow(stage)
        assert (stage.simulation.status == wanted).all()
        assert load_preset(path).values["side"] == 40
        stage.controller.reset_and_clear()
        await follow(stage)
        assert (stage.simulation.status == wanted).all()  # it is the preset's own by now

    on_stage(body)


def test_what_a_preset_or_a_command_cannot_hold_is_said(on_stage, tmp_path):
    """Phases are no statuses; a command has no paint."""

    async def body(stage):
        words = stage.controller.copied_words("fireflies")
        assert words == "Copied: fireflies"
        paint(stage, Brush.SILENCE, (1, 1), (2, 2))
        assert stage.controller.copied_words("fireflies") == (
            "Copied: fireflies. Not in it: what was painted (2 silent); Ctrl+Shift+S or S saves it"
        )
        paint(stage, Brush.SCRAMBLE, (3, 3))
        path = tmp_path / "mine.toml"
        stage.controller.save_preset(str(path))
        assert stage.screen.toasts[-1] == (
            f"Saved: {path}. Not in it: phases that were flashed or scrambled; "
            "S saves the whole run"
        )

    on_stage(body)


def test_another_side_takes_the_paint_away_and_says_so(on_stage):
    """It was made for another grid; undo brings it back."""

    async def body(stage):
        paint(stage, Brush.SILENCE, (5, 5))
        stage.controller.type_value("side", "4")
        assert "gone; Ctrl+Z brings it back" in stage.screen.toasts[-1]
        await follow(stage)
        assert not stage.simulation.status.any()
        await undo(stage)
        assert stage.simulation.status[35] == Status.SILENT

    on_stage(body)


def test_memory_for_places_is_bounded(on_stage):
    """The oldest steps go first, with all before them."""

    async def body(stage):
        place = stage.pump.undoing.here()
        history = History()
        large = max(1, MOST_BYTES // place.n_bytes)
        history.note(Parameters())
        for number in range(large + 50):
            history.note_phases("Flash", number, [1], lambda: place)
        kept = 0
        while history.last(is_redo=False) is not None:
            history.take(is_redo=False, inverse=None)
            kept += 1
        assert 1 <= kept <= large + 1

    on_stage(body)


def test_a_stroke_waits_for_the_instant_to_be_complete(on_stage):
    """However little time there is for it: nothing is lost, and it can be undone."""

    async def body(stage):
        stage.play(0.5)
        stage.intent.touch(Action.FLASH_NOW, set(range(N)))
        stage.pump._take_up_wishes()
        stage.simulation.settle(0.0)
        paint(stage, Brush.SILENCE, (0, 0))
        stage.play(0.2)
        assert stage.simulation.status[0] == Status.SILENT
        await undo(stage)
        await undo(stage)
        assert stage.simulation.interventions == []
        await check_session(stage)

    on_stage(body)
