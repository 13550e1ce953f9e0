"""SimPy, with which the speed is compared, runs the very same model."""

from __future__ import annotations

import pytest

from experiments import Parameters, Simulation
from experiments.benchmarks.simpy_model import VARIANTS
from tests.experiments.simulating import flashes_of, simulate


@pytest.mark.parametrize("variant", VARIANTS)
def test_simpy_gives_the_flashes_of_the_engine(variant: str) -> None:
    """Both ways of writing it, from random phases into synchrony."""
    parameters = Parameters(side=5, seed=3)
    swarm = VARIANTS[variant](parameters)
    while swarm.env.peek() <= 60.0:
        swarm.env.step()

    async def ours(simulation: Simulation) -> list[tuple[float, int]]:
        simulation.run_until(60.0)
        return flashes_of(simulation)

    assert swarm.flashes == simulate(ours, parameters)
    assert len(swarm.flashes) > 300
