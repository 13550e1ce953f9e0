"""The colours that a view has now, as its legend shows them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.models.colouring import Colouring
from gui.picture.field_painter import CALM_CONTRAST, CalmTable
from gui.picture.glow import Swell


def legend_colours(
    colouring: Colouring, table: NDArray[np.uint8], *, is_calm: bool
) -> NDArray[np.uint8]:
    """The table as it is painted: calm, the glow stays dimmer, and all else is paler.

    Parameters
    ----------
    colouring
        Which one.
    table
        Its colours, RGBA, shape ``(256, 4)``.
    is_calm
        Whether every change of brightness is softened.

    Returns
    -------
    ndarray
        RGBA, shape ``(m, 4)``, from the low end to the high one.
    """
    if not is_calm:
        return table
    if colouring is Colouring.GLOW:
        return table[: 1 + round(255 * Swell.PEAK)]
    return CalmTable(table).colours(CALM_CONTRAST)
