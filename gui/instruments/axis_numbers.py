"""Numbers beside an axis: round, as many as there is room for, and no longer than needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

_MOST_TICKS: Final = 10
_DIGITS: Final = (1.0, 2.0, 5.0, 10.0)
_TOPS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

_ROOM_BELOW: Final = 0.8
"""Share of a lower round end that may be filled before an axis takes it."""

_NARROWEST: Final = 0.04
"""Length of an axis between round ends at least, as a share of what is in its middle."""


def number_words(value: float, step: float) -> str:
    """A number with the digits that tell it from one that is a step away: ``0.248``."""
    digits = max(0, math.ceil(-math.log10(step) - 1e-9)) if step > 0.0 else 3
    words = f"{value:,.{digits}f}"
    return words.removeprefix("-") if not words.strip("-0.,") else words


def round_ends(least: float, greatest: float) -> tuple[float, float]:
    """Round numbers on either side of values above 0, seldom others while these change a little.

    What is all the same is in the middle of an axis that isn't endlessly short.
    """
    middle = (least + greatest) / 2.0
    length = max(1.25 * (greatest - least), _NARROWEST * middle)
    step = _round_step(length / 4.0)
    low = step * math.floor((middle - length / 2.0) / step)
    return max(0.0, low), step * math.ceil((middle + length / 2.0) / step)


def top_of_share(highest: float) -> float:
    """The next round share above one."""
    return next(top for top in _TOPS if top >= min(highest, 1.0))


def steady_top_of_share(highest: float, before: float) -> float:
    """As :func:`top_of_share`, but it comes down only where the next lower one is left some room.

    What goes up and down about a round share would have the axis jump all the time.
    """
    lower = max((top for top in _TOPS if top < before), default=0.0)
    return before if _ROOM_BELOW * lower < highest <= before else top_of_share(highest)


def top_of_count(highest: float) -> float:
    """The next 1, 2 or 5 times a power of ten, at least 10."""
    if highest <= 10.0:
        return 10.0
    unit = 10.0 ** math.floor(math.log10(highest))
    return next(unit * digit for digit in _DIGITS if unit * digit >= highest * (1.0 - 1e-12))


def short_number(value: float) -> str:
    """A number in a few characters: ``2.5k`` for 2,500."""
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:g}"


def even_ticks(
    begin: float, end: float, width: float, width_of: Callable[[str], float]
) -> list[tuple[float, str]]:
    """Round numbers at equal distances from `begin` to `end`, as many as there is room for.

    Parameters
    ----------
    begin, end
        Values at the ends.
    width
        Pixels from one end to the other.
    width_of
        Pixels that words take, with the gap beside them.

    Returns
    -------
    list
        Each with its words.
    """
    length = end - begin
    if not length > 0.0:
        return []
    step = _round_step(length / _MOST_TICKS)
    ticks = _ticks(begin, end, step)
    while len(ticks) > 1 and sum(width_of(words) for _, words in ticks) > width:
        step = _round_step(1.5 * step)
        ticks = _ticks(begin, end, step)
    return ticks


def _round_step(least: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    unit = 10.0 ** math.floor(math.log10(least))
    return next(unit * digit for digit in _DIGITS if unit * digit >= least * 0.999)


def _ticks(begin: float, end: float, step: float) -> list[tuple[float, str]]:
    first, last = math.ceil(begin / step - 1e-6), math.floor(end / step + 1e-6)
    return [(k * step, number_words(k * step, step)) for k in range(first, last + 1)]
