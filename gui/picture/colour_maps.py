"""Colour tables of the views, perceptually even and safe for the colour-blind.

Kovesi's CET maps (arXiv:1509.03700) and matplotlib's cividis, as pyqtgraph has them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.models.colouring import Colouring
from gui.picture.colour_table import N_COLOURS, colour_table
from gui.picture.theme import GLOW_STOPS

_MAPS: Final = {
    Colouring.PHASE: ("CET-CBC1", 64),  # cyclic; turned so that who has just flashed is white
    Colouring.ORDER: ("cividis", 0),
}


def table_of(colouring: Colouring) -> NDArray[np.uint8]:
    """Colours of a view, RGBA, shape ``(256, 4)``, uint8, opaque."""
    if colouring is Colouring.GLOW:
        return colour_table(GLOW_STOPS)
    from pyqtgraph import colormap  # type: ignore[import-untyped]  # loads slowly

    name, turn = _MAPS[colouring]
    colours = colormap.get(name).getLookupTable(nPts=N_COLOURS)
    table = np.full((N_COLOURS, 4), 255, dtype=np.uint8)
    table[:, :3] = np.roll(np.rint(colours).astype(np.uint8), -turn, axis=0)
    return table
