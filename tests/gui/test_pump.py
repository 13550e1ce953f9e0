"""The pump: time, wishes, restarts and what shows, without Qt."""

import asyncio
import gc
import math

import numpy as np
import pytest

from experiments import GALLERY, Simulation
from gui.controllers.readouts import MOST_TOLD
from gui.models.brush import Brush
from gui.models.status_readout import Activity
from tests.gui.staged import SMALL, run_staged


async def until_note(stage, words):
    """Let the loop turn until a note begins so."""
    while not stage.screen.notes[-1].startswith(words):
        await asyncio.sleep(0)


async def until_values(stage, **values):
    """Let the loop turn until these values show."""
    while any(getattr(stage.screen.values, name) != value for name, value in values.items()):
        await asyncio.sleep(0)


@pytest.fixture
def on_stage():
    """Run an async test body with a stage whose swarm is ready."""
    return run_staged


def test_virtual_time_keeps_up_with_the_wall(on_stage):
    """Two wall seconds at 3x are six virtual ones, and the status says so."""

    async def body(stage):
        await stage.play(2.0 + 1 / 60)
        assert stage.simulation.now == pytest.approx(6.0, abs=1e-9)
        last = stage.screen.statuses[-1]
        assert last.activity is Activity.RUNNING
        assert last.held == pytest.approx(3.0)
        assert last.asked == 3.0

    on_stage(body, SMALL.replace(speed=3.0))


def test_starting_shows_how_far_it_is(on_stage):
    """The note counts fireflies and goes when all are ready; no virtual time has passed."""

    async def body(stage):
        assert stage.screen.notes[0] == "Waking fireflies: 0 of 36"
        assert stage.screen.notes[-2] == "Waking fireflies: 36 of 36"
        assert stage.screen.notes[-1] == ""
        assert stage.simulation.now == 0.0

    on_stage(body)


def test_pause_freezes_the_picture_and_time(on_stage):
    """Paused, no frame is made and virtual time stands still."""

    async def body(stage):
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

    on_stage(body)


@pytest.mark.parametrize("speed", [20.0, math.inf])
def test_pausing_doesnt_change_a_picture_that_was_evened_out(on_stage, speed):
    """The last picture before the pause stays, as fast as it ran."""

    async def body(stage):
        await stage.play(2.0)
        stage.controller.toggle_play()
        await stage.play(0.1)  # a pause takes effect once the instant is complete, which may show
        frames = len(stage.screen.frames)
        await stage.play(1.0)
        assert len(stage.screen.frames) == frames

    on_stage(body, SMALL.replace(speed=speed))


def test_a_step_goes_to_the_next_flash_and_shows_it(on_stage):
    """Each step pauses, adds the flashes of one instant, and lights them fully."""

    async def body(stage):
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

    on_stage(body)


def test_changes_reach_the_model_within_a_frame(on_stage):
    """What was asked between two frames is in force after the next one."""

    async def body(stage):
        await stage.play(0.5)
        stage.controller.move_value("nudge", 0.01)
        stage.controller.move_value("nudge", 0.07)
        stage.controller.move_value("glow", 0.5)
        await stage.play(1 / 60)
        assert stage.simulation.parameters.nudge == 0.07
        assert stage.simulation.parameters.glow == 0.5
        assert len(stage.simulation.interventions) == 1
        assert stage.screen.values.nudge == 0.07

    on_stage(body)


def test_changes_reach_the_model_while_paused(on_stage):
    """Also a swarm that stands still takes its new values at once."""

    async def body(stage):
        stage.controller.toggle_play()
        await stage.play(0.1)
        stage.controller.move_value("period", 2.0)
        await stage.play(1 / 60)
        assert stage.simulation.parameters.period == 2.0

    on_stage(body)


def test_an_invalid_value_is_refused_with_its_reason(on_stage):
    """The model keeps all its values; the reason stands next to what was moved."""

    async def body(stage):
        stage.controller.move_value("refractory", 0.01)
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL
        reason = "Refractory stays above the jitter (0.02 s), not 0.01 s"
        assert stage.screen.refusals == {"refractory": reason}
        assert stage.screen.values == SMALL
        stage.controller.move_value("refractory", 0.3)
        await stage.play(1 / 60)
        assert stage.screen.refusals == {}
        assert stage.simulation.parameters.refractory == 0.3

    on_stage(body)


def test_of_two_values_asked_at_once_only_the_bad_one_is_refused(on_stage):
    """Wishes of one frame don't stand in for each other."""

    async def body(stage):
        stage.controller.move_value("speed", 0.01)
        stage.controller.move_value("nudge", 0.01)
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL.replace(nudge=0.01)
        assert "nudge" not in stage.screen.refusals

    on_stage(body)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("period", "-0.2", "Period stays between 0.001 s and 3,600 s, not -0.2 s"),
        ("period", "7200", "Period stays between 0.001 s and 3,600 s, not 7,200 s"),
        ("period", "soon", "Period takes a number, not \u201csoon\u201d"),
        ("period", "0.15", "Period stays above the refractory time (0.20 s), not 0.15 s"),
        ("nudge", "nan", "Nudge stays between 0 s and the period (1.0 s), not nan"),
        ("nudge", "9", "Nudge stays between 0 s and the period (1.0 s), not 9 s"),
        ("refractory", "5", "Refractory stays above 0 s and below the period (1.0 s), not 5 s"),
        ("refractory", "0.01", "Refractory stays above the jitter (0.02 s), not 0.01 s"),
        ("jitter", "0.2", "Jitter stays from 0 s to below the refractory time (0.20 s), not 0.2 s"),
        ("glow", "2", "Glow stays above 0, up to 1 period, not 2"),
        ("speed", "0.01", "Speed stays between 0.05x and 1,000x, or is max, not 0.01x"),
        (
            "speed",
            "as fast as it goes",
            "Speed takes a number or max, not \u201cas fast as i\u2026\u201d",
        ),
        ("side", "2", "Side is a whole number from 3 to 300, not 2"),
        ("side", "7.5", "Side is a whole number from 3 to 300, not 7.5"),
        ("side", "4,000", "Side is a whole number from 3 to 300, not 4,000"),
    ],
)
def test_typed_nonsense_is_refused_in_words(on_stage, name, text, reason):
    """What is allowed is said, in one short sentence with units, and nothing changes."""

    async def body(stage):
        stage.controller.type_value(name, text)
        await stage.play(1 / 60)
        assert stage.screen.refusals == {name: reason}
        assert stage.simulation.pending == SMALL
        assert stage.intent.restart is None

    on_stage(body)


def test_a_period_below_the_nudge_is_refused_for_its_sake(on_stage):
    """The value moved is the subject, whichever of two values the model would blame."""

    async def body(stage):
        stage.controller.type_value("nudge", "0.5")
        await stage.play(1 / 60)
        stage.controller.type_value("period", "0.4")
        await stage.play(1 / 60)
        assert stage.screen.refusals == {
            "period": "Period stays at or above the nudge (0.50 s), not 0.4 s"
        }

    on_stage(body)


def test_a_refusal_goes_with_the_next_good_value_of_its_own(on_stage):
    """Another parameter's change leaves it; also the value in force takes it back."""

    async def body(stage):
        stage.controller.type_value("nudge", "9")
        stage.controller.type_value("side", "2")
        await stage.play(1 / 60)
        assert set(stage.screen.refusals) == {"nudge", "side"}
        stage.controller.move_value("glow", 0.5)
        await stage.play(1 / 60)
        assert set(stage.screen.refusals) == {"nudge", "side"}
        stage.controller.type_value("nudge", "0.05")
        stage.controller.type_value("side", "6")
        await stage.play(1 / 60)
        assert stage.screen.refusals == {}

    on_stage(body)


def test_reset_repeats_the_same_flashes(on_stage):
    """Same seed, same parameters: the log of the second run is that of the first."""

    async def body(stage):
        await stage.play(4.0)
        first = stage.simulation.flashes.read(0)
        stage.controller.reset()
        await stage.step()
        assert stage.simulation.now == 0.0
        assert len(stage.simulation.flashes) == 0
        await stage.play(4.0)
        second = stage.simulation.flashes.read(0)
        assert len(first[0]) > 100
        assert np.array_equal(first[0][: len(second[0])], second[0])
        assert np.array_equal(first[1][: len(second[1])], second[1])

    on_stage(body)


def test_a_reset_keeps_what_was_changed(on_stage):
    """Reset is: same seed, present parameters, also those asked for a moment ago."""

    async def body(stage):
        stage.controller.move_value("nudge", 0.03)
        stage.controller.reset()
        await stage.step()
        assert stage.simulation.parameters == SMALL.replace(nudge=0.03)

    on_stage(body)


def test_a_new_seed_makes_another_run(on_stage):
    """The drawn seed is in force, and everything else as before."""

    async def body(stage):
        stage.controller.new_seed()
        await stage.step()
        assert stage.simulation.parameters == SMALL.replace(seed=77)

    on_stage(body)


def test_side_restarts_when_its_handle_is_let_go(on_stage):
    """While the handle moves nothing happens; then a swarm of the new size begins."""

    async def body(stage):
        await stage.play(0.5)
        stage.controller.move_value("side", 7.0)
        stage.controller.move_value("side", 9.0)
        assert stage.intent.restart is None
        stage.controller.release_handle("side")
        await stage.step()
        assert stage.simulation.parameters.side == 9
        await stage.play(0.1)
        assert stage.screen.frames[-1].shape == (9, 9, 4)

    on_stage(body)


def test_nobody_looks_no_picture_is_made_but_time_goes_on(on_stage):
    """Hidden: no frames and no curves; shown again: the picture is up to date."""

    async def body(stage):
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

    on_stage(body)


def test_a_stall_is_worked_off_but_no_more_than_two_seconds_of_it(on_stage):
    """After five stalled seconds two are made up for, and three counted as dropped."""

    async def body(stage):
        await stage.play(1.0)
        now = stage.simulation.now
        stage.wall += 5.0
        await stage.play(1.0)
        assert stage.simulation.now == pytest.approx(now + 2.0 + 1.0, abs=0.05)
        assert stage.pump.dropped == pytest.approx(3.0, abs=0.05)

    on_stage(body)


def test_changes_leave_marks_but_those_of_the_view_dont(on_stage):
    """A mark says what changed and when; speed and glow change nothing that happens."""

    async def body(stage):
        await stage.play(1.0)
        stage.controller.move_value("nudge", 0.04)
        stage.controller.move_value("speed", 2.0)
        stage.controller.move_value("glow", 0.4)
        await stage.play(1.0)
        marks = stage.screen.given["coherence"][-1].marks
        assert [mark.label for mark in marks] == ["nudge 0.04 s"]
        assert marks[0].t == pytest.approx(1.0, abs=0.05)

    on_stage(body)


def test_as_fast_as_possible_uses_its_budget_and_stops_there(on_stage):
    """At max a frame takes its budget; far more than real time passes."""

    async def body(stage):
        await stage.play(0.5)
        assert stage.simulation.now > 5.0

    on_stage(body, SMALL.replace(speed=math.inf))


def test_a_quiet_swarm_at_max_doesnt_hold_the_frame(on_stage):
    """With an hour between flashes nothing wakes, yet a frame ends in time."""

    async def body(stage):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.pump.step(stage.wall)
        assert loop.time() - began < 0.5

    on_stage(body, SMALL.replace(period=3_600.0, speed=math.inf))


@pytest.mark.workflows
def test_a_failed_workflow_is_shown_by_name(on_stage):
    """The status counts it and names it; the others go on."""

    async def body(stage):
        error = ValueError("no wings")

        def broken(*_):
            raise error

        stage.simulation.population.swarm.flash = broken  # whichever flashes next fails
        await stage.play(1.0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await stage.play(0.5)
        last = stage.screen.statuses[-1]
        assert last.failures >= 1
        assert "failed: firefly" in last.state_text()

    on_stage(body)


def test_lateness_is_what_the_frame_and_a_backlog_add(on_stage):
    """On time, a flash waits for its frame at most; held up for 0.5 s, that much longer."""

    async def body(stage):
        await stage.play(3.0)
        on_time = stage.pump.painting.lateness.by_id.copy()
        assert np.all((on_time >= 0.0) & (on_time <= 1 / 60 + 1e-9))

        held_up = stage.simulation.now
        stage.wall += 0.5
        await stage.play(1 / 60)
        last = stage.pump.painting._buffer._last
        flashed = last > held_up
        assert flashed.sum() > 10
        late = stage.pump.painting.lateness.by_id
        assert late[flashed] == pytest.approx(stage.simulation.now - last[flashed], abs=1e-9)
        assert late.max() > 0.4

    on_stage(body)


def test_steps_and_the_highest_speed_are_never_late(on_stage):
    """Nobody asked for these flashes at any moment, so no lateness is noted."""

    async def body(stage):
        await stage.play(1.0)
        assert len(stage.simulation.flashes) > 100
        stage.controller.toggle_play()
        stage.controller.step()
        await stage.play(0.1)
        assert np.all(np.isnan(stage.pump.painting.lateness.by_id))

    on_stage(body, SMALL.replace(speed=math.inf))


def test_of_several_sides_asked_for_the_last_one_counts(on_stage):
    """Also when the last is the one in force: what was queued before is taken back."""

    async def body(stage):
        stage.controller.type_value("side", "9")
        stage.controller.type_value("side", "6")
        await stage.step()
        assert stage.simulation.parameters.side == 6
        stage.controller.move_value("side", 7)
        stage.controller.release_handle("side")
        stage.controller.move_value("side", 6)
        stage.controller.release_handle("side")
        assert stage.intent.wanted_values == {"side": 6}

    on_stage(body)


def test_a_newer_wish_overtakes_a_swarm_that_is_being_made(on_stage):
    """The big swarm is given up half made, and the small one is there, with nothing left over."""

    async def body(stage):
        await stage.play(1.0)
        notes = stage.screen.notes
        stage.intent.begin_anew(side=40)
        first = asyncio.create_task(stage.step())
        while stage.simulation.parameters.side != 40:
            await asyncio.sleep(0)
        stage.intent.begin_anew(side=5)
        await first
        assert "1,600 of 1,600" not in "".join(notes)
        await stage.step()
        assert stage.simulation.parameters.side == 5
        assert notes[-1] == ""
        await stage.play(2.0)
        assert stage.simulation.now > 1.9
        assert not stage.simulation.failures

    on_stage(body)


def test_while_a_swarm_is_made_nothing_of_the_old_one_shows(on_stage):
    """New values, an empty curve, a dark picture and no figures, from the first moment on."""

    async def body(stage):
        await stage.play(3.0)
        assert "R" in stage.screen.statuses[-1].observed
        stage.intent.begin_anew(side=8)
        restart = asyncio.create_task(stage.step())
        await asyncio.sleep(0)
        assert stage.screen.values.side == 8
        assert len(stage.screen.given["coherence"][-1].times) == 0
        dark = stage.screen.frames[-1]
        assert dark.shape == (8, 8, 4)
        assert len(np.unique(dark.reshape(-1, 4), axis=0)) == 1
        status = stage.screen.statuses[-1]
        assert (status.activity, status.t) == (Activity.STARTING, 0.0)
        assert status.population.startswith("64 ")
        assert (status.fps, status.flashes_per_s, status.observed) == (None, None, {})
        await restart
        assert "Ending 36 fireflies: 36 left" in stage.screen.notes
        await stage.play(1 / 60)
        status = stage.screen.statuses[-1]
        assert (status.activity, status.fps, status.flashes_per_s) == (Activity.RUNNING, None, None)

    on_stage(body)


def test_the_sign_of_an_evened_glow_goes_with_its_run(on_stage):
    """A dark picture of fireflies that don't run yet isn't evened out."""

    async def body(stage):
        await stage.play(3.0)
        assert stage.screen.is_evened
        stage.intent.begin_anew()
        restart = asyncio.create_task(stage.step())
        await asyncio.sleep(0)
        assert not stage.screen.is_evened
        await restart

    on_stage(body, SMALL.replace(speed=50.0))


def test_while_a_swarm_ends_all_that_is_asked_goes_into_the_next(on_stage):
    """The last side counts, even the one that is just ending, and live values with it."""

    async def body(stage):
        stage.controller.type_value("side", "9")
        restart = asyncio.create_task(stage.step())
        await until_note(stage, "Ending")
        assert stage.screen.values.side == 9
        stage.controller.type_value("side", "20")
        stage.controller.move_value("nudge", 0.07)
        await asyncio.sleep(0)
        await until_values(stage, side=20, nudge=0.07)
        assert stage.simulation.parameters.side == 20
        assert stage.screen.statuses[-1].population.startswith("400 ")
        await until_note(stage, "Waking")
        stage.controller.type_value("side", "20")
        assert stage.intent.restart is None, "it is being made already"
        await restart
        assert stage.simulation.parameters == SMALL.replace(side=20, nudge=0.07)
        await stage.play(0.5)
        assert stage.screen.given["coherence"][-1].marks == ()

    on_stage(body, SMALL.replace(side=20))


def test_while_a_swarm_is_made_values_are_taken_and_refused(on_stage):
    """What is asked then shows at once; it is in force from t = 0."""

    async def body(stage):
        stage.controller.type_value("side", "40")
        restart = asyncio.create_task(stage.step())
        await until_note(stage, "Waking")
        stage.controller.type_value("nudge", "0.07")
        stage.controller.type_value("jitter", "5")
        await until_values(stage, side=40, nudge=0.07)
        assert set(stage.screen.refusals) == {"jitter"}
        assert stage.screen.notes[-1].startswith("Waking")
        await restart
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL.replace(side=40, nudge=0.07)
        assert [each.t for each in stage.simulation.interventions] == [0.0]

    on_stage(body)


def test_a_higher_speed_counts_before_it_is_achieved(on_stage):
    """Evened out with its first picture, not once the meter has come to know it."""

    async def body(stage):
        await stage.play(3.0)
        assert not stage.screen.is_evened
        stage.controller.move_value("speed", 50.0)
        await stage.play(1 / 60)
        assert stage.screen.is_evened

    on_stage(body, SMALL.replace(period=5.0))


def test_a_speed_out_of_reach_isnt_evened_out_for(on_stage):
    """What counts is how fast the fireflies flash for somebody looking, once that is known."""

    async def body(stage):
        await stage.play(1 / 60)
        assert stage.screen.is_evened
        stage.pump.allowance.budget_s = 1e-6  # a wake or so
        for _ in range(120):
            stage.wall += 1 / 60
            await stage.pump.step(stage.wall)
        assert stage.simulation.now < 2.0
        assert not stage.screen.is_evened

    on_stage(body, SMALL.replace(side=20, speed=20.0))


def test_progress_is_told_no_more_often_than_anybody_reads(on_stage):
    """Thirty times a second at most, beginning and end apart; this stage's wall stands still."""

    async def body(stage):
        stage.intent.begin_anew(side=40)
        before = len(stage.screen.notes)
        await stage.step()
        assert len(stage.screen.notes) - before <= 5  # 25 slices, at one moment of its wall

    on_stage(body)


def test_undo_and_redo_go_through_changes_one_drag_at_a_time(on_stage):
    """A drag is one step; values come back at the present time, and forth again."""

    async def body(stage):
        for nudge in (0.06, 0.07, 0.08):
            stage.controller.move_value("nudge", nudge)
            await stage.play(1 / 60)
        stage.controller.release_handle("nudge")
        stage.controller.type_value("period", "2")
        await stage.play(1.0)
        now = stage.simulation.now

        async def values():
            await stage.play(1 / 60)
            return stage.simulation.parameters.nudge, stage.simulation.parameters.period

        assert await values() == (0.08, 2.0)
        stage.controller.undo()
        assert await values() == (0.08, 1.0)
        stage.controller.undo()
        assert await values() == (0.05, 1.0)
        stage.controller.undo()
        assert await values() == (0.05, 1.0)
        stage.controller.redo()
        stage.controller.redo()
        assert await values() == (0.08, 2.0)
        stage.controller.undo()
        assert await values() == (0.08, 1.0)
        stage.controller.type_value("jitter", "0.01")
        stage.controller.redo()
        assert await values() == (0.08, 1.0)
        assert stage.simulation.now > now

    on_stage(body)


def test_a_refused_change_is_nothing_to_undo(on_stage):
    """Undo goes to the last change that was made."""

    async def body(stage):
        stage.controller.type_value("nudge", "0.06")
        await stage.play(1 / 60)
        stage.controller.type_value("nudge", "50")
        await stage.play(1 / 60)
        stage.controller.undo()
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL

    on_stage(body)


def test_stepping_a_period_lets_one_period_pass(on_stage):
    """It pauses; two wishes are two periods."""

    async def body(stage):
        await stage.play(0.5)
        before = stage.simulation.now
        stage.controller.step_period()
        stage.controller.step_period()
        await stage.play(0.5)
        assert stage.simulation.now == pytest.approx(before + 2.0)
        assert not stage.intent.is_playing

    on_stage(body)


def test_a_preset_of_the_gallery_begins_anew_with_its_values(on_stage):
    """All values but the seed are those of the preset, and its sentence is shown."""

    async def body(stage):
        seed = stage.simulation.parameters.seed
        preset = next(p for p in GALLERY if p.name == "Small swarm")
        stage.controller.toggle_play()
        stage.controller.begin_preset("Small swarm")
        assert stage.controller.settings() == preset.parameters.replace(seed=seed)
        await stage.step()
        assert stage.simulation.parameters == preset.parameters.replace(seed=seed)
        assert stage.intent.is_playing
        assert stage.screen.preset == (preset.name, preset.sentence)

    on_stage(body)


def test_an_ended_swarm_leaves_nothing_to_collect():
    """Its workflows are freed as they end: 90,000 in cycles would hold the window for seconds."""

    async def main():
        simulation = Simulation(SMALL)
        await simulation.start()
        simulation.advance(1.5)
        gc.collect()
        gc.disable()
        freed["objects"] = 0
        try:
            await simulation.restart(SMALL.replace(side=3))
            await asyncio.sleep(0)
            assert freed["objects"] < SMALL.n_fireflies
        finally:
            gc.enable()
            await simulation.aclose()

    freed = {"objects": 0}

    def note(phase, info):
        if phase == "stop":
            freed["objects"] += info["collected"]

    gc.callbacks.append(note)
    try:
        asyncio.run(main())
    finally:
        gc.callbacks.remove(note)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("period", "2", 2.0),
        ("nudge", "0.11", 0.11),
        ("refractory", "0.31", 0.31),
        ("jitter", "0.07", 0.07),
        ("glow", "0.9", 0.9),
        ("speed", "2.5", 2.5),
    ],
)
def test_a_change_is_in_the_model_and_on_the_screen_within_one_frame(on_stage, name, text, value):
    """Every live slider, while time passes and while it is paused."""

    async def body(stage):
        for is_playing in (True, False):
            await stage.play(0.5)
            stage.controller.type_value(name, text)
            await stage.play(1 / 60)
            assert getattr(stage.simulation.parameters, name) == value
            assert getattr(stage.screen.values, name) == value
            stage.controller.undo()
            if is_playing:
                stage.controller.toggle_play()

    on_stage(body)


def test_dropped_frames_are_told_for_the_second_they_were_dropped_in(on_stage):
    """In the status line beside the frames that were shown; the next second starts anew."""

    async def body(stage):
        await stage.play(1.5)
        stage.metrics.frames_dropped += 7
        await stage.play(1.2)
        texts = [status.fps_text() for status in stage.screen.statuses]
        assert any(text.endswith(", 7 dropped") for text in texts)
        await stage.play(1.5)
        assert "dropped" not in stage.screen.statuses[-1].fps_text()

    on_stage(body)


def test_what_is_done_while_paused_is_not_as_late_as_what_was_before(on_stage):
    """A flash by the brush is shown within its frame; that of a step was asked for at no moment."""

    async def body(stage):
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

    on_stage(body)


def test_what_was_run_ahead_was_not_late(on_stage):
    """Its flashes are shown and counted, but nobody had asked for them at any moment."""

    async def body(stage):
        await stage.pump.run_ahead(5.0)
        await stage.play(1 / 60)
        late = stage.pump.painting.lateness.by_id
        assert not np.any(late > 0.1)
        assert stage.pump.painting.history.rate(0.0, 5.0, 1_000)[1].sum() > 0

    on_stage(body)


@pytest.mark.workflows
def test_when_everybody_fails_all_are_counted_and_as_many_told_as_can_be_read(on_stage):
    """Each by its own id; the window goes on."""

    async def body(stage):
        def broken(i):
            raise ValueError(f"no wings on {i}")

        stage.simulation.population.swarm.flash = broken
        stage.simulation.advance(1.2)
        for _ in range(3):
            await asyncio.sleep(0)
        await stage.play(0.5)
        failures = stage.simulation.failures
        assert sorted(failure.id for failure in failures) == list(range(30 * 30))
        assert all(str(f.error) == f"no wings on {f.id}" for f in failures)
        assert stage.screen.statuses[-1].failures == 900
        assert len(stage.screen.given["failures"][-1]) == MOST_TOLD
        assert "and 899 more" in stage.screen.toasts[-1]

    on_stage(body, SMALL.replace(side=30))
