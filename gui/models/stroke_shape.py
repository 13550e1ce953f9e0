"""The shapes of a stroke: which fireflies lie within what was drawn from one place to another."""

from __future__ import annotations

import enum
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

CellPlace = tuple[float, float]
"""Column and row in cells from the upper left corner; beyond the edges the grid wraps around."""

_STEP: Final = 0.25
"""Cells between two places on a line of which both cells belong to it."""


class StrokeShape(enum.Enum):
    """What is drawn while the button is down."""

    FREE = "free"
    LINE = "line"
    RECTANGLE = "rectangle"
    FILL = "fill"

    @property
    def has_width(self) -> bool:
        """Whether it is as wide as the brush is."""
        return self in (StrokeShape.FREE, StrokeShape.LINE)


SHAPE_KEYS: Final = {
    StrokeShape.FREE: "D",
    StrokeShape.LINE: "I",
    StrokeShape.RECTANGLE: "E",
    StrokeShape.FILL: "K",
}

SHAPE_SENTENCES: Final = {
    StrokeShape.FREE: "Free: all that the brush goes over",
    StrokeShape.LINE: "Line: straight from where the button goes down to where it is let go",
    StrokeShape.RECTANGLE: "Rectangle: all within it, from corner to corner",
    StrokeShape.FILL: "Fill: all that are as the one that is clicked (silent, pacemakers or "
    "neither) and joined to it edge by edge, also around the edges of the grid",
}


def line_ids(begin: CellPlace, end: CellPlace, width: int, side: int) -> set[int]:
    """Ids of all within half a width of a straight line.

    Parameters
    ----------
    begin, end
        Its ends.
    width
        Cells, >= 1.
    side
        Fireflies along each edge.
    """
    (x0, y0), (x1, y1) = begin, end
    reach, length = min(width, side) / 2, math.hypot(x1 - x0, y1 - y0)
    columns = np.arange(math.floor(min(x0, x1) - reach), math.floor(max(x0, x1) + reach) + 1)
    rows = np.arange(math.floor(min(y0, y1) - reach), math.floor(max(y0, y1) + reach) + 1)
    dx, dy = columns + 0.5 - x0, (rows + 0.5 - y0)[:, None]
    share = (dx * (x1 - x0) + dy * (y1 - y0)) / max(length * length, 1e-12)
    share = np.clip(share, 0.0, 1.0)
    away = np.hypot(dx - share * (x1 - x0), dy - share * (y1 - y0))
    at_row, at_column = np.nonzero(away <= reach)
    on_line = np.linspace(0.0, 1.0, math.ceil(length / _STEP) + 1)
    return _ids(
        np.concatenate((columns[at_column], np.floor(x0 + on_line * (x1 - x0)).astype(int))),
        np.concatenate((rows[at_row], np.floor(y0 + on_line * (y1 - y0)).astype(int))),
        side,
    )


def rectangle_ids(corner: CellPlace, opposite: CellPlace, side: int) -> set[int]:
    """Ids of all within a rectangle, the cells of both corners too."""
    columns, rows = (
        np.arange(low, min(high, low + side - 1) + 1)
        for low, high in (
            sorted((math.floor(one), math.floor(other)))
            for one, other in zip(corner, opposite, strict=True)
        )
    )
    across, down = np.meshgrid(columns, rows)
    return _ids(across.ravel(), down.ravel(), side)


def filled_ids(at: CellPlace, status: NDArray[np.uint8], side: int) -> set[int]:
    """Ids of all that have the flags of the one at a place, and are joined to it edge by edge.

    Parameters
    ----------
    at
        Where it begins.
    status
        :class:`~experiments.Status` flags by id, shape ``(side**2,)``.
    side
        Fireflies along each edge.
    """
    column, row = math.floor(at[0]) % side, math.floor(at[1]) % side
    is_alike = (status == status[row * side + column]).reshape(side, side)
    region = np.zeros_like(is_alike)
    waiting = [(row, column)]
    while waiting:
        y, x = waiting.pop()
        if region[y, x]:
            continue
        run = _run_around(is_alike[y], x)
        region[y, run] = True
        for above in ((y - 1) % side, (y + 1) % side):
            ahead = is_alike[above, run] & ~region[above, run]
            begins = np.flatnonzero(ahead & ~np.concatenate(([False], ahead[:-1])))
            waiting += [(above, int(run[k])) for k in begins]
    return set(np.flatnonzero(region).tolist())


def _run_around(row: NDArray[np.bool_], x: int) -> NDArray[np.intp]:
    """Columns of the true values side by side with the one at x, around the edges too."""
    side = len(row)
    gaps = np.flatnonzero(~row)
    if not len(gaps):
        return np.arange(side)
    k = int(np.searchsorted(gaps, x))
    before = int(gaps[k - 1]) - (side if k == 0 else 0)
    after = int(gaps[k % len(gaps)]) + (side if k == len(gaps) else 0)
    return np.arange(before + 1, after) % side


def _ids(columns: NDArray[np.int_], rows: NDArray[np.int_], side: int) -> set[int]:
    return set((rows % side * side + columns % side).tolist())
