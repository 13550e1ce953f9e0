"""The order parameter, compiled."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.order import LANES, SINE, mean_vector
from experiments.population.compiled import kernel

_ONE: Final = np.ones(1)


def order_parameter(
    zero: NDArray[np.float64], t: float, period: NDArray[np.float64] | float
) -> complex:
    """As :func:`experiments.model.order.order_parameter`, to the last bit, but compiled."""
    periods = period * _ONE if isinstance(period, float) else period
    lanes = np.empty((5, LANES))
    kernel.order_sums(zero, t, periods, int(len(periods) > 1), SINE, lanes)
    return mean_vector(lanes[:2], len(zero))
