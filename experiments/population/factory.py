"""Which population computes the fireflies: the one place that chooses."""

from __future__ import annotations

from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import FlashLog
from experiments.model.parameters import Parameters
from experiments.population.protocol import Population
from experiments.population.workflow_population import WorkflowPopulation


def make_population(
    parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
) -> Population:
    """Fireflies with random phases at t = 0, or in the state of a checkpoint."""
    return WorkflowPopulation(parameters, checkpoint, flashes)
