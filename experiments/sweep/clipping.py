"""The parts of lines and polygons between two heights, for files whose readers can't clip."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

Spot = tuple[float, float]
"""A place: x and y."""


def line_between(line: Sequence[Spot], low: float, high: float) -> list[list[Spot]]:
    """The pieces of a line whose y is from `low` to `high`."""
    pieces: list[list[Spot]] = [[]]
    for one, other in itertools.pairwise(line):
        begin, end = _inner_shares(one[1], other[1], low, high)
        if begin >= end:  # it is outside, or touches an edge
            continue
        first, last = _spot_at(one, other, begin), _spot_at(one, other, end)
        if not pieces[-1] or pieces[-1][-1] != first:
            pieces.append([first])
        pieces[-1].append(last)
    if len(line) == 1 and low <= line[0][1] <= high:
        pieces.append(list(line))
    return [piece for piece in pieces if piece]


def polygon_between(polygon: Sequence[Spot], low: float, high: float) -> list[Spot]:
    """A polygon cut off below `low` and above `high` (Sutherland and Hodgman, CACM 17, 32, 1974).

    What is left of it in several parts is joined along the edge at which it was cut.
    """
    above = _cut(list(polygon), lambda y: y - low)
    return _cut(above, lambda y: high - y)


def _cut(polygon: list[Spot], inner: Callable[[float], float]) -> list[Spot]:
    """The part at whose heights a function, which is linear, isn't negative."""
    found: list[Spot] = []
    for one, other in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        was, will = inner(one[1]), inner(other[1])
        if was >= 0.0:
            found.append(one)
        if (was < 0.0) != (will < 0.0):
            found.append(_spot_at(one, other, was / (was - will)))
    return found


def _inner_shares(y: float, next_y: float, low: float, high: float) -> tuple[float, float]:
    """From which share of a step to which its y is from `low` to `high`; none if they fall."""
    if y == next_y:
        return (0.0, 1.0) if low <= y <= high else (1.0, 0.0)
    ends = sorted(((low - y) / (next_y - y), (high - y) / (next_y - y)))
    return max(0.0, ends[0]), min(1.0, ends[1])


def _spot_at(one: Spot, other: Spot, share: float) -> Spot:
    if share in (0.0, 1.0):
        return other if share else one
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share
