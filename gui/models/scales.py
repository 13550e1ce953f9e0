"""How values lie along their sliders, and how they are written and read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from experiments import PARAMETER_FIELDS, ParameterError, Parameters

_MAX_ZONE: Final = 0.95  # of the track; beyond it lies "as fast as possible"
_DETENT_REACH: Final = 0.012
_THOUSANDS: Final = re.compile(r"^[1-9]\d{0,2}(,\d{3})+(?!\d)")


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


SCALES: Final[Mapping[str, Scale]] = MappingProxyType(
    {
        "period": Scale(0.2, 60.0, 1, "log", detents=(1.0, 5.0, 10.0)),
        "nudge": Scale(0.0, 2.0, 2, "square"),
        "refractory": Scale(0.01, 10.0, 2, "square"),
        "jitter": Scale(0.0, 2.0, 2, "square"),
        "glow": Scale(0.02, 1.0, 2, "even"),
        "side": Scale(3, 300, 0, "square"),
        "speed": Scale(
            0.05, 50.0, 1, "log", (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0), ends_in_max=True
        ),
    }
)


def number_text(value: float, decimals: int) -> str:
    """A number with at least so many decimals, and no more than it needs; thousands set off."""
    if math.isinf(value):
        return "max"
    needed = f"{value:.6g}"
    if "e" in needed:
        return needed
    digits = len(needed.partition(".")[2])
    return f"{value:,.{max(decimals, digits)}f}"


def value_text(name: str, value: float) -> str:
    """A parameter's value with its unit, as shown beside its slider."""
    number = number_text(value, SCALES[name].decimals)
    unit = PARAMETER_FIELDS[name].unit
    if math.isinf(value) or not unit:
        return number
    return f"{number}x" if unit == "x" else f"{number} {unit}"


def parse_value(name: str, text: str) -> float | int:
    """What somebody typed for a parameter, with or without its unit.

    A comma before exactly three digits, as in ``1,000``, separates thousands; any
    other is a decimal point, and so is that of ``0,125``.

    Raises
    ------
    ParameterError
        It isn't a number.
    """
    field = PARAMETER_FIELDS[name]
    plain = text.strip().lower()
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), plain).replace(",", ".")
    if name == "speed" and plain == "max":
        return math.inf
    if field.unit:
        plain = plain.removesuffix(field.unit).strip()
    try:
        value = float(plain)
    except ValueError:
        allowed = "a number or max" if name == "speed" else "a number"
        raise ParameterError(name, text.strip(), allowed) from None
    if isinstance(field.default, int) and value.is_integer():
        return int(value)
    return value


def refusal_text(name: str, value: float, refused: ParameterError, in_force: Parameters) -> str:
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
    label = PARAMETER_FIELDS[name].label
    if isinstance(refused.value, str):
        got = refused.value
        if len(got) > _LONGEST_QUOTED:
            got = got[:_LONGEST_QUOTED].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        return f"{label} takes {refused.allowed}, not \u201c{got}\u201d"
    if refused.name == name:
        words, beside = _LIMITS[name]
    else:
        words, beside = _LIMITS_OF_OTHERS[refused.name], refused.name
    if beside is not None:
        other = "refractory time" if beside == "refractory" else beside
        words += f" the {other} ({value_text(beside, getattr(in_force, beside))})"
    return f"{label} {words}, not {_asked_text(name, value)}"


def _asked_text(name: str, value: float) -> str:
    """A value as somebody may have typed it, with its unit."""
    number = f"{value:,.10g}"
    if not math.isfinite(value):
        return number
    return number + {"s": " s", "x": "x"}.get(PARAMETER_FIELDS[name].unit, "")


_LONGEST_QUOTED: Final = 12

_LIMITS: Final[Mapping[str, tuple[str, str | None]]] = MappingProxyType(
    {
        "period": ("stays between 0.001 s and 3,600 s", None),
        "nudge": ("stays between 0 s and", "period"),
        "refractory": ("stays above 0 s and below", "period"),
        "jitter": ("stays from 0 s to below", "refractory"),
        "glow": ("stays above 0, up to 1 period", None),
        "side": (
            f"is a whole number from {SCALES['side'].minimum:g} to {SCALES['side'].maximum:g}",
            None,
        ),
        "speed": ("stays between 0.05x and 1,000x, or is max", None),
    }
)
"""What a parameter keeps to, by its name, and the other one that sets the limit."""

_LIMITS_OF_OTHERS: Final = MappingProxyType(
    {"nudge": "stays at or above", "refractory": "stays above", "jitter": "stays above"}
)
"""What a parameter keeps to because of another, by the name of the other."""
