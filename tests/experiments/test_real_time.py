"""The same workflow in real time: nothing drifts, nothing is early, nothing falls into step."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from experiments import Parameters
from experiments.benchmarks.control import chance_bound, grid_coherence, measure
from experiments.model.random_streams import START, stream_keys, uniform_array
from experiments.population.real_time import RealTimeRun


async def test_deadlines_come_from_the_schedule() -> None:
    """Uncoupled and without jitter, the k-th flash is due at k periods after its phase, exactly."""
    parameters = Parameters(side=4, period=0.04, refractory=0.01, jitter=0.0, nudge=0.0)
    run = RealTimeRun(parameters)
    await run.start()
    while min(run.swarm.counts) < 7:
        await asyncio.sleep(run.swarm.parameters.period)
    await run.aclose()
    assert not run.runs.failures
    start = 0.04 * uniform_array(stream_keys(1, START, 16), 0)
    times = run.flash_times()
    ids = run.swarm.log.read()[1]
    for i in range(16):
        mine = times[ids == i]
        # Sums of doubles: the schedule is kept to rounding, not to the host's milliseconds.
        assert mine == pytest.approx(np.arange(1, len(mine) + 1) * 0.04 - start[i], abs=1e-12)
    assert min(run.swarm.lateness_log) >= 0.0
    assert run.swarm.lateness.count(0.0) == 0
    assert run.lateness_percentiles()["p50"] > 0.0
    assert (run.wake_times() >= times).all()


async def test_coupled_fireflies_hear_each_other_in_real_time() -> None:
    """Pulses arrive: with a large nudge the swarm flashes more often than alone."""
    run = RealTimeRun(Parameters(side=4, period=0.2, refractory=0.02, jitter=0.0, nudge=0.05))
    await run.start()
    while min(run.swarm.counts) < 4:
        await asyncio.sleep(run.swarm.parameters.period)
    await run.aclose()
    times, ids = run.flash_times(), run.swarm.log.read()[1]
    assert min(np.diff(times[ids == 5])) < 0.2 - 1e-9


async def test_the_control_measures_what_it_says() -> None:
    """A short one: figures are there, nothing early."""
    report = await measure(Parameters(side=4, period=0.2, refractory=0.05, jitter=0.02), 0.5)
    assert report["flashes"] > 16
    assert report["earliest_ms"] >= 0.0
    assert report["failures"] == 0


def test_a_grid_shows_in_the_grid_coherence() -> None:
    """Times on a 25 ms grid have R = 1 there; random ones stay below the bound."""
    rng = np.random.default_rng(3)
    times = rng.random(4_000) * 60.0
    assert grid_coherence(np.ceil(times / 0.025) * 0.025)[24] == pytest.approx(1.0)
    assert grid_coherence(times).max() < chance_bound(4_000)
