"""Values of parameters as text: how they are written in the window, read, and refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

from experiments import (
    PARAMETER_FIELDS,
    Bound,
    Limit,
    NumberField,
    ParameterError,
    ParameterField,
    Parameters,
    PointsField,
    RangedField,
    Value,
    WholeField,
)

_MOST_WRITTEN: Final = 3
"""Points that are written out; of more there is only said how many they are."""

_THOUSANDS: Final = re.compile(r"^[1-9]\d{0,2}(,\d{3})+(?!\d)")
_WHOLE: Final = re.compile(r"-?\d{1,20}")


def number_text(value: float, decimals: int) -> str:
    """A number with at least so many decimals, and no more than it needs; thousands set off."""
    if math.isinf(value):
        return "max"
    needed = f"{value:.6g}"
    if "e" in needed:
        return needed
    digits = len(needed.partition(".")[2])
    return f"{value:,.{max(decimals, digits)}f}"


def value_text(name: str, value: Value) -> str:
    """A parameter's value with its unit, as shown beside its slider."""
    field = PARAMETER_FIELDS[name]
    if isinstance(field, PointsField) and len(value) > _MOST_WRITTEN:
        return str(len(value))
    if not isinstance(field, RangedField):
        return field.shown(value)
    if isinstance(field, WholeField) and field.scale is None:  # a name, such as the seed
        return field.unit.after(str(value))
    number = number_text(value, 0 if field.scale is None else field.scale.decimals)
    return number if math.isinf(value) else field.unit.after(number)


def change_words(values: Mapping[str, Value]) -> dict[str, str]:
    """What to write of new values where a run changed, by name: what shapes the run, in words.

    Constants that were made of others say nothing beside these, nor points beside the response
    that they are of.
    """
    return {
        name: redrawn or f"{name} {value_text(name, values[name])}"
        for name, redrawn in _told(values)
        if PARAMETER_FIELDS[name].shapes_run
    }


def again_words(values: Mapping[str, Value]) -> str:
    """What to say of values that are in force again."""
    return ", ".join(
        redrawn or f"{PARAMETER_FIELDS[name].label} {value_text(name, values[name])} again"
        for name, redrawn in _told(values)
    )


def _told(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Which of some new values are worth a word, and what was redrawn if it was a curve."""
    for name in values:
        field = PARAMETER_FIELDS[name]
        if not isinstance(field, PointsField):
            if field.is_offered:
                yield name, ""
        elif not field.only_for:
            yield name, f"{name} redrawn"
        elif field.only_for[0] not in values:
            yield name, f"{field.only_for[0]} redrawn"


def parse_value(name: str, text: str) -> Value:
    """What somebody typed for a parameter, with or without its unit.

    A comma before exactly three digits, as in ``1,000``, separates thousands; any
    other is a decimal point, and so is that of ``0,125``.

    Raises
    ------
    ParameterError
        It isn't a number, or nothing that the parameter could be.
    """
    field = PARAMETER_FIELDS[name]
    plain = text.strip().lower()
    if not isinstance(field, RangedField):
        return field.parsed(plain)
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), plain).replace(",", ".")
    has_max = isinstance(field, NumberField) and bool(field.max_means)
    if has_max and plain == "max":
        return math.inf
    if isinstance(field, WholeField) and _WHOLE.fullmatch(plain):  # more digits than a float has
        return int(plain)
    try:
        value = float(plain.removesuffix(field.unit.symbol).strip())
    except ValueError:
        allowed = "a number or max" if has_max else "a number"
        raise ParameterError(name, text.strip(), allowed) from None
    if isinstance(field, WholeField) and value.is_integer():
        return int(value)
    return value


def refusal_text(name: str, value: Value, refused: ParameterError, in_force: Parameters) -> str:
    """Why a value was refused, in the words of the window.

    Parameters
    ----------
    name
        Parameter whose control was used.
    value
        What was asked for.
    refused
        The error; it may be about another parameter that the value doesn't go with.
    in_force
        The values that stay.
    """
    field, other = PARAMETER_FIELDS[name], PARAMETER_FIELDS[refused.name]
    if isinstance(refused.value, str):
        got = refused.value
        if len(got) > _LONGEST_QUOTED:
            got = got[:_LONGEST_QUOTED].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        return f"{field.label} takes {refused.allowed}, not \u201c{got}\u201d"
    if not isinstance(field, RangedField):
        return f"{field.label} takes {refused.allowed}"
    if other is field and refused.beside is not None and refused.beside not in field.others:
        words = f"does not go with {_by_name(refused.beside, in_force)}"
    elif other is field:
        words = _kept_to(field, in_force)
    elif isinstance(other, RangedField):
        beyond = _beyond(other, name, {**in_force.values(), name: value})
        words = f"{beyond} {_by_name(other.name, in_force)}"
    else:
        words = f"does not go with {_by_name(other.name, in_force)}"
    return f"{field.label} {words}, not {_asked_text(field, value)}"


def _kept_to(field: RangedField, in_force: Parameters) -> str:
    """What a parameter keeps to."""
    if isinstance(field, WholeField) and field.scale is not None and not field.others:
        return f"is a whole number from {field.scale.minimum:g} to {field.scale.maximum:g}"
    if isinstance(field, WholeField) and not field.others:
        low, high = (field.shown(bound.value({})) for bound in (field.low, field.high))
        return f"is a whole number from {low} to {high}"
    low, high = (_limit_text(field, bound, in_force) for bound in (field.low, field.high))
    if field.high.leaves_zero(in_force.values()):
        noun = PARAMETER_FIELDS[field.high.others[0]].noun
        return f"is 0 where the {noun} is under {field.shown(field.high.zero_under or 0.0)}"
    if field.unit.is_word:
        low = low.removesuffix(f" {field.unit.symbol}")
    if field.low.is_open:
        words = f"stays above {low}" + (f" and below {high}" if field.high.is_open
                                        else f", up to {high}")  # fmt: skip
    elif field.high.is_open:
        words = f"stays from {low} to below {high}"
    else:
        words = f"stays between {low} and {high}"
    has_max = isinstance(field, NumberField) and bool(field.max_means)
    return f"{words}, or is max" if has_max else words


def _beyond(limited: RangedField, name: str, values: Mapping[str, Value]) -> str:
    """How a parameter has to stand to one that it limits."""
    if limited.high.leaves_zero(values):
        return "does not go with"
    if name in limited.high.others:
        if name != limited.high.others[0]:
            return "does not go with"
        return "stays above" if limited.high.is_open else "stays at or above"
    return "stays below" if limited.low.is_open else "stays at or below"


def _limit_text(field: ParameterField, bound: Bound, in_force: Parameters) -> str:
    if isinstance(bound.limit, str):
        return _by_name(bound.limit, in_force)
    if isinstance(bound.limit, Limit):
        values, first = in_force.values(), bound.others[0]
        limit = bound.value(values)
        is_first = limit == values[first]
        noun = PARAMETER_FIELDS[first].noun if is_first else bound.limit.noun
        return f"the {noun} ({value_text(first, limit)})"
    return field.unit.after(f"{bound.limit:,g}")


def _by_name(name: str, in_force: Parameters) -> str:
    """A parameter with the value that it has."""
    return f"the {PARAMETER_FIELDS[name].noun} ({value_text(name, getattr(in_force, name))})"


def _asked_text(field: ParameterField, value: float) -> str:
    """A value as somebody may have typed it, with its unit."""
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    return field.unit.after(number) if math.isfinite(value) and not field.unit.is_word else number


_LONGEST_QUOTED: Final = 12
