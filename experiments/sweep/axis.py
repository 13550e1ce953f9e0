"""An axis of a sweep: one parameter, and the values that it takes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from experiments.files.strange_file import one_line
from experiments.model.fields import ParameterError, ParameterField, Value
from experiments.model.kinds import ChoiceField, RangedField, WholeField, read_number
from experiments.model.parameters import PARAMETER_FIELDS

MOST_STEPS: Final = 100_000
"""Values along one axis."""

_SCALES: Final = ("even", "log")


class PlanError(ValueError):
    """A plan makes no sense; says which part of it and why, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


@dataclass(frozen=True, slots=True)
class SweptAxis:
    """A parameter and its values, in order.

    Attributes
    ----------
    name
        Of the parameter.
    values
        At least one, each once.

    Raises
    ------
    PlanError
        It is no parameter that a sweep can be over, or a value is not allowed whatever the
        others are.
    """

    name: str
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        field = swept_field(self.name)
        if not 1 <= len(self.values) <= MOST_STEPS:
            raise PlanError(
                f"over {self.name} must have 1 to {MOST_STEPS:,} values, got {len(self.values):,}"
            )
        try:
            understood = tuple(field.understood(each) for each in self.values)
        except ParameterError as error:
            raise PlanError(f"over {error}") from error
        for each in understood:
            if isinstance(field, RangedField) and field.is_beyond(each):
                limits = f"{field.limits[:1].lower()}{field.limits[1:]}"
                raise PlanError(f"over {self.name} must be {limits}, got {field.text(each)}")
        object.__setattr__(self, "values", understood)
        if len(set(understood)) < len(understood):
            twice = next(each for n, each in enumerate(understood) if each in understood[:n])
            raise PlanError(f"over {self.name} must have each value once, got {twice!r} twice")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return isinstance(swept_field(self.name), RangedField)

    @property
    def is_rising(self) -> bool:
        """Whether each value is greater than the one before."""
        return all(one < other for one, other in itertools.pairwise(self.values))

    @property
    def label(self) -> str:
        """What it is called beside a picture, with its unit: ``Nudge (s)``."""
        field = swept_field(self.name)
        return f"{field.label} ({field.unit.symbol})" if field.unit.symbol else field.label

    def text(self) -> str:
        """Its values as :func:`axis_of_text` reads them."""
        field = swept_field(self.name)
        return f"{self.name}={','.join(field.text(each) for each in self.values)}"


def swept_field(name: str) -> ParameterField:
    """The declaration of a parameter that a sweep can be over.

    Raises
    ------
    PlanError
        There is none of that name, or it is one that no sweep can be over.
    """
    allowed = [each for each, field in PARAMETER_FIELDS.items() if _can_be_swept(field)]
    if name in allowed:
        return PARAMETER_FIELDS[name]
    why = ""
    if name == "seed":
        why = "; seeds are drawn, and --seeds says how many for each cell"
    elif name in PARAMETER_FIELDS and not PARAMETER_FIELDS[name].shapes_run:
        why = f"; {name} changes {PARAMETER_FIELDS[name].effect.value}"
    raise PlanError(f"over must name one of {', '.join(allowed)}, got '{name}'{why}")


def _can_be_swept(field: ParameterField) -> bool:
    is_one_value = isinstance(field, (RangedField, ChoiceField))
    return field.shapes_run and field.name != "seed" and is_one_value


def axis_of_text(text: str) -> SweptAxis:
    """An axis as it is typed.

    Parameters
    ----------
    text
        ``nudge=0:0.5:21`` for 21 values from 0 to 0.5, ends included; ``b=0.1:10:9:log`` for
        equal ratios; ``side=5,10,20`` for these.

    Raises
    ------
    PlanError
        It can't be read, or is not allowed.
    """
    name, equals, said = text.partition("=")
    if not equals:
        raise PlanError(f"over must be NAME=LOW:HIGH:STEPS or NAME=VALUE,VALUE, got '{text}'")
    field = swept_field(name)
    if ":" in said:
        parts = said.split(":")
        if len(parts) not in (3, 4):
            raise PlanError(f"over {name} must be LOW:HIGH:STEPS or LOW:HIGH:STEPS:log, "
                            f"got '{said}'")  # fmt: skip
        return SweptAxis(name, _steps(field, parts[0], parts[1], parts[2], *parts[3:]))
    try:
        return SweptAxis(name, tuple(field.parsed(each) for each in said.split(",")))
    except ParameterError as error:
        raise PlanError(f"over {error}") from error


def axis_of_file(name: str, said: Any) -> SweptAxis:
    """An axis as a plan's file has it.

    Parameters
    ----------
    name
        Of the parameter.
    said
        ``"0:0.5:21"``, a list of values, or a table with ``from``, ``to``, ``steps``, and
        perhaps ``scale``.

    Raises
    ------
    PlanError
        It is none of these, or is not allowed.
    """
    if isinstance(said, str):
        return axis_of_text(f"{name}={said}")
    if isinstance(said, Sequence):
        field = swept_field(name)
        try:
            return SweptAxis(name, tuple(field.from_file(each) for each in said))
        except ParameterError as error:
            raise PlanError(f"over {error}") from error
    if isinstance(said, Mapping):
        known = {"from", "to", "steps", "scale"}
        if not known - {"scale"} <= said.keys() <= known:
            got = ", ".join(map(str, said))
            raise PlanError(f"over {name} must have from, to, steps and perhaps scale, got {got}")
        low, high, steps = (str(said[each]) for each in ("from", "to", "steps"))
        scale = str(said.get("scale", _SCALES[0]))
        return SweptAxis(name, _steps(swept_field(name), low, high, steps, scale))
    raise PlanError(f"over {name} must be '0:1:11', a list or a table, got {said!r}")


def _steps(
    field: ParameterField, low: str, high: str, steps: str, scale: str = "even"
) -> tuple[Value, ...]:
    """Values from one end to the other, each the double nearest to the exact one."""
    name = field.name
    if not isinstance(field, RangedField):
        raise PlanError(f"over {name} must be words of it, got '{low}:{high}:{steps}'")
    if scale not in _SCALES:
        raise PlanError(f"over {name}: scale must be even or log, got '{scale}'")
    if not (steps.isascii() and steps.isdigit() and 2 <= int(steps[:9]) <= MOST_STEPS):
        raise PlanError(f"over {name}: steps must be a whole number from 2 to {MOST_STEPS:,}, "
                        f"got '{steps}'")  # fmt: skip
    n = int(steps)
    ends = _exact(name, low), _exact(name, high)
    if ends[0] >= ends[1]:
        raise PlanError(f"over {name} must rise, got {low} to {high}")
    if scale == "log":
        return _in_equal_ratios(field, ends, n)
    exact = [ends[0] + (ends[1] - ends[0]) * k / (n - 1) for k in range(n)]
    if not isinstance(field, WholeField):
        return tuple(float(each) for each in exact)
    if any(each.denominator != 1 for each in exact):
        raise PlanError(f"over {name}: {n} steps from {low} to {high} are not whole numbers")
    return tuple(int(each) for each in exact)


def _in_equal_ratios(
    field: ParameterField, ends: tuple[Fraction, Fraction], n: int
) -> tuple[Value, ...]:
    low, high = map(float, ends)
    if low <= 0:
        raise PlanError(f"over {field.name}: a log scale must begin above 0, got {low:g}")
    ratio = math.log(high / low)
    inner = (low * math.exp(ratio * k / (n - 1)) for k in range(1, n - 1))
    values = (low, *inner, high)
    if not isinstance(field, WholeField):
        return values
    return tuple(dict.fromkeys(round(each) for each in values))


def _exact(name: str, text: str) -> Fraction:
    try:
        value = read_number(text)
        if not math.isfinite(value):
            raise ValueError("a finite number")
        return Fraction(text)
    except ValueError:
        raise PlanError(f"over {name}: ends must be finite numbers, got '{text}'") from None
