"""Dots on fireflies that something was done to, as a picture over the grid."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gui.picture.theme import MARK_COLOURS

_MOST_PIXELS: Final = 1 << 20
"""Of the picture: in larger swarms dots are made of fewer."""

_ROUND: Final = 9
_SQUARE: Final = 3
"""Pixels of the picture along a firefly, where dots are round, and where they are squares."""

_RADIUS: Final = 1 / 6
"""Of a dot, of the length of a firefly."""


def dot_pixels(side: int) -> int:
    """Pixels of the picture along a firefly."""
    return _ROUND if (_ROUND * side) ** 2 <= _MOST_PIXELS else _SQUARE


def dots_of(status: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A dot in the middle of each firefly that has a flag.

    Parameters
    ----------
    status
        :class:`~experiments.Status` flags by id, shape ``(side**2,)``.

    Returns
    -------
    ndarray
        RGBA, shape ``(n * side, n * side, 4)``, with ``n`` of :func:`dot_pixels`.
    """
    side = math.isqrt(len(status))
    n = dot_pixels(side)
    colours = np.zeros((side * side, 4), dtype=np.uint8)
    for flag, name in MARK_COLOURS.items():
        colour = QColor(name)
        colours[(status & flag) != 0] = (colour.red(), colour.green(), colour.blue(), 255)
    packed = colours.view(np.uint32).reshape(side, 1, side, 1)
    at = (np.arange(n) + 0.5) / n - 0.5
    is_dot = np.hypot(at[:, None], at[None, :]) < _RADIUS
    dots = np.where(is_dot[None, :, None, :], packed, np.uint32(0))
    return dots.view(np.uint8).reshape(n * side, n * side, 4)
