"""The mirror: workflows and the compiled population side by side, over all of the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from experiments import Checkpoint, FlashLog, Parameters, Simulation
from experiments.population import factory
from experiments.population.compiled import agenda
from experiments.population.compiled.population import CompiledPopulation
from experiments.run.mirror import Mirror, mirrored
from tests.compiled.conftest import COMPILED
from tests.experiments.simulating import simulate
from tests.physics import product
from tests.physics.random_runs import RandomRun, random_run
from tests.physics.test_random_runs import start_of
from tests.proofs import count

pytestmark = pytest.mark.both_populations

N_RUNS = count(100, 3_000)


@pytest.fixture(autouse=True)
def _compiled_is_there(_compiled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factory, "KINDS", (factory.WORKFLOWS, COMPILED))


async def compared(simulation: Simulation, run: RandomRun) -> Mirror:
    """The mirror of a random run, looked at after each thing done to it."""
    mirror = Mirror(simulation)
    await mirror.start()
    try:
        for number in range(len(run.script)):
            product.play(simulation, run.script[number : number + 1], run.script[number][0])
            if number % 3 == 0:
                mirror.catch_up()
        product.play(simulation, [], run.until)
        assert mirror.catch_up(), "the mirror hasn't come to the end"
        assert mirror.now == simulation.now
    finally:
        await mirror.aclose()
    return mirror


@pytest.mark.drill
def test_no_flash_and_no_state_differs(
    record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every response, topology, delay, loss, spread, rewiring, change and brush, at random.

    With windows of one bucket, which is what so few have, of some, and of more than fireflies.
    """
    record_property("count", N_RUNS)
    n_flashes = 0
    for seed in range(N_RUNS):
        monkeypatch.setattr(agenda, "PER_BUCKET", (8.0, 0.5, 0.02)[seed % 3])
        monkeypatch.setattr(agenda, "WINDOWS_PER_PERIOD", (16, 1, 5, 100)[seed % 4])
        run = random_run(seed, side=3 + seed % 5, operations=seed % 9)

        async def body(simulation: Simulation, run: RandomRun = run) -> Mirror:
            return await compared(simulation, run)

        mirror = simulate(body, Parameters(**run.values), workflows_of(run))
        assert mirror.first is None, f"run {seed}: {mirror.first}"
        assert mirror.n_differences == 0
        n_flashes += mirror.n_compared
    assert n_flashes > 30 * N_RUNS


def workflows_of(run: RandomRun) -> Checkpoint | None:
    """Where a random run begins, if not with random phases."""
    start = start_of(run)
    return start if isinstance(start, Checkpoint) else None


def test_a_flash_too_many_is_found_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One firefly is elsewhere in the mirror: the first flash that differs is told of."""

    def strange(
        parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
    ) -> CompiledPopulation:
        assert checkpoint is not None
        zero = checkpoint.zero.copy()
        zero[40] -= 0.01
        return CompiledPopulation(parameters, dataclasses.replace(checkpoint, zero=zero), flashes)

    kinds = (factory.WORKFLOWS, dataclasses.replace(COMPILED, make=strange))
    monkeypatch.setattr(factory, "KINDS", kinds)

    async def body(simulation: Simulation) -> None:
        mirror = Mirror(simulation)
        await mirror.start()
        simulation.run_until(12.0)
        mirror.catch_up()
        await mirror.aclose()
        first = mirror.first
        assert first is not None
        assert mirror.n_differences > 0
        assert 0.0 < first.t <= 12.0
        assert set(first.states) == {"workflows", "compiled"}
        assert "workflows: firefly" in first.what
        assert "compiled: firefly" in first.what

    simulate(body, Parameters(side=9))


def test_a_run_is_compared_all_the_way() -> None:
    """As the command does it; no population but the compiled one mirrors workflows."""

    async def body(simulation: Simulation) -> None:
        told: list[float] = []
        mirror = await mirrored(simulation, 30.0, on_progress=told.append)
        assert (mirror.first, mirror.n_differences) == (None, 0)
        assert mirror.n_compared == len(simulation.flashes) > 300
        assert told[-1] == 1.0

    simulate(body, Parameters(side=8, delay=0.2, loss=0.1))
