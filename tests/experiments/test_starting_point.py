"""The starting point, reproduced: the original wiring works on one shared engine."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

import cascade as cs
from experiments import Parameters, Simulation
from experiments.benchmarks import responses, starting_point
from experiments.benchmarks.starting_point import FrameTask, connected_firefly, internal_connector
from experiments.model.response import RESPONSES
from experiments.population.swarm import Swarm


def wire(swarm: Swarm, engine: cs.Engine, n: int) -> list[Any]:
    """All runs, the connector registered once and injected as an argument."""
    engine.register(internal_connector(swarm))
    argument = cs.inject("_internal_connector")
    return [engine.run(connected_firefly(swarm, i, argument), priority=i) for i in range(n)]


@pytest.mark.parametrize(
    "side", [20, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.drill(alone=True)])]
)
async def test_workflows_gathered_on_the_wall_clock(side: int) -> None:
    """One engine, one silent bus, one registered resource; a 60 Hz task drains the log."""
    parameters = Parameters(side=side, period=0.8, refractory=0.2, jitter=0.02, nudge=0.02)
    clock = cs.WallClock(start=0.0)
    swarm = Swarm(parameters, clock)
    list(swarm.connect())
    async with cs.Engine(bus=cs.MessageBus(), clock=clock) as engine:
        everyone = asyncio.gather(*wire(swarm, engine, parameters.n_fireflies))
        frames = FrameTask(swarm.log, parameters.n_fireflies)
        drawing = asyncio.create_task(frames.run(lambda: swarm.log.note_complete(clock.now, True)))
        while len(swarm.log) < 2 * parameters.n_fireflies or min(swarm.counts) == 0:
            await asyncio.sleep(0.02)
            assert not everyone.done(), "a workflow ended"
        drawing.cancel()
        everyone.cancel()
        for task in (drawing, everyone):
            with suppress(asyncio.CancelledError):
                await task
        assert engine.plans.compiled == 1
    swarm.log.note_complete(clock.now, True)  # since the last picture
    times, ids, _ = swarm.log.read()
    assert set(ids.tolist()) == set(range(parameters.n_fireflies))
    assert frames.flush_ms
    assert times.max() <= clock.now, "a flash happened before its time"
    assert max(swarm.counts) < 40


async def test_the_same_wiring_on_a_virtual_clock_is_the_model() -> None:
    """The injected connector changes nothing: digest equal to that of the swarm's own wiring."""
    from tests.experiments.simulating import simulate

    async def body(simulation: Simulation) -> str:
        simulation.run_until(30.0)
        return simulation.flashes.digest().hexdigest()

    parameters = Parameters(side=9)
    expected = await asyncio.to_thread(simulate, body, parameters)
    clock = cs.VirtualClock()
    swarm = Swarm(parameters, clock)
    list(swarm.connect())
    async with cs.Engine(clock=clock) as engine:
        everyone = asyncio.gather(*wire(swarm, engine, 81))
        await asyncio.sleep(0)
        clock.run_until(30.0)
        swarm.log.note_complete(30.0, True)
        assert swarm.log.digest().hexdigest() == expected
        everyone.cancel()
        with suppress(asyncio.CancelledError):
            await everyone
    await asyncio.get_running_loop().shutdown_default_executor()


@pytest.mark.workflows
@pytest.mark.parametrize("variant", starting_point.VARIANTS)
async def test_each_variant_of_the_benchmark_prints_its_figures(variant: str) -> None:
    """A small, short one of each; figures are there, and engines are as many as they should."""
    report = await starting_point.measure(variant, Parameters(side=4, period=1.1), 0.4)
    json.dumps(report)
    assert report["engines"] == (16 if variant == "each" else 1)
    assert report["flashes"] >= 0
    for name in ("flush_duration_ms", "render_jitter_ms", "loop_lag_ms"):
        assert report[name]["max"] >= report[name]["p50"] >= 0


def test_each_response_is_measured_beside_the_constant_nudge() -> None:
    """Wakes are counted, and so the same each time; times are figures."""
    found = responses.measure(side=5, seconds=4, rounds=1)
    again = responses.measure(side=5, seconds=4, rounds=1)
    assert set(found) == {*RESPONSES, "unordered", "delay"}
    base = found["constant"]
    assert base["ratio"] == base["ratio_per_wake"] == base["ratio_of_wakes"] == 1.0
    for name, figures in found.items():
        assert figures["us_per_flash"] >= figures["us_per_wake"] > 0.0
        per_flash = figures["ratio_per_wake"] * figures["ratio_of_wakes"]
        assert figures["ratio"] == pytest.approx(per_flash, rel=0.01)
        against = figures["ratio"] / found["unordered"]["ratio"]
        assert figures["ratio_to_unordered"] == pytest.approx(against, rel=0.01)
        assert figures["wakes_per_flash"] == again[name]["wakes_per_flash"] >= 1.0
