"""The border on a map: where what is measured crosses a level."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.model.measured import MeasuredNumber
from experiments.sweep.averages import principal, reached


def border_of(
    measured: MeasuredNumber, along: Sequence[float], means: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Where a map crosses a level first, along its first axis.

    Parameters
    ----------
    measured
        What the map is of. An angle that goes on beyond pi, and from there again from -pi, crosses
        nothing between.
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
        (known,) = np.nonzero(~np.isnan(line))
        above = principal(measured, line[known] - level)
        after = reached(measured, above)
        (crossing,) = np.nonzero((above[:-1] < 0.0) != (after < 0.0))
        if len(crossing):
            k = crossing[0]
            x, next_x = (along[known[at]] for at in (k, k + 1))
            found[place] = x + (next_x - x) * above[k] / (above[k] - after[k])
    return found
