"""Dots on fireflies that something was done to, in pictures that no window lies under."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.picture.cells import Cells
from gui.picture.colour_table import rgba
from gui.picture.lights import Axis
from gui.picture.theme import MARK_COLOURS

RADIUS: Final = 1 / 6
"""Of a dot, of the length of a firefly."""

_LEAST_RADIUS: Final = 0.75
"""Of a dot, pixels."""


def colours_of(status: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Packed colour of the dot of each firefly, 0 for none, of the shape of the flags."""
    colours = np.zeros(status.shape, dtype=np.uint32)
    for flag, name in MARK_COLOURS.items():
        packed = np.array(rgba(name), dtype=np.uint8).view(np.uint32)[0]
        colours[(status & flag) != 0] = packed
    return colours


class DotPainter:
    """Draws the dots of whole grids; where they are is kept from one picture to the next."""

    def __init__(self) -> None:
        self._size = (0, 0)

    def draw(self, cells: Cells, picture: NDArray[np.uint8]) -> None:
        """Draw them into a square picture of a grid, RGBA."""
        if cells.dots is None:
            return
        if len(picture) < cells.side:  # each one in the pixel where it is, so that none is lost
            marked = np.nonzero(cells.dots)
            at = tuple((each + 0.5) * len(picture) // cells.side for each in marked)
            rows, columns = (each.astype(np.intp) for each in at)
            picture[rows, columns] = cells.dots[marked].view(np.uint8).reshape(-1, 4)
            return
        if self._size != (cells.side, len(picture)):
            self._place(cells.side, len(picture))
        colours = cells.dots[self._cells[0], self._cells[1]]
        rows, columns = (at[colours != 0] for at in self._pixels)
        packed = colours[colours != 0]
        picture[rows, columns] = packed.view(np.uint8).reshape(-1, 4)

    def _place(self, side: int, length: int) -> None:
        cell = length / side
        axis = Axis.of(0.0, cell, length, side)
        radius = max(RADIUS, _LEAST_RADIUS / cell)
        is_near = np.hypot(axis.places[:, None], axis.places[None, :]) < radius
        rows, columns = np.nonzero(is_near)
        self._size = side, length
        self._pixels = rows, columns
        self._cells = axis.cells[rows], axis.cells[columns]
