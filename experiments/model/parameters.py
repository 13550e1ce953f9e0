"""The parameters of a swarm: each is declared here, and nowhere else."""

from __future__ import annotations

import shlex
from typing import Final

from experiments.model.declared import DeclaredValues, ParameterFields
from experiments.model.fields import (
    PERIODS,
    SECONDS,
    TIMES_REAL_TIME,
    Effect,
    ParameterError,
    ParameterField,
    Unit,
    above,
    at_least,
    at_most,
    below,
)
from experiments.model.kinds import choice, number, whole_number
from experiments.model.response import RESPONSES
from experiments.model.scale import Scale
from experiments.model.topology import TOPOLOGIES

__all__ = [
    "MAX_WORKFLOW_SIDE",
    "PARAMETER_FIELDS",
    "ParameterError",
    "ParameterField",
    "Parameters",
    "command_line_of",
]

MAX_WORKFLOW_SIDE: Final = 300
"""Largest side that runs with one workflow per firefly."""

PARAMETER_FIELDS: Final = ParameterFields()
"""What is declared of each parameter, by name. Whatever takes parameters is made from it."""


class Parameters(DeclaredValues, fields=PARAMETER_FIELDS):
    """What a run is made of, validated as a set; immutable.

    Attributes
    ----------
    side
        Fireflies along each edge; ``side**2`` in all.
    period, nudge, refractory, jitter
        Seconds of virtual time.
    glow
        Length of a flash's glow, in periods.
    speed
        Virtual seconds per second of wall time; ``math.inf`` for as fast as possible.
    seed
        64-bit seed of the random streams.
    topology, response
        Names of who hears whom, and of what a pulse does; see :mod:`experiments.model.rules`.

    Raises
    ------
    ParameterError
        A value is not allowed, by itself or beside the others.
    """

    side: int = whole_number(
        default=50,
        low=at_least(3),
        high=at_most(2_000),
        usual_most=MAX_WORKFLOW_SIDE,
        restarts=True,
        unit=Unit("", "fireflies along each edge"),
        label="Side",
        sentence="fireflies along each edge of the square grid, which wraps around",
        scale=Scale(3, MAX_WORKFLOW_SIDE, 0, "square"),
    )
    period: float = number(
        default=5.0,
        low=at_least(1e-3),
        high=at_most(3_600.0),
        unit=SECONDS,
        label="Period",
        sentence="time from one flash to the next when nobody interferes; jitter takes half of "
        "itself off, on average",
        scale=Scale(0.2, 60.0, 1, "log", detents=(1.0, 5.0, 10.0)),
    )
    nudge: float = number(
        default=0.2,
        low=at_least(0.0),
        high=at_most("period"),
        unit=SECONDS,
        label="Nudge",
        sentence="how far a flash moves a neighbour's phase. It is the same at every phase: two "
        "alone lock only if they start nearly in step, and keep their distance otherwise. "
        "Order is a matter of the crowd",
        scale=Scale(0.0, 2.0, 2, "square"),
    )
    refractory: float = number(
        default=1.0,
        low=above(0.0),
        high=below("period"),
        unit=SECONDS,
        label="Refractory",
        noun="refractory time",
        sentence="for so long after its flash a firefly is deaf to others",
        scale=Scale(0.01, 10.0, 2, "square"),
    )
    jitter: float = number(
        default=0.1,
        low=at_least(0.0),
        high=below("refractory"),
        unit=SECONDS,
        label="Jitter",
        sentence="each flash starts the next cycle early by up to this much, at random",
        scale=Scale(0.0, 2.0, 2, "square"),
    )
    glow: float = number(
        default=0.3,
        low=above(0.0),
        high=at_most(1.0),
        effect=Effect.PICTURE,
        unit=PERIODS,
        label="Glow",
        sentence="how long a flash stays visible, as a fraction of the period; "
        "a matter of the picture alone",
        scale=Scale(0.02, 1.0, 2, "even"),
    )
    speed: float = number(
        default=1.0,
        low=at_least(0.05),
        high=at_most(1_000.0),
        max_means="as fast as possible",
        effect=Effect.PACE,
        unit=TIMES_REAL_TIME,
        label="Speed",
        sentence="virtual seconds per second of yours",
        scale=Scale(0.05, 50.0, 1, "log", (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)),
    )
    seed: int = whole_number(
        default=1,
        low=at_least(0),
        high=at_most(2**64 - 1),
        restarts=True,
        unit=Unit("", "none; it names the random numbers"),
        label="Seed",
        sentence="the start of all randomness; the same seed repeats the same run",
    )

    topology: str = choice(
        default="moore",
        options=TOPOLOGIES,
        restarts=True,
        label="Topology",
        sentence="who hears whom",
    )
    response: str = choice(
        default="constant",
        options=RESPONSES,
        label="Response",
        sentence="what a pulse does to the phase of whoever accepts it",
    )

    @property
    def n_fireflies(self) -> int:
        """Number of fireflies."""
        return self.side * self.side


def command_line_of(
    parameters: Parameters, preset: str = "", preset_parameters: Parameters | None = None
) -> str:
    """The command that opens a window with these parameters; what needn't be said is left out.

    Parameters
    ----------
    parameters
        What the run is made of.
    preset
        Name or file of the preset that it began with, if that has more than parameters.
    preset_parameters
        Those that this preset gives; by default the default ones.
    """
    default = preset_parameters or Parameters()
    words = ["fireflies"]
    if preset:
        words.append(f"--preset {shlex.quote(preset)}")
    for name, field in PARAMETER_FIELDS.items():
        value = getattr(parameters, name)
        if value != getattr(default, name):
            words.append(f"{field.option} {shlex.quote(field.text(value))}")
    return " ".join(words)
