"""Restarts: another swarm takes the place of the one before, and what shows meanwhile."""

from __future__ import annotations

import asyncio
import gc

import numpy as np

from experiments import GALLERY, Simulation
from gui.models.status_readout import Activity
from tests.gui.staged import SMALL, Stage, run_staged


async def until_note(stage: Stage, words: str) -> None:
    """Let the loop turn until a note begins so."""
    while not stage.screen.notes[-1].startswith(words):
        await asyncio.sleep(0)


async def until_values(stage: Stage, **values: object) -> None:
    """Let the loop turn until these values show."""
    while any(getattr(stage.screen.values, name) != value for name, value in values.items()):
        await asyncio.sleep(0)


def test_starting_shows_how_far_it_is() -> None:
    """The note counts fireflies and goes when all are ready; no virtual time has passed."""

    async def body(stage: Stage) -> None:
        assert stage.screen.notes[0] == "Waking fireflies: 0 of 36"
        assert stage.screen.notes[-2] == "Waking fireflies: 36 of 36"
        assert stage.screen.notes[-1] == ""
        assert stage.simulation.now == 0.0

    run_staged(body)


def test_reset_repeats_the_same_flashes() -> None:
    """Same seed, same parameters: the log of the second run is that of the first."""

    async def body(stage: Stage) -> None:
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

    run_staged(body)


def test_a_reset_keeps_what_was_changed() -> None:
    """Reset is: same seed, present parameters, also those asked for a moment ago."""

    async def body(stage: Stage) -> None:
        stage.controller.move_value("nudge", 0.03)
        stage.controller.reset()
        await stage.step()
        assert stage.simulation.parameters == SMALL.replace(nudge=0.03)

    run_staged(body)


def test_a_new_seed_makes_another_run() -> None:
    """The drawn seed is in force, and everything else as before."""

    async def body(stage: Stage) -> None:
        stage.controller.new_seed()
        await stage.step()
        assert stage.simulation.parameters == SMALL.replace(seed=77)

    run_staged(body)


def test_side_restarts_when_its_handle_is_let_go() -> None:
    """While the handle moves nothing happens; then a swarm of the new size begins."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.controller.move_value("side", 7.0)
        stage.controller.move_value("side", 9.0)
        assert stage.intent.restart is None
        stage.controller.release_handle("side")
        await stage.step()
        assert stage.simulation.parameters.side == 9
        await stage.play(0.1)
        assert stage.screen.frames[-1].shape == (9, 9, 4)

    run_staged(body)


def test_of_several_sides_asked_for_the_last_one_counts() -> None:
    """Also when the last is the one in force: what was queued before is taken back."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("side", "9")
        stage.controller.type_value("side", "6")
        await stage.step()
        assert stage.simulation.parameters.side == 6
        stage.controller.move_value("side", 7)
        stage.controller.release_handle("side")
        stage.controller.move_value("side", 6)
        stage.controller.release_handle("side")
        assert stage.intent.wanted_values == {"side": 6}

    run_staged(body)


def test_a_newer_wish_overtakes_a_swarm_that_is_being_made() -> None:
    """The big swarm is given up half made, and the small one is there, with nothing left over."""

    async def body(stage: Stage) -> None:
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

    run_staged(body)


def test_while_a_swarm_is_made_nothing_of_the_old_one_shows() -> None:
    """New values, an empty curve, a dark picture and no figures, from the first moment on."""

    async def body(stage: Stage) -> None:
        await stage.play(3.0)
        assert "R" in stage.screen.statuses[-1].observed
        stage.intent.begin_anew(side=8)
        restart = asyncio.create_task(stage.step())
        await asyncio.sleep(0)
        assert stage.values.side == 8
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

    run_staged(body)


def test_the_sign_of_an_evened_glow_goes_with_its_run() -> None:
    """A dark picture of fireflies that don't run yet isn't evened out."""

    async def body(stage: Stage) -> None:
        await stage.play(3.0)
        assert stage.screen.is_evened
        stage.intent.begin_anew()
        restart = asyncio.create_task(stage.step())
        await asyncio.sleep(0)
        assert not stage.screen.is_evened
        await restart

    run_staged(body, SMALL.replace(speed=50.0))


def test_while_a_swarm_ends_all_that_is_asked_goes_into_the_next() -> None:
    """The last side counts, even the one that is just ending, and live values with it."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("side", "9")
        restart = asyncio.create_task(stage.step())
        await until_note(stage, "Ending")
        assert stage.values.side == 9
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

    run_staged(body, SMALL.replace(side=20))


def test_while_a_swarm_is_made_values_are_taken_and_refused() -> None:
    """What is asked then shows at once; it is in force from t = 0."""

    async def body(stage: Stage) -> None:
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

    run_staged(body)


def test_progress_is_told_no_more_often_than_anybody_reads() -> None:
    """Thirty times a second at most, beginning and end apart; this stage's wall stands still."""

    async def body(stage: Stage) -> None:
        stage.intent.begin_anew(side=40)
        before = len(stage.screen.notes)
        await stage.step()
        assert len(stage.screen.notes) - before <= 5  # 25 slices, at one moment of its wall

    run_staged(body)


def test_a_preset_of_the_gallery_begins_anew_with_its_values() -> None:
    """All values but the seed are those of the preset, and its sentence is shown."""

    async def body(stage: Stage) -> None:
        seed = stage.simulation.parameters.seed
        preset = next(p for p in GALLERY if p.name == "Small swarm")
        stage.controller.toggle_play()
        stage.controller.begin_preset("Small swarm")
        assert stage.controller.settings() == preset.parameters.replace(seed=seed)
        await stage.step()
        assert stage.simulation.parameters == preset.parameters.replace(seed=seed)
        assert stage.intent.is_playing
        assert stage.screen.preset == (preset.name, preset.sentence)

    run_staged(body)


def test_an_ended_swarm_leaves_nothing_to_collect() -> None:
    """Its workflows are freed as they end: 90,000 in cycles would hold the window for seconds."""

    async def main() -> None:
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

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            freed["objects"] += info["collected"]

    gc.callbacks.append(note)
    try:
        asyncio.run(main())
    finally:
        gc.callbacks.remove(note)
