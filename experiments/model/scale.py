"""The scale of a slider: how the values of a parameter lie along its track."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

_MAX_ZONE: Final = 0.95  # of the track; beyond it lies "as fast as possible"
_DETENT_REACH: Final = 0.012


@dataclass(frozen=True, slots=True)
class Scale:
    """A slider's track from 0 to 1 and the values along it.

    Attributes
    ----------
    minimum, maximum
        Values at the ends; what is typed may lie beyond.
    decimals
        Digits after the point that are always shown.
    bend
        ``"log"``: equal steps are equal ratios, rounded to two digits;
        ``"square"``: finer near the minimum; ``"even"``.
    detents
        Values that hold the handle a little.
    ends_in_max
        Whether the end of the track means infinity.
    """

    minimum: float
    maximum: float
    decimals: int
    bend: Literal["log", "square", "even"]
    detents: tuple[float, ...] = ()
    ends_in_max: bool = False

    def position(self, value: float) -> float:
        """Place of a value on the track, in [0, 1]."""
        if math.isinf(value):
            return 1.0
        low, high = self.minimum, self.maximum
        inside = min(max(value, low), high)
        if self.bend == "log":
            share = math.log(inside / low) / math.log(high / low)
        else:
            share = (inside - low) / (high - low)
            share = math.sqrt(share) if self.bend == "square" else share
        return share * self._reach

    def value(self, position: float) -> float:
        """Value at a place on the track, rounded to a sensible number of digits."""
        if self.ends_in_max and position > _MAX_ZONE:
            return math.inf
        share = min(max(position / self._reach, 0.0), 1.0)
        for detent in self.detents:
            if abs(self.position(detent) - position) <= _DETENT_REACH:
                return detent
        if self.bend == "log":
            raw = self.minimum * (self.maximum / self.minimum) ** share
        else:
            share = share**2 if self.bend == "square" else share
            raw = self.minimum + share * (self.maximum - self.minimum)
        return self._rounded(raw)

    def neighbour(self, value: float, steps: int) -> float:
        """The value so many steps on: what the arrow keys do."""
        if math.isinf(value):
            return value if steps > 0 else self.maximum
        if self.ends_in_max and steps > 0 and value >= self.maximum:
            return math.inf
        moved = value
        for _ in range(abs(steps)):
            below = moved * (1.0 - 1e-9) if steps < 0 else moved
            moved += math.copysign(self._step_at(below), steps)
        return min(max(self._rounded(moved), self.minimum), self.maximum)

    @property
    def _reach(self) -> float:
        return _MAX_ZONE if self.ends_in_max else 1.0

    def _step_at(self, value: float) -> float:
        if self.bend != "log":
            return float(10.0**-self.decimals)
        return float(10.0 ** (math.floor(math.log10(value) + 1e-12) - 1))

    def _rounded(self, value: float) -> float:
        step = self._step_at(value)
        return round(round(value / step) * step, 10)
