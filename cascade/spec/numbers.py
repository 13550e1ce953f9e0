"""Numbers that are arguments: what is allowed, and what is said of others."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cascade.clock.seconds import is_real


def check_number(
    value: object, what: str, allowed: str, is_allowed: Callable[[float], bool]
) -> float:
    """`value`, if it is a finite number and allowed.

    Parameters
    ----------
    value
        What was given.
    what, allowed
        What it is, and what it may be, for people.
    is_allowed
        Whether a finite number is.

    Raises
    ------
    TypeError
        It is no number.
    ValueError
        It is not allowed.
    """
    if not is_real(value):
        raise TypeError(f"{what} must be {allowed}, got {value!r}")
    given: Any = value
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or not is_allowed(number):
        raise ValueError(f"{what} must be {allowed}, got {value!r}")
    return number
