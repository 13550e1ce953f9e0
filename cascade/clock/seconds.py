"""Seconds: times as they are given to a clock."""

from __future__ import annotations

import math
from typing import Any


def is_real(value: object) -> bool:
    """Whether it is a real number, of whatever class; a bool is none."""
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    from numbers import Real  # for those alone who have others

    return isinstance(value, Real)


def as_seconds(value: object, what: str) -> float:
    """A time or a length of time in seconds, as a float.

    Raises
    ------
    TypeError
        It is not a real number.
    ValueError
        It is nan.
    """
    if not is_real(value):
        raise TypeError(f"{what} must be a number of seconds, got {value!r}")
    number: Any = value
    try:
        seconds = float(number)
    except OverflowError:  # an integer or a fraction beyond all floats
        seconds = math.inf if number > 0 else -math.inf
    if seconds != seconds:
        raise ValueError(f"{what} must be a number of seconds, got nan")
    return seconds


def as_duration(value: Any) -> float:
    """How long to sleep, in seconds, which must be finite and >= 0.

    Raises
    ------
    TypeError, ValueError
        It is no such number.
    """
    seconds: float = value if value.__class__ is float else as_seconds(value, "what sleep takes")
    if not 0 <= seconds < math.inf:
        raise ValueError(f"sleep takes a finite number of seconds >= 0, got {seconds!r}")
    return seconds
