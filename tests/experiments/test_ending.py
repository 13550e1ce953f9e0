"""How a swarm ends that has hardly begun."""

from __future__ import annotations

import asyncio
import gc
import warnings

import cascade as cs
from experiments import Parameters
from experiments.population.runs import FireflyRuns
from experiments.population.swarm import Swarm


async def test_a_swarm_given_up_while_it_is_made_leaves_no_run_that_never_began() -> None:
    """Ended before the loop has come to the last ones: nothing is said on stderr."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        clock = cs.VirtualClock()
        async with cs.Engine(clock=clock) as engine:
            runs = FireflyRuns(Swarm(Parameters(side=5), clock), engine)
            told = list[int]()
            starting = asyncio.create_task(runs.start(lambda done, _: told.append(done)))
            while 25 not in told:
                await asyncio.sleep(0)
            await runs.aclose()
            await starting
        gc.collect()
    assert not [str(each.message) for each in caught]
