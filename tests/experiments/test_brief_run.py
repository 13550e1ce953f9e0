"""Brief runs: what a whole simulation gives, for less."""

from __future__ import annotations

import asyncio
import dataclasses
import gc

import pytest

from cascade import Progress
from experiments import OBSERVABLES, Observable, Parameters, Simulation
from experiments.population import factory
from experiments.population.workflow_population import WorkflowPopulation
from experiments.run.brief_run import RunFailedError, RunTooLongError, run_briefly
from experiments.run.looking_back import whole_run
from tests.experiments.simulating import simulate

ORDERLY = Parameters(side=4, nudge=0.4, seed=3)


@pytest.mark.parametrize(
    "parameters", [ORDERLY, Parameters(side=4, seed=5, spread=0.1, delay=0.03, loss=0.1)]
)
def test_a_brief_run_has_the_observables_of_a_simulation(parameters: Parameters) -> None:
    """Each of them, to the last bit, and the digest of its flashes."""
    brief = asyncio.run(run_briefly(parameters, 40.0, finds_order=True))

    async def compare(simulation: Simulation) -> None:
        simulation.run_until(40.0)
        simulation.sample()
        assert brief.digest.hexdigest() == simulation.flashes.digest().hexdigest()
        assert brief.digest.n > 100
        assert brief.whole.time_to_sync == simulation.coherence.time_to_sync
        for each in OBSERVABLES.values():
            if isinstance(each, Observable):
                found, expected = each.of(brief.instant), each.of(simulation.instant)
            else:
                found, expected = each.of(brief.whole), each.of(whole_run(simulation))
            assert repr(found) == repr(expected), each.name

    simulate(compare, parameters)


def test_order_is_found_where_it_is_asked_for_alone() -> None:
    """Otherwise R is never sampled."""
    found = asyncio.run(run_briefly(ORDERLY, 60.0, finds_order=True))
    assert found.whole.time_to_sync is not None
    assert asyncio.run(run_briefly(ORDERLY, 60.0)).whole.time_to_sync is None


@pytest.mark.parametrize("finds_order", [False, True])
def test_a_brief_run_is_given_up_when_its_time_is_over(finds_order: bool) -> None:
    """And its fireflies end; it says how far it was of the whole, be R sampled or not."""
    lonely = ORDERLY.replace(nudge=0.0)
    with pytest.raises(RunTooLongError, match="of 1e\\+08 s when its time was up"):
        asyncio.run(run_briefly(lonely, 1e8, finds_order=finds_order, within_s=0.01))


def test_a_brief_run_tells_of_a_firefly_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its workflow and the error."""

    class Failing(WorkflowPopulation):
        def run_until(self, t: float, budget_s: float | None = None) -> Progress:
            self.swarm.log.append_time = None  # type: ignore[assignment]
            return super().run_until(t, budget_s)

    kind = factory.KINDS[0]
    monkeypatch.setattr(factory, "KINDS", (dataclasses.replace(kind, make=Failing),))
    with pytest.raises(RunFailedError, match=r"workflow .+ failed: TypeError"):
        asyncio.run(run_briefly(ORDERLY, 10.0))


def test_the_collector_is_on_again_after_a_brief_run() -> None:
    """And hides nothing."""
    hidden = gc.get_freeze_count()
    asyncio.run(run_briefly(ORDERLY, 1.0))
    assert gc.isenabled()
    assert gc.get_freeze_count() <= hidden
