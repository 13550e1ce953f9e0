"""The seam itself: this population and the one of workflows are one model."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from experiments import (
    GALLERY,
    Opening,
    ParameterError,
    Parameters,
    Preset,
    Simulation,
    open_with,
    population_kind,
)
from experiments.population import factory
from experiments.population.factory import WORKFLOWS, PopulationKind
from tests.experiments.simulating import simulate
from tests.other_population.heap_population import HEAP


def outcome(
    parameters: Parameters, opening: Sequence[Opening], kind: PopulationKind
) -> tuple[object, ...]:
    """All that two periods come to in a population of a kind."""

    async def body(simulation: Simulation) -> tuple[object, ...]:
        made: object = kind.make
        assert type(simulation.population) is made
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
def test_every_preset_begins_alike_in_both(preset: Preset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flashes, steps, R and state are equal to the last bit."""
    parameters = preset.parameters
    if not preset.opening:  # that of others fits their side alone
        parameters = parameters.replace(side=12)
    ours = outcome(parameters, preset.opening, HEAP)
    monkeypatch.setattr(factory, "KINDS", (WORKFLOWS,))
    assert ours == outcome(parameters, preset.opening, WORKFLOWS)


def test_people_are_told_what_this_one_is() -> None:
    """Its own words and limits, not those of workflows."""
    kind = population_kind(Parameters(side=12))
    assert kind.description(2_500) == "2,500 entries in one heap"
    with pytest.raises(ParameterError, match=r"at most 200 with one entry .* about 0\.1 GB"):
        kind.check_side(400)
