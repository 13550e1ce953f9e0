"""The parameters of a swarm: each is declared here, and nowhere else."""

from __future__ import annotations

import shlex
from typing import Final

from experiments.model.constants import charging_slope, charging_step, made_of_others, slopes_of
from experiments.model.declared import DeclaredValues, ParameterFields
from experiments.model.fields import (
    PERIODS,
    SECONDS,
    TIMES_REAL_TIME,
    Effect,
    Limit,
    ParameterError,
    ParameterField,
    Unit,
    above,
    at_least,
    at_most,
    below,
    below_or_zero,
)
from experiments.model.kinds import choice, number, whole_number
from experiments.model.points import Points
from experiments.model.points import points as points_field
from experiments.model.response import RESPONSES
from experiments.model.scale import Scale
from experiments.model.topology import OPEN, TOPOLOGIES, TORUS

__all__ = [
    "MAX_COMPILED_SIDE",
    "MAX_WORKFLOW_SIDE",
    "PARAMETER_FIELDS",
    "ParameterError",
    "ParameterField",
    "Parameters",
    "command_line_of",
]

MAX_WORKFLOW_SIDE: Final = 300
"""Largest side that runs with one workflow per firefly."""

MAX_COMPILED_SIDE: Final = 1_000
"""Largest side that runs compiled, without a confirmation."""

# Jitter undoes less of it in the rounding of the time, and then nothing would keep a firefly from
# hearing pulses at the time of its own flash, again and again.
_LEAST_DEAFNESS_S: Final = 1e-6
_SHORTEST_PERIOD: Final = Limit(
    lambda period, spread: period * (1 - spread), ("period", "spread"), "shortest period"
)
_CHARGING: Final = ("response", ("mirollo-strogatz",))
_DRAWN: Final = ("response", ("drawn",))
_OF_GRID: Final = ("topology", ("moore", "neumann"))

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
    radius, k, edges, rewire
        What topologies need.
    strength, b, eps, points
        What responses need.
    spread, delay, loss
        Of the periods, as a fraction; s; a probability.
    a, c, slopes
        Constants that b and eps, and the points, make; None where they aren't used. A session
        holds them, and they win over what would be made of them here.

    Raises
    ------
    ParameterError
        A value is not allowed, by itself or beside the others.
    """

    side: int = whole_number(
        default=50,
        is_always_written=True,
        low=at_least(3),
        high=at_most(2_000),
        usual_most=MAX_COMPILED_SIDE,
        restarts=True,
        unit=Unit("", "fireflies along each edge"),
        label="Side",
        sentence="fireflies along each edge of the square grid",
        scale=Scale(3, MAX_COMPILED_SIDE, 0, "square"),
    )
    topology: str = choice(
        default="moore",
        options=TOPOLOGIES,
        beside=("side", "radius", "k"),
        restarts=True,
        label="Topology",
        sentence="who hears whom: the square or the diamond around each on the grid, those next "
        "along the ids, or everybody",
    )
    radius: int = whole_number(
        default=1,
        low=at_least(1),
        high=at_most(10),
        restarts=True,
        unit=Unit("", "cells"),
        label="Radius",
        sentence="how far a neighbourhood on the grid reaches, in cells",
        scale=Scale(1, 10, 0, "even"),
        only_for=_OF_GRID,
    )
    k: int = whole_number(
        default=1,
        low=at_least(1),
        high=at_most(50),
        restarts=True,
        unit=Unit("", "fireflies on each side"),
        label="Reach k",
        noun="reach k",
        sentence="how many on each side of a ring hear a firefly",
        scale=Scale(1, 50, 0, "square"),
        only_for=("topology", ("ring",)),
    )
    edges: str = choice(
        default=TORUS,
        options=dict.fromkeys((TORUS, OPEN)),
        called={("topology", "ring"): {TORUS: "closed"}},
        restarts=True,
        label="Edges",
        sentence="whether the grid, or the ring, closes upon itself or ends",
        only_for=("topology", ("moore", "neumann", "ring")),
    )
    rewire: float = number(
        default=0.0,
        low=at_least(0.0),
        high=at_most(1.0),
        restarts=True,
        label="Rewire",
        noun="rewired share",
        sentence="the probability with which a connection leads to somebody anywhere instead; "
        "a few make a small world",
        scale=Scale(0.0, 1.0, 3, "square"),
        only_for=("topology", ("moore", "neumann", "ring")),
    )
    spread: float = number(
        default=0.0,
        low=at_least(0.0),
        high=at_most(0.5),
        restarts=True,
        unit=PERIODS,
        label="Spread",
        noun="spread of the periods",
        sentence="each firefly has a period of its own, up to this fraction longer or shorter",
        scale=Scale(0.0, 0.5, 3, "square"),
    )
    period: float = number(
        default=5.0,
        is_always_written=True,
        low=at_least(1e-3),
        high=at_most(3_600.0),
        unit=SECONDS,
        label="Period",
        sentence="time from one flash to the next when nobody interferes; jitter takes half of "
        "itself off, on average",
        scale=Scale(0.2, 60.0, 1, "log", detents=(1.0, 5.0, 10.0)),
    )
    response: str = choice(
        default="constant",
        options=RESPONSES,
        label="Response",
        sentence="what a pulse does to the phase of whoever accepts it",
    )
    nudge: float = number(
        default=0.2,
        is_always_written=True,
        low=at_least(0.0),
        high=at_most("period"),
        unit=SECONDS,
        label="Nudge",
        sentence="how far a flash moves a neighbour's phase. It is the same at every phase: two "
        "alone lock only if they start nearly in step, and keep their distance otherwise. "
        "Order is a matter of the crowd",
        scale=Scale(0.0, 2.0, 2, "square"),
        only_for=("response", ("constant",)),
    )
    strength: float = number(
        default=0.05,
        low=at_least(0.0),
        high=at_most(1.0),
        label="Strength",
        sentence="by which share of itself a pulse moves a phase on (multiplicative), or by which "
        "share of the period it moves it back (inhibitory)",
        scale=Scale(0.0, 1.0, 3, "square"),
        only_for=("response", ("multiplicative", "inhibitory")),
    )
    b: float = number(
        default=3.0,
        low=above(0.0),
        high=at_most(10.0),
        label="Bend b",
        noun="bend b",
        sentence="how much the charging curve of Mirollo and Strogatz bends",
        scale=Scale(0.05, 10.0, 2, "log"),
        only_for=_CHARGING,
    )
    eps: float = number(
        default=0.05,
        low=at_least(-1.0),
        high=at_most(1.0),
        label="Lift ε",
        noun="lift eps",
        sentence="by how much a pulse lifts the charge; below 0 it takes some away",
        scale=Scale(-0.5, 0.5, 3, "even", detents=(0.0,)),
        only_for=_CHARGING,
    )
    points: Points = points_field(
        default=((0.0, 0.0), (0.5, -0.1), (1.0, 0.1)),
        most=33,
        low=-1.0,
        high=1.0,
        label="Points",
        sentence="of the drawn response: phase fraction and shift, in periods",
        only_for=_DRAWN,
    )
    refractory: float = number(
        default=1.0,
        is_always_written=True,
        low=at_least(0.0),
        high=below(_SHORTEST_PERIOD),
        unit=SECONDS,
        label="Refractory",
        noun="refractory time",
        sentence="for so long after its flash a firefly is deaf to others",
        scale=Scale(0.01, 10.0, 2, "square"),
    )
    jitter: float = number(
        default=0.1,
        is_always_written=True,
        low=at_least(0.0),
        high=below_or_zero("refractory", under=_LEAST_DEAFNESS_S),
        unit=SECONDS,
        label="Jitter",
        sentence="each flash starts the next cycle early by up to this much, at random",
        scale=Scale(0.0, 2.0, 2, "square"),
    )
    delay: float = number(
        default=0.0,
        low=at_least(0.0),
        high=at_most(3_600.0),
        unit=SECONDS,
        label="Delay",
        sentence="how long a pulse takes to those who hear it",
        scale=Scale(0.0, 10.0, 2, "square"),
    )
    loss: float = number(
        default=0.0,
        low=at_least(0.0),
        high=at_most(1.0),
        label="Loss",
        sentence="the probability with which a pulse doesn't reach one of those who would hear it",
        scale=Scale(0.0, 1.0, 2, "even"),
    )
    glow: float = number(
        default=0.3,
        is_always_written=True,
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
        is_always_written=True,
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
        is_always_written=True,
        low=at_least(0),
        high=at_most(2**64 - 1),
        restarts=True,
        unit=Unit("", "none; it names the random numbers"),
        label="Seed",
        sentence="the start of all randomness; the same seed repeats the same run",
    )
    a: float | None = made_of_others(
        default=None, make=charging_slope, made_of=("b", "eps"), only_for=_CHARGING
    )
    c: float | None = made_of_others(
        default=None, make=charging_step, made_of=("b", "eps"), only_for=_CHARGING
    )
    slopes: tuple[float, ...] | None = made_of_others(
        default=None, make=slopes_of, made_of=("points",), only_for=_DRAWN
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
