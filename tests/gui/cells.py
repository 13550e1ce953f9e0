"""Pictures of cells for tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.picture.cells import Cells, Shape
from gui.picture.colour_table import colour_table
from gui.picture.theme import GLOW_STOPS

_COLOURS = colour_table(GLOW_STOPS).view(np.uint32)[:, 0]


def dark_cells(side: int, shape: Shape = Shape.LIGHT) -> Cells:
    """A grid on which nobody has flashed."""
    return Cells(np.zeros((side, side), dtype=np.uint16), _COLOURS, shape)


def white_cells(side: int) -> Cells:
    """Tiles that are all white."""
    levels = np.zeros((side, side), dtype=np.uint16)
    return Cells(levels, np.full(256, 0xFFFFFFFF, dtype=np.uint32), Shape.TILE)


def lit_cells(side: int, *fireflies: int, shape: Shape = Shape.LIGHT) -> Cells:
    """A grid on which some flash just now, and the others are dark."""
    cells = dark_cells(side, shape)
    cells.levels.reshape(-1)[list(fireflies)] = 255
    return cells


def board_cells(side: int) -> Cells:
    """Red and green tiles like a chessboard; red in the corner."""
    colours = np.array([(255, 0, 0, 255), (0, 255, 0, 255)], dtype=np.uint8).view(np.uint32)[:, 0]
    levels = np.indices((side, side)).sum(axis=0) % 2
    return Cells(levels.astype(np.uint16), colours, Shape.TILE)


def rgba_of(cells: Cells) -> NDArray[np.uint8]:
    """RGBA, one pixel a firefly, shape ``(side, side, 4)``."""
    packed = np.take(cells.colours, cells.levels)
    return packed.view(np.uint8).reshape(*cells.levels.shape, 4)
