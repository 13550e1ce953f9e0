"""Dots on fireflies that something was done to, as a picture over the grid."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.picture.dots import RADIUS, colours_of

_MOST_PIXELS: Final = 1 << 20
"""Of the picture: of more fireflies dots are made of fewer."""

LEAST_PIXELS: Final = 3
"""Pixels along a firefly at least, of which the one in the middle is its dot."""


def dot_pixels(cell: float, rows: int, columns: int) -> int:
    """Pixels of the picture along a firefly: an odd number, so that one is in its middle.

    Parameters
    ----------
    cell
        Pixels of the screen along a firefly.
    rows, columns
        Fireflies that are seen.
    """
    most = math.isqrt(_MOST_PIXELS // max(1, rows * columns))
    return max(LEAST_PIXELS, (min(math.ceil(cell), most) - 1) | 1)


def dots_of(status: NDArray[np.uint8], n: int) -> NDArray[np.uint8]:
    """A dot in the middle of each firefly that has a flag.

    Parameters
    ----------
    status
        :class:`~experiments.Status` flags, shape ``(rows, columns)``.
    n
        Pixels of the picture along a firefly.

    Returns
    -------
    ndarray
        RGBA, shape ``(n * rows, n * columns, 4)``.
    """
    rows, columns = status.shape
    packed = colours_of(status)
    at = (np.arange(n) + 0.5) / n - 0.5
    is_dot = np.hypot(at[:, None], at[None, :]) < RADIUS
    dots = np.zeros((rows, n, columns, n), dtype=np.uint32)
    for i, j in np.argwhere(is_dot).tolist():
        dots[:, i, :, j] = packed
    return dots.view(np.uint8).reshape(n * rows, n * columns, 4)


def crowd_dots_of(status: NDArray[np.uint8], cell: float) -> tuple[NDArray[np.uint8], int]:
    """A pixel for each firefly that is too small for a dot, or for several if that is too small.

    Parameters
    ----------
    status
        :class:`~experiments.Status` flags, shape ``(rows, columns)``.
    cell
        Pixels of the screen along a firefly.

    Returns
    -------
    pixels
        RGBA; coloured if any firefly in it has a flag, so that none is lost.
    n_cells
        Fireflies along a pixel; the last ones may have fewer.
    """
    n_cells = math.ceil(1.0 / cell)
    for axis in range(2):
        firsts = np.arange(0, status.shape[axis], n_cells)
        status = np.bitwise_or.reduceat(status, firsts, axis=axis)
    packed = colours_of(status)
    return packed.view(np.uint8).reshape(*status.shape, 4), n_cells
