"""Advice on a slow run: what takes the time, where that is known, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

from experiments.model.parameters import Parameters
from experiments.model.topology import TOPOLOGIES
from experiments.population.factory import (
    COMPILED,
    MOST_WORKFLOWS_OF_ITSELF,
    WORKFLOWS,
    PopulationKind,
    weight_of,
)

_BACK: Final = "pulses come straight back"

_STORM: Final = 100.0
"""Flashes of each firefly in a period that only pulses can make which come straight back."""


@dataclass(frozen=True, slots=True)
class SlowAdvice:
    """Why a run is slow; false where no more is known than that it is.

    Attributes
    ----------
    words
        What takes the time, and what helps: words to end a sentence with.
    rules
        What the rules do that makes it slow wherever it runs, in a few words; else empty.
    """

    words: str = ""
    rules: str = ""

    def __bool__(self) -> bool:
        return bool(self.words)


def slow_advice(
    parameters: Parameters, kind: PopulationKind, flashes: float, seconds: float, compiled: str
) -> SlowAdvice:
    """Say what takes the time, and what helps.

    Parameters
    ----------
    parameters, kind
        Of the run now, and what computes its fireflies.
    flashes, seconds
        How many there were in so many virtual seconds.
    compiled
        How compiled fireflies are chosen, in words.
    """
    each_once = parameters.n_fireflies
    if flashes > each_once + _STORM * each_once * seconds / parameters.period:
        in_a_period = flashes / each_once / seconds * parameters.period if seconds > 0.0 else inf
        how_often = f"about {float(f'{in_a_period:.2g}'):,.0f} flashes of each in a period"
        return SlowAdvice(
            f"{_BACK}{f', {how_often}' if in_a_period < inf else ''}: "
            "a longer delay or refractory time keeps them down",
            rules=_BACK,
        )
    if kind is WORKFLOWS and weight_of(parameters) > MOST_WORKFLOWS_OF_ITSELF:
        lacking = COMPILED.lacks(parameters)
        n_hearers = TOPOLOGIES[parameters.topology](parameters).n_hearers
        return SlowAdvice(
            f"each of {each_once:,} workflows is heard by {n_hearers:,}: "
            f"{compiled} takes far less{f', but {lacking}' if lacking else ''}"
        )
    return SlowAdvice()
