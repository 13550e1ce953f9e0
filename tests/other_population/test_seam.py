"""The seam itself: this population and the one of workflows are one model."""

import pytest

import experiments.run.simulation
from experiments import GALLERY, open_with
from experiments.population.workflow_population import WorkflowPopulation
from tests.experiments.simulating import simulate
from tests.other_population.heap_population import HeapPopulation


def outcome(parameters, opening, kind):
    async def body(simulation):
        assert type(simulation.population) is kind
        open_with(simulation, opening)
        simulation.run_until(2.0 * parameters.period)
        checkpoint = simulation.checkpoint()
        return (
            simulation.flashes.digest().hexdigest(),
            simulation.wakes,
            simulation.coherence.values.tolist(),
            checkpoint.zero.tolist(),
            checkpoint.counts.tolist(),
            checkpoint.status.tolist(),
            checkpoint.n_actions,
        )

    return simulate(body, parameters)


@pytest.mark.parametrize("preset", GALLERY, ids=lambda preset: preset.name)
def test_every_preset_begins_alike_in_both(preset, monkeypatch):
    """Flashes, steps, R and state are equal to the last bit."""
    parameters = preset.parameters
    if not preset.opening:  # that of others fits their side alone
        parameters = parameters.replace(side=12)
    ours = outcome(parameters, preset.opening, HeapPopulation)
    monkeypatch.setattr(experiments.run.simulation, "make_population", WorkflowPopulation)
    assert ours == outcome(parameters, preset.opening, WorkflowPopulation)
