"""Times and levels of R as text, as somebody types them."""

from __future__ import annotations

import math
import re
from typing import Final

_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)")
_LONGEST_QUOTED: Final = 12


class TimeTextError(ValueError):
    """A text that is no time, or no level of R; says in a sentence what is."""


def parse_time(text: str) -> float:
    """Seconds of virtual time: ``120``, ``120.5 s``, ``2:00`` or ``1:02:03.5``.

    Raises
    ------
    TimeTextError
        It is none.
    """
    plain = text.strip().lower().removeprefix("t").strip()
    if found := _CLOCK.fullmatch(plain.replace(",", ".")):
        hours, minutes, seconds = found.groups()
        return 3_600.0 * int(hours or 0) + 60.0 * int(minutes) + float(seconds)
    t = _number(plain.removesuffix("s"))
    if not 0.0 <= t < math.inf:
        raise TimeTextError(f"A time is 120 or 2:00, in seconds from the start, {_not(text)}")
    return t


def parse_level(text: str) -> float:
    """A level that R can be above, from 0 to below 1.

    Raises
    ------
    TimeTextError
        It is none.
    """
    level = _number(text.strip().lower().removeprefix("r").strip().removeprefix(">"))
    if not 0.0 <= level < 1.0:
        raise TimeTextError(f"R can come above a number from 0 to below 1, {_not(text)}")
    return level


def _number(text: str) -> float:
    """What it says; nan for what is no number."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan


def _not(text: str) -> str:
    quoted = text.strip()
    if len(quoted) > _LONGEST_QUOTED:
        quoted = quoted[:_LONGEST_QUOTED].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    return f"not \u201c{quoted}\u201d"
