"""The parameters of a swarm: names, units, limits, and one place that checks them."""

from __future__ import annotations

import dataclasses
import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

MAX_WORKFLOW_SIDE: Final = 300
"""Largest side that runs with one workflow per firefly."""


class ParameterError(ValueError):
    """A parameter has a value that is not allowed.

    Attributes
    ----------
    name, value
        The parameter, and the value refused.
    allowed
        What is allowed, in words with units.
    beside
        The other parameter that sets the limit, if one does.
    """

    def __init__(self, name: str, value: object, allowed: str, beside: str | None = None) -> None:
        super().__init__(f"{name} must be {allowed}, got {_shown(value)}")
        self.name = name
        self.value = value
        self.allowed = allowed
        self.beside = beside


@dataclass(frozen=True, slots=True)
class ParameterField:
    """What people need to know of one parameter.

    Attributes
    ----------
    name, label
        Name in code and on the command line; name for people.
    unit
        Unit shown after the value, empty if there is none.
    minimum, maximum, default
        Bounds that don't depend on other parameters, and the default.
    description
        One sentence: what it does to the physics.
    limits
        What is allowed, in words, whatever the other parameters are.
    restarts
        Whether a new value needs a new swarm.
    """

    name: str
    label: str
    unit: str
    minimum: float
    maximum: float
    default: float
    description: str
    limits: str
    restarts: bool = False


def _fields() -> Mapping[str, ParameterField]:
    listed = (
        ParameterField(
            "side", "Side", "", 3, 2_000, 50,
            "Side: fireflies along each edge of the square grid, which wraps around",
            "From 3 to 300, with --allow-large to 2000", True,
        ),
        ParameterField(
            "period", "Period", "s", 1e-3, 3_600.0, 5.0,
            "Period: time from one flash to the next when nobody interferes; jitter takes half of "
            "itself off, on average",
            ">= 0.001 s and <= 3600 s",
        ),
        ParameterField(
            "nudge", "Nudge", "s", 0.0, 3_600.0, 0.2,
            "Nudge: how far a flash moves a neighbour's phase. It is the same at every phase: two "
            "alone lock only if they start nearly in step, and keep their distance otherwise. "
            "Order is a matter of the crowd",
            ">= 0 s and <= the period",
        ),
        ParameterField(
            "refractory", "Refractory", "s", 0.0, 3_600.0, 1.0,
            "Refractory time: for so long after its flash a firefly is deaf to others",
            "> 0 s and < the period",
        ),
        ParameterField(
            "jitter", "Jitter", "s", 0.0, 3_600.0, 0.1,
            "Jitter: each flash starts the next cycle early by up to this much, at random",
            ">= 0 s and < the refractory time",
        ),
        ParameterField(
            "glow", "Glow", "period", 0.0, 1.0, 0.3,
            "Glow: how long a flash stays visible, as a fraction of the period; "
            "a matter of the picture alone",
            "> 0 and <= 1 period",
        ),
        ParameterField(
            "speed", "Speed", "x", 0.05, 1_000.0, 1.0,
            "Speed: virtual seconds per second of yours",
            "From 0.05 to 1000, or max for as fast as possible",
        ),
        ParameterField(
            "seed", "Seed", "", 0, 2**64 - 1, 1,
            "Seed: the start of all randomness; the same seed repeats the same run",
            "From 0 to 2^64 - 1", True,
        ),
    )  # fmt: skip
    return MappingProxyType({field.name: field for field in listed})


PARAMETER_FIELDS: Final = _fields()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a run is made of, validated as a set.

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

    Raises
    ------
    ParameterError
        A value is not allowed, by itself or beside the others.
    """

    side: int = 50
    period: float = 5.0
    nudge: float = 0.2
    refractory: float = 1.0
    jitter: float = 0.1
    glow: float = 0.3
    speed: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        _check_integer("side", self.side, 3, 2_000, _SIDES)
        _check_integer("seed", self.seed, 0, 2**64 - 1, "a whole number from 0 to 2^64 - 1")
        for name in ("period", "nudge", "refractory", "jitter", "glow", "speed"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ParameterError(name, value, "a number")
            object.__setattr__(self, name, float(value))
        check_together(self)

    @property
    def n_fireflies(self) -> int:
        """Number of fireflies."""
        return self.side * self.side

    def replace(self, **values: Any) -> Parameters:
        """These parameters with some values changed, checked as a set.

        Raises
        ------
        ParameterError
            The set is not allowed, or there is no parameter of a name.
        """
        for name, value in values.items():
            if name not in PARAMETER_FIELDS:
                raise ParameterError(name, value, f"one of {', '.join(PARAMETER_FIELDS)}")
        return dataclasses.replace(self, **values)

    def as_dict(self) -> dict[str, Any]:
        """Values by name; speed is ``"max"`` where it is infinite, as in files."""
        values = dataclasses.asdict(self)
        if self.speed == math.inf:
            values["speed"] = "max"
        return values


def check_together(values: Parameters | SimpleNamespace) -> None:
    """Refuse numbers that are not allowed, by themselves or beside the others.

    Raises
    ------
    ParameterError
        The first of them.
    """
    period, refractory = values.period, values.refractory
    _require("period", period, 1e-3 <= period <= 3_600, ">= 0.001 s and <= 3600 s")
    _require("nudge", values.nudge, 0 <= values.nudge <= period,
             ">= 0 s and <= the period ({:g} s)", "period", period)  # fmt: skip
    _require("refractory", refractory, 0 < refractory < period,
             "> 0 s and < the period ({:g} s)", "period", period)  # fmt: skip
    _require("jitter", values.jitter, 0 <= values.jitter < refractory,
             ">= 0 s and < the refractory time ({:g} s)", "refractory", refractory)  # fmt: skip
    _require("glow", values.glow, 0 < values.glow <= 1, "> 0 and <= 1 period")
    _require("speed", values.speed, 0.05 <= values.speed <= 1_000 or values.speed == math.inf,
             "from 0.05 to 1000, or max")  # fmt: skip


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
    for name, value in parameters.as_dict().items():
        if getattr(parameters, name) != getattr(default, name):
            words.append(f"--{name} {str(value).removesuffix('.0')}")
    return " ".join(words)


def _shown(value: object) -> str:
    """A refused value as its repr, where that has an end and is no wall of digits."""
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return "a far larger number" if value > 0 else "a far smaller number"
    return repr(value)


_MOST_BITS: Final = 128

_SIDES: Final = f"a whole number from 3 to {MAX_WORKFLOW_SIDE}, or with --allow-large to 2000"


def _check_integer(name: str, value: object, low: int, high: int, allowed: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ParameterError(name, value, allowed)


def _require(
    name: str,
    value: float,
    holds: bool,
    allowed: str,
    beside: str | None = None,
    limit: float | None = None,
) -> None:
    if not holds:
        raise ParameterError(name, value, allowed.format(limit), beside)
