"""The proposal of an axis: a range and steps, from what a parameter is and what it is now."""

from __future__ import annotations

import math
from typing import Final

from experiments.model.fields import ParameterError, Value
from experiments.model.kinds import ChoiceField, RangedField, WholeField
from experiments.model.parameters import Parameters
from experiments.sweep.axis import PlanError, SweptAxis, swept_field

STEPS: Final = 11

_TIMES: Final = 4.0
_DIGITS: Final = 6
_ROUND: Final = (1.0, 1.5, 2.0, 2.5, *map(float, range(3, 11)))


def proposed_axis(name: str, parameters: Parameters, steps: int = STEPS) -> SweptAxis:
    """An axis worth a look, around what is in force.

    Parameters
    ----------
    name
        Of the parameter.
    parameters
        Those in force.
    steps
        Values at most, >= 2. What doesn't go with the other parameters is left out.

    Returns
    -------
    SweptAxis
        Of a choice all its words. Of a number on a logarithmic scale equal ratios, from a quarter
        to four times what it is; of others equal round steps, from the scale's lower end to about
        twice what it is, or to the upper end where it stands at the lower one.

    Raises
    ------
    PlanError
        No sweep can be over it, or there is only one value.
    """
    field = swept_field(name)
    if isinstance(field, ChoiceField):
        wanted: list[Value] = list(field.options)
    else:
        assert isinstance(field, RangedField)
        assert field.scale is not None
        value = float(getattr(parameters, name))
        wanted = _numbers(field, value, max(2, steps))
    values = [each for each in wanted if _goes_with(parameters, name, each)]
    if len(values) < 2:
        raise PlanError(f"over {name}: only one value goes with the other parameters")
    return SweptAxis(name, tuple(dict.fromkeys(values)))


def _numbers(field: RangedField, value: float, steps: int) -> list[Value]:
    scale = field.scale
    assert scale is not None
    low, high = scale.minimum, scale.maximum
    if scale.bend == "log":
        low, high = max(low, value / _TIMES), min(high, value * _TIMES)
        ratio = math.log(high / low) if high > low else 0.0
        found = [low * math.exp(ratio * k / (steps - 1)) for k in range(steps)]
    else:
        high = min(high, 2.0 * value) if value > low else high
        if isinstance(field, WholeField):
            found = [low + (high - low) * k / (steps - 1) for k in range(steps)]
        else:
            step = _round_step((high - low) / (steps - 1))
            first, last = (round(end / step, _DIGITS) for end in (low, high))
            found = [k * step for k in range(math.ceil(first), math.floor(last) + 1)]
    if isinstance(field, WholeField):
        return [round(each) for each in found]
    return [round(each, _DIGITS) for each in found]


def _round_step(step: float) -> float:
    """The least step of one digit, or of one and a half, that is no smaller."""
    unit = 10.0 ** math.floor(math.log10(step))
    times = round(step / unit, _DIGITS)
    return next(each for each in _ROUND if each >= times) * unit


def _goes_with(parameters: Parameters, name: str, value: Value) -> bool:
    try:
        parameters.replace(**{name: value})
    except ParameterError:
        return False
    return True
