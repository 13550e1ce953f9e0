"""The coherence R over time, with the changes of parameters."""

from __future__ import annotations

from typing import Final

from gui.instruments.panel import Area, Instrument, RunSoFar, instant_shown, shared_time
from gui.models.coherence_trace import Curve, curve, empty_curve


def coherence_curve(run: RunSoFar) -> Curve:
    """R from the samples, drawn on to the present."""
    instant = run.instant
    shown = curve(run.coherence, instant.t, run.marks, run.time_window)
    return shown.until(instant.t, instant.coherence)


def _depends_on(run: RunSoFar) -> tuple[object, ...]:
    return *instant_shown(run), len(run.coherence)


COHERENCE: Final = Instrument(
    name="coherence",
    title="Coherence R",
    key="Ctrl+2",
    sentence="How far all fireflies agree, over time; the dotted lines are changes you made. "
    "Point: read out; wheel: zoom; drag: move; double click: all of the run",
    view="gui.instruments.coherence_view:CoherencePlot",
    area=Area.BOTTOM,
    hint="shaded: uncoupled, R stays in here 99 % of the time",
    is_shown_at_first=True,
    compute=coherence_curve,
    interval_s=1 / 10,
    depends_on=_depends_on,
    hurried_by=shared_time,
    empty=empty_curve,
)
