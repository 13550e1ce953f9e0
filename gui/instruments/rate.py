"""The curve of the flashes per second, over the same time as that of the coherence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.instruments.axis_numbers import top_of_count
from gui.instruments.panel import Area, Flashes, Instrument, RunSoFar, shared_time
from gui.models.coherence_trace import MOST_POINTS, Mark, marks_in_sight
from gui.models.time_window import TimeWindow, whole_window


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
    is_whole, is_latest
        Whether it shows all of the run, or follows the present.
    marks
        Changes in sight, and when all had come into step.
    """

    times: NDArray[np.float64]
    rates: NDArray[np.float64]
    begin: float
    end: float
    top: float
    is_whole: bool = True
    is_latest: bool = False
    marks: tuple[Mark, ...] = ()


def rate_curve(flashes: Flashes, now: float, window: TimeWindow | None = None) -> RateCurve:
    """What to show of the flashes at virtual time `now`; without a window, of all of the run.

    Without what is marked.
    """
    shown = whole_window(now) if window is None else window
    times, rates = flashes.rate(shown.begin, min(now, shown.end), MOST_POINTS)
    highest = float(rates.max()) if len(rates) else 0.0
    ends = (shown.begin, shown.end, top_of_count(highest))
    return RateCurve(times, rates, *ends, window is None, shown.is_latest)


def _compute(run: RunSoFar) -> RateCurve:
    now = run.instant.t
    curve = rate_curve(run.flashes, now, run.time_window)
    shown = TimeWindow(curve.begin, curve.end)
    return replace(curve, marks=marks_in_sight(run.marks, run.coherence, shown, now))


RATE: Final = Instrument(
    name="rate",
    title="Flashes per second",
    key="Ctrl+6",
    sentence="Flashes per second of virtual time, in steps of 0.1 s. Point: read out; wheel: zoom; "
    "drag: move; double click: all of the run",
    view="gui.instruments.rate_view:RatePlot",
    area=Area.BOTTOM,
    compute=_compute,
    interval_s=1 / 6,
    hurried_by=shared_time,
)
