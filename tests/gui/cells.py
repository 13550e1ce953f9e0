"""Pictures of cells for tests."""

from __future__ import annotations

import numpy as np

from gui.picture.cells import Cells, Shape
from gui.picture.colour_table import colour_table
from gui.picture.theme import GLOW_STOPS

_COLOURS = colour_table(GLOW_STOPS).view(np.uint32)[:, 0]


def dark_cells(side: int, shape: Shape = Shape.LIGHT) -> Cells:
    """A grid on which nobody has flashed."""
    return Cells(np.zeros((side, side), dtype=np.uint16), _COLOURS, shape)
