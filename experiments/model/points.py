"""Tables of points: the kind of parameter that is a line through some points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from experiments.model.fields import ParameterError, ParameterField, Value, finite_number
from experiments.model.kinds import declares, read_number

Points: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(kw_only=True, eq=False)
class PointsField(ParameterField):
    """A table of points (x, y), x rising strictly from 0 to 1.

    Attributes
    ----------
    most
        How many there may be; there are at least two.
    low, high
        Bounds of y.
    """

    most: int
    low: float
    high: float

    @property
    def type_in_files(self) -> Any:
        """Pairs of numbers, to be looked into by :meth:`understood`."""
        return tuple[Any, ...]

    @property
    def placeholder(self) -> str:
        """How they are written."""
        return "X:Y,X:Y,…"

    @property
    def limits(self) -> str:
        """How many, and in which bounds."""
        return (f"2 to {self.most} points x:y, x rising from 0 to 1, "
                f"y from {self.low:g} to {self.high:g}")  # fmt: skip

    def understood(self, value: Value) -> Points:
        """Pairs of numbers within bounds."""
        if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= self.most:
            raise ParameterError(self.name, value, self.limits)
        try:
            points = tuple((finite_number(x), finite_number(y)) for x, y in value)
        except (TypeError, ValueError):
            raise ParameterError(self.name, value, self.limits) from None
        xs = [x for x, _ in points]
        is_rising = all(before < after for before, after in itertools.pairwise(xs))
        if not (
            is_rising
            and (xs[0], xs[-1]) == (0.0, 1.0)
            and all(self.low <= y <= self.high for _, y in points)
            and all(
                math.isfinite((y1 - y0) / (x1 - x0))
                for (x0, y0), (x1, y1) in itertools.pairwise(points)
            )
        ):
            raise ParameterError(self.name, value, self.limits)
        return points

    def check(self, value: Points, values: Mapping[str, Value]) -> None:
        """Refuse what is out of bounds."""
        self.understood(value)

    def in_file(self, value: Points) -> list[list[float]]:
        """Lists of two numbers."""
        return [list(point) for point in value]

    def from_file(self, value: Value) -> Points:
        """Lists of two numbers."""
        return self.understood(value)

    def parsed(self, text: str) -> Points:
        """Points written as ``0:0.1,0.5:0,1:-0.1``."""
        try:
            pairs = [tuple(map(read_number, each.split(":"))) for each in text.split(",")]
        except ValueError:
            raise ParameterError(self.name, text, self.limits) from None
        return self.understood(pairs)

    def text(self, value: Points) -> str:
        """As :meth:`parsed` reads them."""
        numbers = ([repr(each).removesuffix(".0") for each in point] for point in value)
        return ",".join(":".join(each) for each in numbers)

    def shown(self, value: Value) -> str:
        """As on a command line."""
        return ",".join(f"{x:g}:{y:g}" for x, y in value)


points: Final = declares(PointsField)
