"""The cursor on the grid: which firefly a key leads to."""

from __future__ import annotations

import enum

FAR = 10
"""Fireflies that a long step leads on."""


class Move(enum.Enum):
    """Where a key leads: columns and rows to go on, around the edge as the grid wraps."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)
    FAR_LEFT = (-FAR, 0)
    FAR_RIGHT = (FAR, 0)
    FAR_UP = (0, -FAR)
    FAR_DOWN = (0, FAR)


class GridEdge(enum.Enum):
    """An edge or a corner to go to."""

    ROW_BEGIN = "row begin"
    ROW_END = "row end"
    FIRST = "first"
    LAST = "last"


def moved_cell(cell: tuple[int, int], way: Move | GridEdge, side: int) -> tuple[int, int]:
    """Column and row that a key leads to; beyond the grid where it goes around an edge.

    Parameters
    ----------
    cell
        Column and row, each from 0 to ``side - 1``.
    way
        Where to.
    side
        Fireflies along each edge.
    """
    column, row = cell
    if isinstance(way, Move):
        return column + way.value[0], row + way.value[1]
    return {
        GridEdge.ROW_BEGIN: (0, row),
        GridEdge.ROW_END: (side - 1, row),
        GridEdge.FIRST: (0, 0),
        GridEdge.LAST: (side - 1, side - 1),
    }[way]
