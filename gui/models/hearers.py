"""Hearers of a firefly, as they are drawn: frames, an outline, lines to those that are far."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final, TypeAlias

from experiments import Topology

Segment: TypeAlias = tuple[float, float, float, float]
"""From x, y to x, y, in cells from the upper left corner of the grid."""

MOST_FRAMED: Final = 12
"""So many near ones have a frame each; more of them have an outline around all."""

MOST_LINES: Final = 40
"""More lines from one firefly could not be told apart: then far ones have their frames alone."""


_NOTHING: Final = 1e-9
"""Of a way: less of it is an error of rounding."""


@dataclass(frozen=True, slots=True)
class Hearers:
    """Those that hear a firefly; none by default.

    Attributes
    ----------
    framed
        Ids with a frame each.
    outlined
        Ids with an outline around all of them, the firefly among them.
    lines
        To those with whom rewiring has joined it. Where the grid closes upon itself they lead
        the shorter way, if need be out at one edge and in at the other.
    """

    framed: tuple[int, ...] = ()
    outlined: tuple[int, ...] = ()
    lines: tuple[Segment, ...] = ()


NOBODY: Final = Hearers()


def hearers_of(firefly: int, topology: Topology) -> Hearers:
    """Those that hear a firefly, as they are drawn."""
    far = topology.far_neighbours(firefly)
    others = set(far)
    near = tuple(i for i in topology.neighbours(firefly) if i not in others)
    is_outlined = len(near) > MOST_FRAMED
    return Hearers(
        framed=far if is_outlined else near + far,
        outlined=(firefly, *near) if is_outlined else (),
        lines=tuple(
            line
            for i in (far if len(far) <= MOST_LINES else ())
            for line in _lines_between(firefly, i, topology)
        ),
    )


def _lines_between(begin: int, end: int, topology: Topology) -> list[Segment]:
    """From the edge of one cell to that of another."""
    side = topology.side
    (y0, x0), (y1, x1) = divmod(begin, side), divmod(end, side)
    dx, dy = x1 - x0, y1 - y0
    if topology.is_grid and topology.is_wrapped:
        dx, dy = _shorter(dx, side), _shorter(dy, side)
    edge = 0.5 / max(abs(dx), abs(dy))
    if edge >= 0.5:
        return []  # side by side
    x, y = x0 + 0.5, y0 + 0.5
    cuts = [edge, *sorted({*_crossings(x, dx, side), *_crossings(y, dy, side)}), 1.0 - edge]
    lines = []
    for first, last in itertools.pairwise(cuts):
        if last - first < _NOTHING:
            continue
        middle = (first + last) / 2
        left = side * math.floor((x + middle * dx) / side)
        top = side * math.floor((y + middle * dy) / side)
        lines.append(
            (x + first * dx - left, y + first * dy - top, x + last * dx - left, y + last * dy - top)
        )
    return lines


def _shorter(distance: int, side: int) -> int:
    """The way around a ring of so many that is at most half of it."""
    return (distance + side // 2) % side - side // 2


def _crossings(at: float, distance: int, side: int) -> list[float]:
    """Where a way along an axis leaves the grid, as a share of the way."""
    edge = side if at + distance > side else 0.0 if at + distance < 0.0 else None
    return [] if edge is None else [(edge - at) / distance]
