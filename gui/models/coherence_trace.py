"""The curve of the coherence R(t), cut and thinned for a plot of some hundred pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import SAMPLE_INTERVAL, CoherenceRecord, Parameters, noise_band
from gui.models.time_window import TimeWindow, whole_window

MOST_POINTS: Final = 1_000
"""Points of a line in a panel."""

_MOST_POINTS_ON_PAPER: Final = 4_000
_ONE_DRAG_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that plots over time mark.

    Attributes
    ----------
    t
        Virtual time, seconds.
    label
        What a parameter is now, or what has come about.
    is_found
        Whether it came about by itself, rather than by a change.
    """

    t: float
    label: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """What the plot shows.

    Attributes
    ----------
    times, values
        Points of the line, shape ``(m,)``, seconds and R.
    begin, end
        Virtual time at the edges, seconds.
    band_times, band_levels
        The band of chance: R below which 99 % of uncoupled swarms lie, and since when;
        shape ``(k,)``, the first at or before the beginning.
    marks
        Changes in sight, and when all had come into step.
    is_whole, is_latest
        Whether it shows all of the run, or follows the present.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    begin: float
    end: float
    band_times: NDArray[np.float64]
    band_levels: NDArray[np.float64]
    marks: tuple[Mark, ...]
    is_whole: bool = True
    is_latest: bool = False

    @property
    def noise_band(self) -> float:
        """The band of chance at the right edge."""
        return float(self.band_levels[-1])

    def until(self, t: float, coherence: float) -> Curve:
        """The same, drawn on to the present if that is in sight: R at `t`, between two samples."""
        if not self.begin <= t <= self.end:
            return self  # not in sight
        known = self.times <= t
        return replace(
            self,
            times=np.append(self.times[known], t),
            values=np.append(self.values[known], coherence),
        )


@dataclass(slots=True)
class MarkKeeper:
    """Remembers changes; those of one drag become one mark."""

    marks: list[Mark] = field(default_factory=list)
    _last_name: str = ""
    _last_wall: float = -math.inf

    def begin_anew(self, marks: Sequence[Mark] = ()) -> None:
        """Another run, of which these are known."""
        self.marks[:] = marks
        self._last_name, self._last_wall = "", -math.inf

    def note(self, wall: float, t: float, name: str, label: str) -> None:
        """Take in that parameter `name` changed at virtual `t`."""
        goes_on = name == self._last_name and wall - self._last_wall < _ONE_DRAG_S
        if goes_on and self.marks:
            self.marks[-1] = Mark(self.marks[-1].t, label)
        else:
            self.marks.append(Mark(t, label))
        self._last_name, self._last_wall = name, wall


def found_in(record: CoherenceRecord) -> tuple[Mark, ...]:
    """When all had come into step, if they have.

    That is so from the first sample on after which all samples for three current periods have
    R >= 0.99: it follows from the run alone, so that its repeats and recordings come to the same.
    """
    t = record.time_to_sync
    return () if t is None else (Mark(t, "all in step", is_found=True),)


def empty_curve(parameters: Parameters) -> Curve:
    """Before anything has happened."""
    level = noise_band(parameters.n_fireflies, parameters.jitter, parameters.period)
    none = np.empty(0)
    return Curve(none, none, 0.0, whole_window(0.0).end, np.zeros(1), np.array([level]), ())


def curve(
    record: CoherenceRecord, now: float, marks: Sequence[Mark], window: TimeWindow | None = None
) -> Curve:
    """What a panel shows of a record at virtual time `now`.

    Parameters
    ----------
    record
        Samples of R.
    now
        Seconds; a run that is repeated has marks ahead, which show when they are reached.
    marks
        The changes.
    window
        Part of the run to show; None for all of it, as it grows.
    """
    shown = whole_window(now) if window is None else window
    return _cut(record, shown, now, marks, MOST_POINTS, window is None)


def whole_curve(record: CoherenceRecord, now: float, marks: Sequence[Mark]) -> Curve:
    """All of a record up to virtual time `now`, for paper."""
    shown = TimeWindow(0.0, max(now, SAMPLE_INTERVAL))
    return _cut(record, shown, now, marks, _MOST_POINTS_ON_PAPER, True)


def _cut(
    record: CoherenceRecord,
    shown: TimeWindow,
    now: float,
    marks: Sequence[Mark],
    most: int,
    is_whole: bool,
) -> Curve:
    times, values = record.drawn(shown.begin, shown.end, most)
    since, levels = record.band_steps()
    first = max(0, int(np.searchsorted(since, shown.begin, side="right")) - 1)
    end = max(first + 1, int(np.searchsorted(since, shown.end)))
    seen = marks_in_sight(marks, record, shown, now)
    band = (since[first:end], levels[first:end])
    ends = (shown.begin, shown.end)
    return Curve(times, values, *ends, *band, seen, is_whole, shown.is_latest)


def marks_in_sight(
    marks: Sequence[Mark], record: CoherenceRecord, shown: TimeWindow, now: float
) -> tuple[Mark, ...]:
    """What plots over time mark in a part of the run until virtual time `now`, in order.

    Parameters
    ----------
    marks
        The changes.
    record
        Samples of R, which say when all had come into step.
    shown
        Which part.
    now
        Seconds.
    """
    latest = min(shown.end, now)
    every = sorted([*marks, *found_in(record)], key=lambda mark: mark.t)
    return tuple(mark for mark in every if shown.begin <= mark.t <= latest)


def stairs(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The upper edge of the band of chance as a line: seconds and R, shape ``(m,)``."""
    times = np.clip(curve.band_times, curve.begin, curve.end)
    times[0] = curve.begin
    corners = np.append(np.repeat(times, 2)[1:], curve.end)
    return corners, np.repeat(curve.band_levels, 2)
