"""Dots on fireflies that something was done to, as a picture over the grid."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gui.picture.theme import MARK_COLOURS

DOT: Final = 3
"""A dot is a third of a firefly wide."""


def dots_of(status: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A dot in the middle of each firefly that has a flag.

    Parameters
    ----------
    status
        :class:`~experiments.Status` flags by id, shape ``(side**2,)``.

    Returns
    -------
    ndarray
        RGBA, shape ``(DOT * side, DOT * side, 4)``.
    """
    side = math.isqrt(len(status))
    dots = np.zeros((DOT * side, DOT * side, 4), dtype=np.uint8)
    middle = dots[DOT // 2 :: DOT, DOT // 2 :: DOT].reshape(-1, 4)
    for flag, name in MARK_COLOURS.items():
        colour = QColor(name)
        rgba = (colour.red(), colour.green(), colour.blue(), colour.alpha())
        middle[(status & flag) != 0] = rgba
    dots[DOT // 2 :: DOT, DOT // 2 :: DOT] = middle.reshape(side, side, 4)
    return dots
