"""Ticks of an axis of virtual time: where its labels are, and what they say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400
_LONGEST_IN_S: Final = 10 * _MINUTE_S
MOST_TICKS: Final = 9
_CLOCK_STEPS_S: Final = (
    *(1.0, 2.0, 5.0, 10.0, 20.0, 30.0),
    *(count * _MINUTE_S for count in (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)),
    *(count * _HOUR_S for count in (1.0, 2.0, 3.0, 6.0, 12.0)),
)
_ROUNDING: Final = 1e-9  # of a step


def time_ticks(
    low: float, high: float, room: float, width_of: Callable[[str], float]
) -> list[tuple[float, str]]:
    """Labels at round times: as many as there is room for, from one to nine.

    Parameters
    ----------
    low, high
        Virtual time at the ends of the axis, seconds, ``high > low``.
    room
        Length of the axis, in the unit of `width_of`.
    width_of
        Gives the width of a label, with the gap to the next.

    Returns
    -------
    list
        Times in seconds, ascending, and their labels. Empty if no room is wide enough for one.
    """
    finer: list[tuple[float, str]] = []
    for step in _steps():
        if (high - low) / step > 4 * MOST_TICKS:
            continue
        ticks = _labelled(low, high, step)
        if len(ticks) > MOST_TICKS:
            continue
        widest = max((width_of(label) for _, label in ticks), default=0.0)
        if ticks and len(ticks) * widest <= room:
            return ticks
        if not ticks or len(ticks) == 1:
            break
        finer = ticks
    # Not even one at a rounder time: one of those that were too many.
    middle = finer[len(finer) // 2 : len(finer) // 2 + 1]
    return [tick for tick in middle if width_of(tick[1]) <= room]


def _steps() -> Iterator[float]:
    """Round steps, ever longer: 1, 2 or 5 of a unit, and those of clocks."""
    for exponent in range(-3, 0):
        yield from (digit * 10.0**exponent for digit in (1, 2, 5))
    yield from _CLOCK_STEPS_S
    for exponent in range(12):
        yield from (digit * 10.0**exponent * _DAY_S for digit in (1, 2, 5))


def _labelled(low: float, high: float, step: float) -> list[tuple[float, str]]:
    first = math.ceil(low / step - _ROUNDING)
    last = math.floor(high / step + _ROUNDING)
    times = [k * step for k in range(first, last + 1)]
    return [(t, time_words(t, step, times[-1])) for t in times]


def time_words(t: float, spacing: float, longest: float) -> str:
    """A time on an axis: ``20 ms``, ``40 s``, ``5 min``, ``9:10 h``, ``3 d``.

    Parameters
    ----------
    t
        Virtual time, seconds.
    spacing
        Seconds between two labels.
    longest
        The latest time on the axis, seconds: it chooses the unit.
    """
    if t == 0.0:
        return "0"
    decimals = max(0, math.ceil(-math.log10(spacing) - _ROUNDING))
    if longest < 1.0:
        return f"{t * 1e3:.{max(0, decimals - 3)}f} ms"
    if longest < _LONGEST_IN_S and (spacing % _MINUTE_S or longest < _MINUTE_S):
        return f"{t:.{decimals}f} s"
    second = round(t, decimals)
    minutes, second = divmod(second, _MINUTE_S)
    second = round(second, decimals)
    seconds = f"{second:0{decimals + 3 if decimals else 2}.{decimals}f}"
    if longest < _HOUR_S:
        if spacing % _MINUTE_S == 0:
            return f"{minutes:.0f} min"
        return f"{minutes:.0f}:{seconds} min"
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if longest >= _DAY_S and spacing % _DAY_S == 0:
        return f"{days:,.0f} d"
    if longest < _DAY_S:
        if spacing % _HOUR_S == 0:
            return f"{hours:.0f} h"
        words = f"{hours:.0f}:{minute:02.0f}"
        return f"{words} h" if spacing % _MINUTE_S == 0 else f"{words}:{seconds} h"
    words = f"{hour:.0f}:{minute:02.0f}"
    if spacing % _MINUTE_S:
        words = f"{words}:{seconds}"
    return f"{days:,.0f} d {words}"


def unit_of(labels: Sequence[str]) -> str:
    """The unit of such labels, for the title of their axis: ``min``, ``h:min``."""
    if not labels:
        return "s"
    first, _, unit = labels[-1].partition(" ")
    if " " in unit:
        return f"{unit.split(' ')[0]} h:min" + (":s" if unit.count(":") > 1 else "")
    smaller = {"min": ":s", "h": ":min"}.get(unit, "")
    return unit + smaller * (":" in first) + ":s" * (first.count(":") > 1)


def exact_time_words(t: float) -> str:
    """A time that is read out: to a hundredth of a second, ``12.34 s``, ``2:05.00 min``."""
    return time_words(round(t, 2), 0.01, max(t, 1.0)) if t >= 0.005 else "0.00 s"


def part_words(begin: float, end: float) -> str:
    """Which part of a run shows, in a few words: ``12.0 s to 40.0 s``."""
    spacing = 0.1 if end - begin < _MINUTE_S else 1.0
    first, last = (time_words(max(0.0, round(t, 1)), spacing, end) for t in (begin, end))
    number, _, unit = first.partition(" ")
    same = last.endswith(f" {unit}") if unit else False
    return f"{number if same else first} to {last}"
