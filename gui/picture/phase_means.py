"""Means of phases: where several fireflies share a pixel, it has the colour of their mean phase.

A mean of colours would give fireflies that flash just before and just after each other the colour
of half a cycle later, where nobody is. So levels are directions on a circle; a pixel has the
direction of the sum of all it covers, each as long as its share. Sums are whole numbers, so that
the picture is the same on every machine, and the same compiled.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import is_compiled
from gui.picture import crowd_kernel
from gui.picture.cells import FAILED_LEVEL
from gui.picture.crowd_kernel import N_RATIOS
from gui.picture.scratch import Scratch

_LENGTH: Final = 1_023
"""Of the direction of a level; with shares along both edges a sum stays below 2**27."""


def _directions() -> NDArray[np.int32]:
    """Cosine and sine of the middle of each level; a failed firefly has no direction."""
    angles = (np.arange(FAILED_LEVEL) + 0.5) * (2.0 * math.pi / FAILED_LEVEL)
    directions = np.zeros((2, FAILED_LEVEL + 1), dtype=np.int32)
    directions[0, :-1] = np.rint(_LENGTH * np.cos(angles))
    directions[1, :-1] = np.rint(_LENGTH * np.sin(angles))
    return directions


def _levels_of_eighth() -> NDArray[np.uint16]:
    """The level by the ratio of both coordinates, within an eighth of the circle."""
    ratio = np.arange(int(N_RATIOS) + 1) / N_RATIOS
    level = np.floor(np.arctan(ratio) * (FAILED_LEVEL / (2.0 * math.pi)))
    return np.minimum(level, FAILED_LEVEL // 8 - 1).astype(np.uint16)


_DIRECTIONS: Final = _directions()
_LEVELS_OF_EIGHTH: Final = _levels_of_eighth()


def mean_levels(
    levels: NDArray[np.uint16],
    rows: tuple[NDArray[np.uint32], NDArray[np.int32]],
    columns: tuple[NDArray[np.uint32], NDArray[np.int32]],
    scratch: Scratch,
) -> NDArray[np.uint16]:
    """The level of each pixel, shape ``(height, width)``: written over by the next call.

    Parameters
    ----------
    levels
        Of the fireflies, shape ``(side, side)``.
    rows, columns
        The cells that the pixels along an edge cover, and their shares in 256ths; of shape
        ``(most, n_pixels)``, those with the largest share first.
    scratch
        Where arrays come from.
    """
    shape = rows[0].shape[1], columns[0].shape[1]
    out = scratch.array("mean levels", shape, np.uint16)
    if is_compiled(crowd_kernel):
        row = scratch.array("row", (2, len(levels)), np.int32)
        line = scratch.array("line", (3, shape[1]), np.int32)
        crowd_kernel.mean_levels(
            levels, *rows, *columns, _DIRECTIONS, _LEVELS_OF_EIGHTH, row, line, out
        )
        return out
    sums = []
    for direction in _DIRECTIONS:
        along = _spread(direction[levels], *rows)
        sums.append(_spread(along.T, *columns).T)
    x, y = sums
    large, small = np.maximum(abs(x), abs(y)), np.minimum(abs(x), abs(y))
    mean = _LEVELS_OF_EIGHTH[(small / np.maximum(large, 1) * N_RATIOS).astype(np.intp)]
    mean = np.where(abs(y) > abs(x), FAILED_LEVEL // 4 - 1 - mean, mean)
    mean = np.where(x < 0, FAILED_LEVEL // 2 - 1 - mean, mean)
    mean = np.where(y < 0, FAILED_LEVEL - 1 - mean, mean)
    own = levels[rows[0][0][:, None], columns[0][0][None, :]]
    out[...] = np.where(large > 0, mean, own)
    return out


def _spread(
    sums: NDArray[np.int32], cells: NDArray[np.uint32], shares: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Rows of sums over the pixels along an edge, each with its share."""
    found = np.zeros((cells.shape[1], sums.shape[1]), dtype=np.int32)
    for at, share in zip(cells, shares, strict=True):
        found += share[:, None] * sums[at]
    return found
