"""What the garbage collector gets to see of a swarm."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from experiments import Parameters, Simulation
from experiments.population.garbage import sparing_the_collector

pytestmark = pytest.mark.workflows

LARGE = Parameters(side=20)


def _seen() -> int:
    return len(gc.get_objects())


@pytest.mark.usefixtures("real_collector")
def test_a_swarm_that_has_started_is_hidden_from_the_collector() -> None:
    """A full collection would hold the window for as long as there are fireflies to look at."""

    async def main() -> None:
        simulation = Simulation(LARGE)
        await simulation.start()
        assert _seen() < LARGE.n_fireflies
        await simulation.aclose()

    asyncio.run(main())


@pytest.mark.usefixtures("real_collector")
def test_a_new_swarm_begins_by_freeing_what_was_hidden() -> None:
    """Cycles that were hidden with the last swarm are found, though they became garbage later."""

    class Cycle:
        def __init__(self) -> None:
            self.itself = self

    async def main() -> None:
        cycle = Cycle()
        gone = weakref.ref(cycle)
        simulation = Simulation(LARGE)
        await simulation.start()
        del cycle
        gc.collect()
        assert gone() is not None
        await simulation.restart(LARGE.replace(side=3))
        assert gone() is None
        await simulation.aclose()

    asyncio.run(main())


@pytest.mark.usefixtures("real_collector")
def test_what_lives_after_a_stretch_without_collections_is_hidden() -> None:
    """It stays out of sight, and the collector is back at work."""
    kept: list[list[object]] = []
    with sparing_the_collector():
        assert not gc.isenabled()
        kept += [[] for _ in range(10_000)]
    assert gc.isenabled()
    assert _seen() < len(kept)
