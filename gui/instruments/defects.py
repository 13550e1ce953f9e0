"""The number of phase defects over time, as long as it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import CoherenceRecord, defects_of
from gui.instruments.axis_numbers import top_of_count
from gui.instruments.panel import Area, Instrument, RunSoFar, shared_time
from gui.models.coherence_trace import Mark, marks_in_sight
from gui.models.time_window import whole_window

MOST_REMEMBERED: Final = 2_048
"""Points that are remembered; when there are more, every second one is forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class DefectsSeen:
    """What is remembered of the defects of a run.

    Attributes
    ----------
    record
        Tells one run, or one moment gone back to, from another.
    times, numbers
        When they were counted, seconds, and how many of each sign there were, the positive ones
        first; shapes ``(m,)`` and ``(m, 2)``.
    """

    record: CoherenceRecord
    times: NDArray[np.float64]
    numbers: NDArray[np.int64]


def remember(run: RunSoFar) -> DefectsSeen:
    """Count the defects of the instant that shows."""
    instant, before = run.instant, run.memory
    found = defects_of(instant)
    number = np.array([[found.n_positive, found.n_negative]])
    if not isinstance(before, DefectsSeen) or before.record is not run.coherence:
        return DefectsSeen(run.coherence, np.array([instant.t]), number)
    kept = before.times < instant.t
    if np.count_nonzero(kept) >= MOST_REMEMBERED:
        kept[1::2] = False
    return DefectsSeen(
        before.record,
        np.append(before.times[kept], instant.t),
        np.concatenate((before.numbers[kept], number)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class DefectCurve:
    """What the panel shows.

    Attributes
    ----------
    times, numbers
        Points of the line, seconds, and defects of both signs together; shape ``(m,)``.
    n_positive, n_negative
        At the present.
    begin, end
        Virtual time at the edges, seconds.
    top
        Number at the upper edge, a round one.
    is_whole, is_latest
        Whether it shows all of the run, or follows the present.
    marks
        Changes in sight, and when all had come into step.
    """

    times: NDArray[np.float64]
    numbers: NDArray[np.float64]
    n_positive: int
    n_negative: int
    begin: float
    end: float
    top: float
    is_whole: bool
    is_latest: bool
    marks: tuple[Mark, ...]


def defect_curve(run: RunSoFar) -> DefectCurve:
    """The part of the run that shows, as far as the panel was looked at."""
    now, wanted, seen = run.instant.t, run.time_window, run.memory
    shown = whole_window(now) if wanted is None else wanted
    total = seen.numbers.sum(axis=1).astype(np.float64)
    in_sight = total[(seen.times >= shown.begin) & (seen.times <= shown.end)]
    return DefectCurve(
        times=seen.times,
        numbers=total,
        n_positive=int(seen.numbers[-1, 0]),
        n_negative=int(seen.numbers[-1, 1]),
        begin=shown.begin,
        end=shown.end,
        top=top_of_count(float(in_sight.max(initial=0.0))),
        is_whole=wanted is None,
        is_latest=shown.is_latest,
        marks=marks_in_sight(run.marks, run.coherence, shown, now),
    )


DEFECTS: Final = Instrument(
    name="defects",
    title="Phase defects",
    key="Alt+4",
    sentence="Over time, around how many squares of four fireflies the phase goes round, while "
    "this is looked at, along a logarithmic axis; at random it is a third of them. W marks them on "
    "the grid. Point: read out; wheel: zoom; drag: move; double click: all of the run",
    view="gui.instruments.defects_view:DefectPlot",
    area=Area.BOTTOM,
    stacked_on="rate",
    hint="W: mark them on the grid",
    compute=defect_curve,
    interval_s=1 / 5,
    hurried_by=shared_time,
    remember=remember,
)
