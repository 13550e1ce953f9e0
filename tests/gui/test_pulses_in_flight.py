"""Pulses in flight in the window: counted, and part of every moment that is gone back to."""

from __future__ import annotations

import asyncio

from experiments import Action, Simulation, session_of
from tests.gui.staged import SMALL, Stage, run_staged

LATE = SMALL.replace(delay=0.7, loss=0.1)


def test_the_engine_panel_counts_pulses_in_flight() -> None:
    """As many as there were at the end of the last second; without a delay none."""

    async def body(stage: Stage) -> None:
        for delay, is_any in ((0.7, True), (0.0, False)):
            stage.controller.move_value("delay", delay)
            await stage.play(3.0)
            stage.pump.present()
            flashes, _, _ = stage.simulation.flashes.read(0)
            assert bool(stage.simulation.population.n_in_flight) is is_any
            shown = stage.screen.given["engine"][-1].texts["in_flight"]
            recent = [
                sum(end - delay < t <= end for t in flashes.tolist())
                for end in (stage.simulation.now - back / 60 for back in range(61))
            ]
            assert int(shown) in recent
            assert (int(shown) > 0) is is_any

    run_staged(body)


def test_a_delay_that_is_undone_leaves_what_is_in_flight_alone() -> None:
    """It is a change like any other: pulses that were sent meanwhile arrive when they would."""

    async def body(stage: Stage) -> None:
        await stage.play(3.0)
        stage.controller.type_value("delay", "2.5")
        await stage.play(1.0)
        before = stage.simulation.population.checkpoint().pulses
        assert before["arrival"].max() > stage.simulation.now + 1.4
        stage.controller.undo()
        await stage.follow()
        assert stage.simulation.parameters.delay == 0.7
        assert stage.screen.toasts[-1] == "Undone: Delay 0.70 s again"
        after = stage.simulation.population.checkpoint().pulses.tolist()
        late = [pulse for pulse in before.tolist() if pulse[0] > stage.simulation.now]
        assert late
        assert set(late) <= set(after)
        await stage.play(4.0)
        stage.simulation.settle()
        session = session_of(stage.simulation)
        assert [dict(step.change) for step in session.steps] == [{"delay": 2.5}, {"delay": 0.7}]
        again = Simulation(session.parameters)
        again.follow(session)
        await again.start()
        again.run_until(session.end)
        assert session_of(again) == session
        await again.aclose()

    run_staged(body, LATE)


def test_strokes_on_phases_that_are_undone_bring_back_what_was_in_flight() -> None:
    """The flashes that follow are those of a run in which nobody touched anything."""

    async def untouched() -> str:
        simulation = Simulation(LATE)
        await simulation.start()
        simulation.run_until(9.0)
        digest = simulation.flashes.digest().hexdigest()
        await simulation.aclose()
        return digest

    async def body(stage: Stage) -> None:
        await stage.play(3.0)
        in_flight = stage.simulation.population.checkpoint().pulses
        assert len(in_flight)
        stage.controller.toggle_play()
        stage.intent.touch(Action.FLASH_NOW, {1, 2, 3, 20})
        stage.intent.end_stroke()
        await stage.play(0.1)
        stage.controller.toggle_play()
        await stage.play(0.5)
        stage.controller.undo()
        await stage.follow()
        stage.simulation.run_until(9.0)
        assert stage.simulation.flashes.digest().hexdigest() == expected

    expected = asyncio.run(untouched())
    run_staged(body, LATE)
