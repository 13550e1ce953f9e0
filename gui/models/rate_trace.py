"""The curve of the flashes per second, over the same time as that of the coherence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import SAMPLE_INTERVAL, Parameters
from gui.models.coherence_trace import points_per_stretch, span_shown, thinned
from gui.models.flash_history import FlashHistory

_ROUND: Final = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class RateCurve:
    """What the plot of flashes per second shows.

    Attributes
    ----------
    times, rates
        Points of the line, shape ``(m,)``, seconds and flashes per second of virtual time.
    begin, end
        Virtual time at the edges, seconds.
    top
        Rate at the upper edge, a round number.
    """

    times: NDArray[np.float64]
    rates: NDArray[np.float64]
    begin: float
    end: float
    top: float


def rate_curve(history: FlashHistory, now: float, parameters: Parameters) -> RateCurve:
    """What to show of the flashes at virtual time `now`."""
    span = span_shown(now, parameters)
    end = max(now, span)
    begin = end - span
    per_bin = points_per_stretch(span)
    first = max(0, math.floor(begin / SAMPLE_INTERVAL) - 1) // per_bin * per_bin
    times, rates = history.rate(first * SAMPLE_INTERVAL + SAMPLE_INTERVAL / 2, now)
    times, rates = thinned(times, rates, per_bin)
    highest = float(rates.max()) if len(rates) else 0.0
    return RateCurve(times, rates, begin, end, round_top(highest))


def round_top(highest: float) -> float:
    """The next 1, 2 or 5 times a power of ten, at least 10."""
    if highest <= 10.0:
        return 10.0
    unit = 10.0 ** math.floor(math.log10(highest))
    return next(unit * digit for digit in _ROUND if unit * digit >= highest * (1.0 - 1e-12))
