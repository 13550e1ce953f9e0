"""Small simulations for tests: a swarm whose phases are known, and a loop around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import numpy as np

from experiments import AUTO, Checkpoint, Parameters, Simulation

T = TypeVar("T")


def quiet_state(parameters: Parameters, zero: Mapping[int, float], rest: float) -> Checkpoint:
    """All fireflies at phase zero `rest`, some elsewhere; t = 0, nobody has flashed."""
    n = parameters.n_fireflies
    times = np.full(n, rest)
    for i, value in zero.items():
        times[i] = value
    return Checkpoint(
        t=0.0,
        parameters=parameters,
        zero=times,
        counts=np.zeros(n, dtype=np.int64),
        status=np.zeros(n, dtype=np.uint8),
        n_actions=0,
    )


def simulate(
    body: Callable[[Simulation], Coroutine[Any, Any, T]],
    parameters: Parameters,
    checkpoint: Checkpoint | None = None,
    population: str = AUTO,
) -> T:
    """Run an async test body on a started simulation, and close it."""

    async def main() -> T:
        simulation = Simulation(parameters, checkpoint, population_choice=population)
        await simulation.start()
        try:
            result = await body(simulation)
        finally:
            await simulation.aclose()
        assert not simulation.failures
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    return asyncio.run(main())


def flashes_of(simulation: Simulation) -> list[tuple[float, int]]:
    """All complete flashes."""
    times, ids, _ = simulation.flashes.read()
    return list(zip(times.tolist(), ids.tolist(), strict=True))
