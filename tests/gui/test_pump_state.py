"""What the pump is about: one of five states, from its first moment to its last."""

from __future__ import annotations

import asyncio

import pytest

from experiments import session_of
from gui.models.pump_state import PumpState
from tests.gui.staged import SMALL, Stage, run_staged


async def states_until(stage: Stage, step: asyncio.Task[None]) -> list[PumpState]:
    """The states of a pump while a step of it is under way, each once, in their order."""
    seen = [stage.pump.state]
    while not step.done():
        if stage.pump.state is not seen[-1]:
            seen.append(stage.pump.state)
        await asyncio.sleep(0)
    await step
    if stage.pump.state is not seen[-1]:
        seen.append(stage.pump.state)
    return seen


def test_a_swarm_is_starting_until_it_is_there() -> None:
    """The first one, and each that is begun anew; one that overtakes another is one start."""

    async def main() -> None:
        stage = Stage(SMALL.replace(side=20))
        assert stage.pump.state is PumpState.STARTING
        begun = asyncio.create_task(stage.pump.begin())
        assert await states_until(stage, begun) == [PumpState.STARTING, PumpState.LIVE]
        stage.controller.reset()
        step = asyncio.create_task(stage.step())
        while not any(words.startswith("Waking") for words in stage.screen.notes[-1:]):
            await asyncio.sleep(0)
        stage.controller.new_seed()
        assert await states_until(stage, step) == [PumpState.STARTING, PumpState.LIVE]
        assert stage.simulation.parameters.seed == 77
        await stage.simulation.aclose()

    asyncio.run(main())


def test_a_repeat_follows_moves_and_branches() -> None:
    """Following from its start; moving on the way back; live once the controls are handed over."""

    async def body(stage: Stage) -> None:
        await stage.play(2.0)
        stage.simulation.settle()
        session = session_of(stage.simulation)
        stage.intent.repeat(session)
        step = asyncio.create_task(stage.step())
        assert await states_until(stage, step) == [
            PumpState.LIVE,
            PumpState.STARTING,
            PumpState.FOLLOWING,
        ]
        await stage.play(1.5)
        stage.controller.seek(0.0)
        step = asyncio.create_task(stage.step())
        assert await states_until(stage, step) == [
            PumpState.FOLLOWING,
            PumpState.MOVING,
            PumpState.FOLLOWING,
        ]
        stage.controller.branch()
        await stage.step()
        assert stage.pump.state is PumpState.LIVE
        stage.controller.undo()  # back to the run before the session was opened
        await stage.step()  # takes the wish up
        step = asyncio.create_task(stage.step())
        assert await states_until(stage, step) == [
            PumpState.LIVE,
            PumpState.MOVING,
            PumpState.LIVE,
        ]

    run_staged(body, SMALL.replace(side=20))


def test_an_error_that_nobody_hears_of_ends_it() -> None:
    """It leaves the loop, and the state says so; one that is heard of ends nothing."""

    class BrokenWatcher:
        wants_pictures = False

        def take(self, _wall: float) -> None:
            raise ValueError("no pictures")

    async def body(stage: Stage) -> None:
        stage.pump.watchers.append(BrokenWatcher())
        heard: list[Exception] = []
        stage.pump.on_error = heard.append
        await stage.step()
        assert [str(error) for error in heard] == ["no pictures"]
        states = [stage.pump.state]
        stage.pump.on_error = None
        with pytest.raises(ValueError, match="no pictures"):
            await stage.pump.go_on()
        assert [*states, stage.pump.state] == [PumpState.LIVE, PumpState.FAILED]

    run_staged(body)
