"""The curve of the flashes per second, over the same time as that of the coherence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.instruments.panel import Area, Flashes, Instrument, RunSoFar
from gui.models.coherence_trace import MOST_POINTS
from gui.models.time_window import TimeWindow, whole_window

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
    is_whole
        Whether it shows all of the run.
    """

    times: NDArray[np.float64]
    rates: NDArray[np.float64]
    begin: float
    end: float
    top: float
    is_whole: bool = True


def rate_curve(flashes: Flashes, now: float, window: TimeWindow | None = None) -> RateCurve:
    """What to show of the flashes at virtual time `now`; without a window, of all of the run."""
    shown = whole_window(now) if window is None else window
    times, rates = flashes.rate(shown.begin, min(now, shown.end), MOST_POINTS)
    highest = float(rates.max()) if len(rates) else 0.0
    return RateCurve(times, rates, shown.begin, shown.end, round_top(highest), window is None)


def round_top(highest: float) -> float:
    """The next 1, 2 or 5 times a power of ten, at least 10."""
    if highest <= 10.0:
        return 10.0
    unit = 10.0 ** math.floor(math.log10(highest))
    return next(unit * digit for digit in _ROUND if unit * digit >= highest * (1.0 - 1e-12))


def _compute(run: RunSoFar) -> RateCurve:
    return rate_curve(run.flashes, run.instant.t, run.time_window)


def _hurried_by(run: RunSoFar) -> tuple[object, ...]:
    return (run.time_window,)


RATE: Final = Instrument(
    name="rate",
    title="Flashes per second",
    key="Ctrl+6",
    sentence="Flashes per second of virtual time, in steps of 0.1 s",
    view="gui.instruments.rate_view:RatePlot",
    area=Area.BOTTOM,
    compute=_compute,
    interval_s=1 / 6,
    hurried_by=_hurried_by,
)
