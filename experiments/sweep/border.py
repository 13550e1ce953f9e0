"""The border on a map: where what is measured crosses a level."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def border_of(
    along: Sequence[float], means: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Where a map crosses a level first, along its first axis.

    Parameters
    ----------
    along
        The values of that axis, rising, shape ``(n,)``.
    means
        The map, shape ``(n, ...)``; cells that are nan are passed over.
    level
        What is crossed, upwards or downwards.

    Returns
    -------
    NDArray
        Values between those of the axis, by linear interpolation, for each place along the other
        axes; nan where the level is not crossed. Shape ``means.shape[1:]``.
    """
    found = np.full(means.shape[1:], math.nan)
    for place in np.ndindex(*found.shape):
        line = means[(slice(None), *place)]
        known = [(x, y - level) for x, y in zip(along, line, strict=True) if not math.isnan(y)]
        for (x, y), (next_x, next_y) in itertools.pairwise(known):
            if (y < 0) != (next_y < 0):
                found[place] = x + (next_x - x) * y / (y - next_y)
                break
    return found
