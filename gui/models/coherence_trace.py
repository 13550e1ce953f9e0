"""The curve of the coherence R(t), cut and thinned for a plot of some hundred pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import SAMPLE_INTERVAL, CoherenceRecord, Parameters

_SPANS_S: Final = tuple(
    unit * count
    for unit, counts in ((1.0, (30.0, 45.0)), (60.0, (1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 45)),
                         (3_600.0, (1, 1.5, 2, 3, 4, 6, 8, 12)))
    for count in counts
)  # fmt: skip
_PERIODS_SHOWN: Final = 24.0
_WALL_S_SHOWN: Final = 60.0
_FASTEST_FOLLOWED: Final = 50.0
_MOST_POINTS: Final = 1_600
_ROOM_FOR_LABEL: Final = 0.13
_ONE_DRAG_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of a parameter: virtual time in seconds, and what it is now."""

    t: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """What the plot shows.

    Attributes
    ----------
    times, values
        Points of the line, shape ``(m,)``, seconds and R.
    begin, end
        Virtual time at the edges, seconds.
    noise_band
        R below which 99 % of random phases lie.
    marks, labelled
        Changes in sight; those with room for their words.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    begin: float
    end: float
    noise_band: float
    marks: tuple[Mark, ...]
    labelled: tuple[Mark, ...]

    def until(self, t: float, coherence: float) -> Curve:
        """The same, drawn on to the present: R at `t`, which lies between two samples."""
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

    def note(self, wall: float, t: float, name: str, label: str) -> None:
        """Take in that parameter `name` changed at virtual `t`."""
        goes_on = name == self._last_name and wall - self._last_wall < _ONE_DRAG_S
        if goes_on and self.marks:
            self.marks[-1] = Mark(self.marks[-1].t, label)
        else:
            self.marks.append(Mark(t, label))
        self._last_name, self._last_wall = name, wall


def span_shown(now: float, parameters: Parameters) -> float:
    """Seconds of virtual time to show.

    All of the run at first, which fills most of the plot; later about a minute of
    watching, but many periods at least.
    """
    pace = min(parameters.speed, _FASTEST_FOLLOWED)
    most = max(_PERIODS_SHOWN * parameters.period, _WALL_S_SHOWN * pace)
    return _round_span(min(most, now))


def _round_span(wanted: float) -> float:
    return next((span for span in _SPANS_S if span >= wanted), _SPANS_S[-1])


def curve(record: CoherenceRecord, now: float, parameters: Parameters, marks: list[Mark]) -> Curve:
    """What to show of a record at virtual time `now`."""
    span = span_shown(now, parameters)
    end = max(now, span)
    begin = end - span
    per_bin = points_per_stretch(span)
    first = max(0, math.floor(begin / SAMPLE_INTERVAL) - 1)
    # Stretches begin at multiples of their length, so that they stay put while time goes on.
    times, values, _ = record.since(first // per_bin * per_bin)
    times, values = thinned(times, values, per_bin)
    # A run that is repeated has marks ahead, which show when they are reached.
    seen = tuple(mark for mark in marks if begin <= mark.t <= now)
    return Curve(times, values, begin, end, record.noise_band, seen, _with_room(seen, span))


def whole_curve(record: CoherenceRecord, now: float, marks: list[Mark]) -> Curve:
    """All of a record, up to virtual time `now`."""
    end = max(now, SAMPLE_INTERVAL)
    times, values = thinned(record.times, record.values, points_per_stretch(end))
    seen = tuple(mark for mark in marks if mark.t <= now)
    return Curve(times, values, 0.0, end, record.noise_band, seen, _with_room(seen, end))


def points_per_stretch(span: float) -> int:
    """Samples of which only the extremes are drawn, for a plot that spans so many seconds."""
    return max(1, round(span / SAMPLE_INTERVAL) * 2 // _MOST_POINTS)


def thinned(
    times: NDArray[np.float64], values: NDArray[np.float64], per_bin: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each stretch of `per_bin` points its two extremes, so that no peak is lost."""
    if per_bin <= 2 or len(times) <= per_bin:
        return times, values
    whole = len(times) // per_bin * per_bin
    stretches = values[:whole].reshape(-1, per_bin)
    first = np.arange(len(stretches)) * per_bin
    extremes = np.append(first + stretches.argmin(axis=1), first + stretches.argmax(axis=1))
    chosen = np.unique(np.append(extremes, [0, len(times) - 1]))
    return times[chosen], values[chosen]


def _with_room(marks: tuple[Mark, ...], span: float) -> tuple[Mark, ...]:
    labelled: list[Mark] = []
    for mark in reversed(marks):
        if not labelled or labelled[-1].t - mark.t >= _ROOM_FOR_LABEL * span:
            labelled.append(mark)
    return tuple(reversed(labelled))
