"""The part of an axis that shows: all of it, or less that is looked at more closely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class AxisPart:
    """From where to where, as shares of the whole axis in [0, 1].

    Attributes
    ----------
    begin, end
        Its ends.
    """

    begin: float = 0.0
    end: float = 1.0

    @property
    def length(self) -> float:
        """Share of the whole that shows."""
        return self.end - self.begin

    @property
    def is_whole(self) -> bool:
        """Whether all shows."""
        return self.begin <= 0.0 and self.end >= 1.0

    def at(self, share: float) -> float:
        """Which share of the whole lies at a share of what shows."""
        return self.begin + share * self.length

    def share_of(self, place: float) -> float:
        """Where a share of the whole lies, as a share of what shows; outside of [0, 1] if it
        doesn't show."""
        return (place - self.begin) / self.length

    def zoomed(self, factor: float, about: float, least: float) -> AxisPart:
        """Less of it, for a factor above 1, about a share of the whole that stays put.

        At least the share `least` of the whole shows.
        """
        length = min(1.0, max(least, self.length / factor))
        return _kept_in(about - self.share_of(about) * length, length)

    def moved(self, share: float) -> AxisPart:
        """Moved by a share of what shows, as far as there is anything."""
        return _kept_in(self.begin + share * self.length, self.length)

    def of(self, n: int) -> tuple[int, int]:
        """Of `n` things in a row, which lie in it: the first, and the one after the last."""
        first = min(max(math.floor(self.begin * n + _ROUNDING), 0), n - 1)
        return first, min(max(math.ceil(self.end * n - _ROUNDING), first + 1), n)


WHOLE_AXIS: Final = AxisPart()
"""All of an axis."""

_ROUNDING: Final = 1e-6  # of one of n things


def _kept_in(begin: float, length: float) -> AxisPart:
    if length >= 1.0:
        return WHOLE_AXIS
    begin = min(max(begin, 0.0), 1.0 - length)
    return AxisPart(begin, begin + length)
