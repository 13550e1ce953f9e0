"""The factory of populations: the one place that chooses what computes the fireflies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import FlashLog
from experiments.model.parameters import MAX_WORKFLOW_SIDE, ParameterError, Parameters
from experiments.population.protocol import Population
from experiments.population.workflow_population import WorkflowPopulation

MakePopulation: TypeAlias = Callable[[Parameters, Checkpoint | None, FlashLog], Population]
"""Makes fireflies with random phases at t = 0, or in the state of a checkpoint."""


@dataclass(frozen=True, slots=True)
class PopulationKind:
    """A way to compute fireflies, and the words for it.

    Attributes
    ----------
    noun, nouns
        What computes one firefly, and several.
    setting
        What they share, in words: "on one engine".
    make
        Makes one.
    largest_side
        The largest grid that needs no confirmation.
    bytes_per_firefly
        Memory that each takes at most.
    """

    noun: str
    nouns: str
    setting: str
    make: MakePopulation
    largest_side: int
    bytes_per_firefly: int

    def description(self, n: int) -> str:
        """What `n` fireflies are: "2,500 workflows on one engine"."""
        return f"{n:,} {self.nouns} {self.setting}"

    def check_side(self, side: int) -> None:
        """Refuse a grid that takes unexpectedly much memory.

        Raises
        ------
        ParameterError
            With the memory it would take.
        """
        if side > self.largest_side:
            gigabytes = side * side * self.bytes_per_firefly / 1e9
            raise ParameterError(
                "side",
                side,
                f"at most {self.largest_side} with one {self.noun} per firefly "
                f"({side * side:,} {self.nouns} would take about {gigabytes:.1f} GB of memory; "
                "--allow-large runs them all the same)",
            )


WORKFLOWS: Final = PopulationKind(
    noun="workflow",
    nouns="workflows",
    setting="on one engine",
    make=WorkflowPopulation,
    largest_side=MAX_WORKFLOW_SIDE,
    bytes_per_firefly=4_096,
)
"""Each firefly a run of its own, all on one engine."""

KINDS: Final = (WORKFLOWS,)


def population_kind() -> PopulationKind:
    """How fireflies are computed: the first of :data:`KINDS`."""
    return KINDS[0]


def make_population(
    parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
) -> Population:
    """Fireflies with random phases at t = 0, or in the state of a checkpoint."""
    return population_kind().make(parameters, checkpoint, flashes)
