"""The points of a response that is drawn by hand: moved, added and removed within what is allowed.

The first stays at phase 0, the last at 1, and between two there is always a least distance.
"""

from __future__ import annotations

from typing import Final

from experiments import PARAMETER_FIELDS, Points, PointsField

LEAST_GAP: Final = 1e-3
"""Phase between two points that hands have put there."""

DECIMALS: Final = 4
"""Of phases and shifts that hands have put there."""

_FIELD = PARAMETER_FIELDS["points"]
assert isinstance(_FIELD, PointsField)
MOST: Final = _FIELD.most
"""How many points there may be."""
FEWEST: Final = 2
LOWEST, HIGHEST = _FIELD.low, _FIELD.high
"""Bounds of a shift, periods."""


def moved(points: Points, k: int, phase: float, shift: float) -> Points:
    """Point k as near as it may come to a phase and a shift."""
    is_end = k in (0, len(points) - 1)
    x = points[k][0]
    if not is_end:
        low, high = points[k - 1][0] + LEAST_GAP, points[k + 1][0] - LEAST_GAP
        if low <= high:
            x = min(max(round(phase, DECIMALS), low), high)
    y = min(max(round(shift, DECIMALS), LOWEST), HIGHEST)
    return (*points[:k], (x, y + 0.0), *points[k + 1 :])


def added(points: Points, phase: float) -> tuple[Points, int | None]:
    """One more point on the line there, and which it is; None if there is no room for it.

    Parameters
    ----------
    points
        Those there are.
    phase
        Where, in [0, 1].
    """
    x = round(phase, DECIMALS)
    after = next((k for k, point in enumerate(points) if point[0] > x), len(points))
    if len(points) >= MOST or not 0 < after < len(points):
        return points, None
    (x0, y0), (x1, y1) = points[after - 1], points[after]
    if x - x0 < LEAST_GAP or x1 - x < LEAST_GAP:
        return points, None
    y = y0 + (x - x0) / (x1 - x0) * (y1 - y0)
    return (*points[:after], (x, y), *points[after:]), after


def removed(points: Points, k: int) -> Points:
    """Without point k, unless it is an end."""
    is_inner = 0 < k < len(points) - 1
    return (*points[:k], *points[k + 1 :]) if is_inner and len(points) > FEWEST else points


def beside(points: Points, k: int) -> float:
    """The phase in the middle between point k and the next one, or the one before the last."""
    k = min(k, len(points) - 2)
    return (points[k][0] + points[k + 1][0]) / 2.0
