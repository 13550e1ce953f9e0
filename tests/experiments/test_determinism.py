"""One seed, one digest: whatever cuts, speeds, observers and checkpoints there are."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cascade as cs
import experiments.benchmarks
from experiments import Parameters, Simulation
from experiments.population.workflow_population import WorkflowPopulation
from tests.experiments.simulating import flashes_of, simulate
from tests.proofs import count

FLOOR = Path(experiments.benchmarks.__file__).with_name("bare_loop.py")
FINE = Parameters(side=8, seed=3)

Cut = Callable[[Simulation, float], None]


def digest(simulation: Simulation) -> str:
    return simulation.flashes.digest().hexdigest()


def test_equal_to_the_hand_written_loop_at_the_goal() -> None:
    """2,500 fireflies, 40 s, seed 1: the digest known for the defaults."""

    async def body(simulation: Simulation) -> str:
        simulation.run_until(40.0)
        return digest(simulation)

    expected = "6b3c502a6fb2838ad19d5ceb71fc7065dcabde5050cfed99e3f19e0ca5a81909"
    assert simulate(body, Parameters()) == expected


@pytest.mark.parametrize(("side", "seed"), [(3, 0), (10, 1), (17, 2**63)])
def test_equal_to_the_hand_written_loop(side: int, seed: int) -> None:
    """The same flashes, and as many wakes, as a loop without any engine."""
    found = subprocess.run(
        [sys.executable, str(FLOOR), "fibers", str(side), "60", str(seed)],
        capture_output=True,
        check=True,
    )
    bare = json.loads(found.stdout)

    async def body(simulation: Simulation) -> tuple[str, int, int]:
        simulation.run_until(60.0)
        return digest(simulation), len(simulation.flashes), simulation.wakes

    assert simulate(body, Parameters(side=side, seed=seed)) == (
        bare["digest"],
        bare["flashes"],
        bare["wakes"],
    )


def script(simulation: Simulation, rng: random.Random) -> None:
    """Something from outside, drawn at random."""
    n = simulation.parameters.n_fireflies
    ids = rng.sample(range(n), rng.randrange(1, 12))
    kind = rng.choice(
        ["period", "nudge", "jitter", "refractory", "flash_now", "scramble", "silent", "blind",
         "pacemaker", "revive"]
    )  # fmt: skip
    values = {"period": (3.0, 9.0), "nudge": (0.0, 1.0), "jitter": (0.0, 0.4),
              "refractory": (0.5, 2.0)}  # fmt: skip
    if kind in values:
        simulation.change(**{kind: rng.uniform(*values[kind])})
    else:
        simulation.act(kind, ids)


def scripted(cut: Cut, seed: int) -> tuple[str, list[float], list[float]]:
    """A run with 40 interventions at fixed times, advanced by `cut(simulation, t)`."""

    async def body(simulation: Simulation) -> tuple[str, list[float], list[float]]:
        rng = random.Random(seed)
        t = 0.0
        for _ in range(40):
            t += rng.choice([0.0, 0.1, rng.random(), 2.5])
            cut(simulation, t)
            script(simulation, rng)
        cut(simulation, t + 10.0)
        simulation.sample()
        record = simulation.coherence
        return digest(simulation), record.times.tolist(), record.values.tolist()

    return simulate(body, FINE)


def in_one_go(simulation: Simulation, t: float) -> None:
    simulation.run_until(t)


def finely(simulation: Simulation, t: float) -> None:
    """As finely as the budget can cut, also inside instants."""
    while not simulation.run_until(t, budget_s=0.0).reached:
        simulation.flashes.read(len(simulation.flashes))


def in_frames(simulation: Simulation, t: float) -> None:
    """As the window does, with somebody looking after each frame."""
    while simulation.now < t or not simulation.settle():
        simulation.run_until(min(t, simulation.now + 0.0167), budget_s=0.0005)
        simulation.order_parameter()
        simulation.phases()


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(3, 200)))
def test_neither_cuts_nor_observers_matter(seed: int) -> None:
    """However time is cut and whoever looks, flashes and coherence are equal to the last bit."""
    whole = scripted(in_one_go, seed)
    assert scripted(finely, seed) == whole
    assert scripted(in_frames, seed) == whole


def test_a_checkpoint_goes_on_identically() -> None:
    """From any complete instant, with whatever had been done to the swarm before."""

    async def body(simulation: Simulation) -> None:
        rng = random.Random(11)
        for _ in range(25):
            simulation.advance(rng.random())
            script(simulation, rng)
        for _ in range(4):
            checkpoint = simulation.checkpoint()
            before = len(simulation.flashes)
            other = Simulation(checkpoint.parameters, checkpoint)
            await other.start()
            for each in (simulation, other):
                again = random.Random(12)
                each.advance(2.0)
                script(each, again)
                each.advance(3.0)
            assert flashes_of(other) == flashes_of(simulation)[before:]
            assert np.array_equal(other.phases(), simulation.phases())
            await other.aclose()

    simulate(body, FINE)


def test_restart_repeats_the_same_flashes() -> None:
    """Reset means the same seed, the parameters in force, t = 0."""

    async def body(simulation: Simulation) -> None:
        simulation.run_until(12.0)
        first = flashes_of(simulation)
        population = simulation.population
        await simulation.restart()
        assert simulation.now == 0.0
        assert simulation.population is not population
        assert len(simulation.flashes) == 0
        simulation.run_until(12.0)
        assert flashes_of(simulation) == first
        simulation.change(nudge=0.4)
        await simulation.restart()
        assert simulation.parameters.nudge == 0.4
        await simulation.restart(simulation.parameters.replace(side=5, seed=9))
        assert simulation.phases().shape == (25,)

    simulate(body, FINE)


@pytest.mark.workflows
def test_one_engine_runs_everybody_as_tail_calling_workflows() -> None:
    """No second engine, a plan each for firefly and courier; every flash is a tail call."""
    executed: list[str] = []

    async def body(simulation: Simulation) -> None:
        assert isinstance(simulation.population, WorkflowPopulation)
        engine = simulation.population.engine
        engine.bus.subscribe(cs.TaskExecutionStarted, lambda e: executed.append(e.run_id))
        simulation.run_until(20.0)
        assert engine.plans.compiled == 2
        assert len(executed) == len(simulation.flashes)
        assert len(set(executed)) == 64

    simulate(body, FINE)


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_hash_seeds_do_not_matter(hash_seed: str) -> None:
    """Another process with another PYTHONHASHSEED gives the same digest."""
    found = subprocess.run(
        [sys.executable, "-m", "experiments.run_fireflies", "--headless", "--side", "12",
         "--seconds", "20"],
        capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )  # fmt: skip

    async def body(simulation: Simulation) -> str:
        simulation.run_until(20.0)
        return digest(simulation)

    assert json.loads(found.stdout)["digest"] == simulate(body, Parameters(side=12))


def test_incomplete_instants_are_never_shown() -> None:
    """Cut inside an avalanche, readers see nothing of it, and then all of it."""

    async def body(simulation: Simulation) -> None:
        simulation.act("flash_now", range(64))
        cuts = 0
        while not simulation.settle(budget_s=0.0):
            cuts += 1
            assert len(simulation.flashes) == 0
            assert simulation.instant.t < simulation.now or simulation.now == 0.0
        assert cuts > 0
        assert len(simulation.flashes) >= 64
        assert simulation.instant.t == simulation.now
        await asyncio.sleep(0)

    simulate(body, FINE)
