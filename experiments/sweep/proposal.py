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
_TIMES_OF_FEWEST: Final = 10.0
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
        to four times what it is, to three digits; of others equal round steps, from about the
        scale's lower end to about twice what it is. Where it stands at the lower end itself, to the
        upper one, or of whole numbers to ten times as many.

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
        found = [float(f"{low * math.exp(ratio * k / (steps - 1)):.3g}") for k in range(steps)]
    else:
        is_whole = isinstance(field, WholeField)
        if value > low:
            high = min(high, 2.0 * value)
        elif is_whole:
            high = min(high, _TIMES_OF_FEWEST * max(low, 1.0))
        step = _round_step((high - low) / (steps - 1), is_whole=is_whole)
        first, last = (round(end / step, _DIGITS) for end in (low, high))
        found = [k * step for k in range(math.ceil(first), math.floor(last) + 1)]
    if isinstance(field, WholeField):
        return [round(each) for each in found]
    return [round(each, _DIGITS) for each in found]


def _round_step(step: float, *, is_whole: bool) -> float:
    """The least step of one digit, or of one and a half, that is no smaller; whole if need be."""
    unit = 10.0 ** math.floor(math.log10(step))
    if is_whole and unit < 1.0:
        return 1.0
    times = round(step / unit, _DIGITS)
    return (
        next(
            each
            for each in _ROUND
            if each >= times and (not is_whole or (each * unit).is_integer())
        )
        * unit
    )


def _goes_with(parameters: Parameters, name: str, value: Value) -> bool:
    try:
        parameters.replace(**{name: value})
    except ParameterError:
        return False
    return True
