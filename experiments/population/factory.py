"""The factory of populations: the one place that chooses what computes the fireflies."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import FlashLog
from experiments.model.parameters import (
    MAX_COMPILED_SIDE,
    MAX_WORKFLOW_SIDE,
    ParameterError,
    Parameters,
)
from experiments.model.response import RESPONSES
from experiments.model.topology import TOPOLOGIES
from experiments.population.compiled.compiling import HOW_TO_INSTALL, is_compiled, is_installed
from experiments.population.compiled.population import CompiledPopulation
from experiments.population.protocol import Population
from experiments.population.workflow_population import WorkflowPopulation

MakePopulation: TypeAlias = Callable[[Parameters, Checkpoint | None, FlashLog], Population]
"""Makes fireflies with random phases at t = 0, or in the state of a checkpoint."""

AUTO: Final = "auto"
"""The choice that leaves it to how much there is to do."""

MOST_WORKFLOWS_OF_ITSELF: Final = 20_000
"""Fireflies with eight hearers each that :data:`AUTO` makes workflows of, if there is something
else as well; and as many flashes and pulses as they have in a cycle."""

_USUAL_HEARERS: Final = 8
_HEARERS_LIKE_A_FLASH: Final = 34
"""Pulses that take a firefly's workflow as long as all else of a flash: 13 us, and 0.38 us each."""


@dataclass(frozen=True, slots=True)
class PopulationKind:
    """A way to compute fireflies, and the words for it.

    Attributes
    ----------
    name
        What it is called where it is chosen.
    each
        How a firefly is computed, in words: "with one workflow per firefly".
    nouns
        What computes several.
    setting
        What there is to say of them all, after these: " on one engine".
    make
        Makes one.
    largest_side
        The largest grid that needs no confirmation.
    bytes_per_firefly
        Memory that each takes at most.
    starting
        What to say while they are made, of how many are.
    runs_on_engine
        Whether each firefly is a run of a shared engine.
    most_of_itself
        Fireflies with eight hearers each up to which :data:`AUTO` chooses it; with more hearers,
        fewer, as :func:`weight_of` has it.
    runs_beside
        Whether time may pass on another thread by now, as it leaves the interpreter's lock alone.
    lacks
        What is missing to have it with some parameters, in words; nothing if nothing is.
    """

    name: str
    each: str
    nouns: str
    setting: str
    make: MakePopulation
    largest_side: int
    bytes_per_firefly: int
    starting: str = "Waking fireflies: {done:,} of {total:,}"
    runs_on_engine: bool = True
    most_of_itself: float = math.inf
    runs_beside: Callable[[], bool] = lambda: False
    lacks: Callable[[Parameters], str] = lambda _parameters: ""

    def description(self, n: int) -> str:
        """What `n` fireflies are: "2,500 workflows on one engine"."""
        return f"{n:,} {self.nouns}{self.setting}"

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
                f"at most {self.largest_side} {self.each} "
                f"({side * side:,} {self.nouns} would take about {gigabytes:.1f} GB of memory; "
                "--allow-large runs them all the same)",
            )


def _missing(parameters: Parameters) -> str:
    """What the compiled population lacks."""
    if not RESPONSES[parameters.response].in_kernel:
        return f"the compiled population doesn't know the response {parameters.response}"
    return "" if is_installed() else f"it needs numba, which {HOW_TO_INSTALL} installs"


WORKFLOWS: Final = PopulationKind(
    name="workflows",
    each="with one workflow per firefly",
    nouns="workflows",
    setting=" on one engine",
    make=WorkflowPopulation,
    largest_side=MAX_WORKFLOW_SIDE,
    bytes_per_firefly=4_096,
    most_of_itself=MOST_WORKFLOWS_OF_ITSELF,
)
"""Each firefly a run of its own, all on one engine."""

COMPILED: Final = PopulationKind(
    name="compiled",
    each="of compiled fireflies",
    nouns="fireflies",
    setting=", compiled; no engine",
    make=CompiledPopulation,
    largest_side=MAX_COMPILED_SIDE,
    bytes_per_firefly=100,
    runs_on_engine=False,
    runs_beside=is_compiled,
    starting="Compiling the model for {total:,} fireflies; the first time takes some seconds",
    lacks=_missing,
)
"""All of them numbers in arrays, which one compiled kernel goes through."""

KINDS: tuple[PopulationKind, ...] = (WORKFLOWS, COMPILED)


def choices() -> tuple[str, ...]:
    """What can be asked for: the names of all kinds, and :data:`AUTO`."""
    return (*(kind.name for kind in KINDS), AUTO)


def population_kind(parameters: Parameters, choice: str = AUTO) -> PopulationKind:
    """How fireflies are computed.

    Parameters
    ----------
    parameters
        What they are to be made with.
    choice
        The name of a kind, or :data:`AUTO`: the first kind that is made for so many, of those
        that can be had, or else the first one.

    Raises
    ------
    ParameterError
        The kind can't be had: of a parameter named "population".
    """
    if choice == AUTO:
        weight = weight_of(parameters)
        fitting = (k for k in KINDS if weight <= k.most_of_itself and not k.lacks(parameters))
        return next(fitting, KINDS[0])
    kind = next((each for each in KINDS if each.name == choice), None)
    if kind is None:
        raise ParameterError("population", choice, f"one of {', '.join(choices())}")
    if lacking := kind.lacks(parameters):
        raise ParameterError("population", choice, f"another one: {lacking}")
    return kind


def weight_of(parameters: Parameters) -> float:
    """How many fireflies with eight hearers have as much to do in a cycle, as workflows.

    Where each is heard by many it is their pulses that take the time.
    """
    n_hearers = TOPOLOGIES[parameters.topology](parameters).n_hearers
    each = (_HEARERS_LIKE_A_FLASH + n_hearers) / (_HEARERS_LIKE_A_FLASH + _USUAL_HEARERS)
    return parameters.n_fireflies * each


def check_size(parameters: Parameters, choice: str = AUTO) -> None:
    """Refuse a grid that takes unexpectedly much memory, and a kind that can't be had.

    Raises
    ------
    ParameterError
        With the memory it would take, and with what would take less.
    """
    kind = population_kind(parameters, choice)
    try:
        kind.check_side(parameters.side)
    except ParameterError as error:
        others = (each for each in KINDS if each.largest_side >= parameters.side)
        other = next(others, None)
        if other is None:
            raise
        lacking = other.lacks(parameters)
        way = f"{other.name}: {lacking}" if lacking else f"with --population {other.name}"
        allowed = f"{error.allowed}; up to {other.largest_side} {way}"
        raise ParameterError(error.name, error.value, allowed) from None
