"""Metrics: what the window measures of itself, second by second."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import History, LineLog, Table

METRICS: Final = {
    "fps": "pictures painted per s",
    "render_jitter_ms": "ms by which the time between two pictures was off its target",
    "flush_duration_ms": "ms from the flash log to a picture",
    "lateness_ms": "ms from the time a flash was due to its picture",
    "loop_lag_ms": "ms by which a callback of the loop was late",
    "wakes_per_s": "resumptions of workflows per s of wall time",
    "flashes_per_s": "flashes per s of wall time",
    "speed_achieved": "s of virtual time per s of wall time",
    "order_parameter": "R, from 0 to 1",
}
"""What is measured, and what it means."""

_FIGURES: Final = {
    "min": "least of",
    "mean": "mean of",
    "p99": "99th percentile of",
    "max": "most of",
}

HISTORY_COLUMNS: Final = {
    "t": "s of virtual time, when the second ended; falls back where a new run began",
    "wall_s": "s of wall time since the first second began",
    **{
        f"{name}_{figure}": f"{words} {meaning}, over the second"
        for name, meaning in METRICS.items()
        for figure, words in _FIGURES.items()
    },
}
"""The columns of :attr:`Metrics.history`, and what they mean."""

MOST_SECONDS: Final = 86_400
"""A day: what the history holds of a window that is open for longer, in at most 30 MB."""

FRAME_RATE_HZ: Final = 60.0

MOST_AT_ONCE: Final = 1 << 10
"""Readings of a metric that are kept of those that come together."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Summary:
    """Minimum, mean, median, 99th percentile and maximum of some readings."""

    min: float
    mean: float
    p50: float
    p99: float
    max: float

    @classmethod
    def of(cls, readings: Iterable[float]) -> Summary | None:
        """The summary, with percentiles by nearest rank; None if there are no readings."""
        return cls.of_weighted(values := np.array(list(readings)), np.ones(len(values)))

    @classmethod
    def of_weighted(
        cls, readings: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> Summary | None:
        """The summary of readings that count so often each, both ``(m,)``; None if m is 0."""
        if not len(readings):
            return None
        order = np.argsort(readings)
        ranked, counted = readings[order], np.cumsum(weights[order])
        at = np.searchsorted(counted, [0.50 * counted[-1], 0.99 * counted[-1]])
        return cls(
            min=float(ranked[0]),
            mean=float(readings @ weights / counted[-1]),
            p50=float(ranked[at[0]]),
            p99=float(ranked[at[1]]),
            max=float(ranked[-1]),
        )

    def as_dict(self, *names: str) -> dict[str, float]:
        """The figures of these names, rounded for people: 0.1 µs if they are ms."""
        return {name: round(getattr(self, name), 4) for name in names}


class Readings:
    """Readings of one metric, in memory that many at once don't fill."""

    def __init__(self) -> None:
        self._single: list[float] = []
        self._many: list[tuple[NDArray[np.float64], float]] = []

    def add(self, reading: float) -> None:
        """Take in one."""
        self._single.append(reading)

    def extend(self, readings: Sequence[float] | NDArray[np.float64]) -> None:
        """Take in many, ascending or descending.

        Of more than :data:`MOST_AT_ONCE`, so many at equal steps stand for all of them.
        """
        n_kept = min(len(readings), MOST_AT_ONCE)
        if n_kept:
            at = np.linspace(0, len(readings) - 1, n_kept).astype(np.intp)
            self._many.append((np.asarray(readings)[at], len(readings) / n_kept))

    def clear(self) -> None:
        """Forget them."""
        self._single.clear()
        self._many.clear()

    def summary(self) -> Summary | None:
        """Of all of them; None if there are none."""
        parts = [(np.array(self._single), 1.0), *self._many]
        return Summary.of_weighted(
            np.concatenate([part for part, _ in parts]),
            np.concatenate([np.full(len(part), weight) for part, weight in parts]),
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of the engine and the window at the end of a second.

    Attributes
    ----------
    latest
        What was measured in that second, by metric.
    counts
        What is counted: ``runs`` under way, pulses ``in_flight``, and ``frames_dropped`` since
        the swarm began.
    """

    latest: Mapping[str, Summary] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


class Metrics:
    """Collects readings; every second it closes a record of them.

    Parameters
    ----------
    keep_all
        Whether to keep every reading for a report at the end, beside the second's.
    lines
        Where each second's record goes as a line of JSON, if anywhere; let go if it can't
        be written.

    Attributes
    ----------
    history
        The records of the last 24 hours, in the columns of `HISTORY_COLUMNS`.
    """

    def __init__(self, *, keep_all: bool = False, lines: LineLog | None = None) -> None:
        self.history = History(HISTORY_COLUMNS, MOST_SECONDS)
        self._opened: float | None = None
        self.frames_dropped = 0
        self.mirrored: tuple[int, int] | None = None
        self.latest: Mapping[str, Summary] = {}
        self._second = {name: Readings() for name in METRICS}
        self._all = {name: Readings() for name in METRICS} if keep_all else None
        self._lines = lines
        self._last_paint: float | None = None
        self._second_began: float | None = None
        self.paints = 0
        self._paints_before = 0
        self._counted: dict[str, float] = {}

    def note(self, name: str, reading: float) -> None:
        """Take in one reading of a metric."""
        self._second[name].add(reading)
        if self._all is not None:
            self._all[name].add(reading)

    def note_all(self, name: str, readings: Sequence[float] | NDArray[np.float64]) -> None:
        """Take in many readings of a metric: see :meth:`Readings.extend`."""
        self._second[name].extend(readings)
        if self._all is not None:
            self._all[name].extend(readings)

    def note_paint(self, wall: float) -> None:
        """Take in that the grid was painted at `wall` seconds."""
        self.paints += 1
        if self._last_paint is not None:
            deviation = abs(wall - self._last_paint - 1.0 / FRAME_RATE_HZ)
            self.note("render_jitter_ms", deviation * 1e3)
        self._last_paint = wall

    def note_rest(self) -> None:
        """Nothing is painted for a while, on purpose: no interval spans it."""
        self._last_paint = None

    def tick(self, wall: float, totals: Mapping[str, float]) -> bool:
        """Close the second's record once a second has passed; tells whether it did.

        Parameters
        ----------
        wall
            Wall time, seconds.
        totals
            Counts since ever whose rates are metrics: ``wakes``, ``flashes``, and
            ``virtual`` seconds.
        """
        if self._opened is None:
            self._opened = wall
        if self._second_began is None:
            self._begin_second(wall, totals)
            return False
        elapsed = wall - self._second_began
        if elapsed < 1.0:
            return False
        self.note("fps", (self.paints - self._paints_before) / elapsed)
        for name, total in (
            ("wakes_per_s", "wakes"),
            ("flashes_per_s", "flashes"),
            ("speed_achieved", "virtual"),
        ):
            gained = totals[total] - self._counted[total]
            if gained >= 0.0:  # else the run began anew within this second
                self.note(name, gained / elapsed)
        self._close_second(totals["virtual"], wall - self._opened)
        self._begin_second(wall, totals)
        return True

    def begin_anew(self) -> None:
        """Leave out the time since the last second closed: nothing was running."""
        for readings in self._second.values():
            readings.clear()
        self._second_began = self._last_paint = None

    def report(self) -> dict[str, Summary]:
        """Summaries of every reading kept; for `keep_all`."""
        kept = self._all or {}
        made = {name: readings.summary() for name, readings in kept.items()}
        return {name: summary for name, summary in made.items() if summary is not None}

    def table(self) -> Table:
        """The history, to be exported."""
        return Table("metrics", self.history.columns(), HISTORY_COLUMNS)

    def forget(self) -> None:
        """Drop all that was collected so far: what is measured begins now."""
        for readings in (self._second, self._all or {}):
            for kept in readings.values():
                kept.clear()
        self.frames_dropped = self.paints = 0
        self.history = History(HISTORY_COLUMNS, MOST_SECONDS)
        self._second_began = self._last_paint = self._opened = None

    def _begin_second(self, wall: float, totals: Mapping[str, float]) -> None:
        self._second_began = wall
        self._paints_before = self.paints
        self._counted = dict(totals)

    def _close_second(self, virtual: float, wall_s: float) -> None:
        made = {name: readings.summary() for name, readings in self._second.items()}
        self.latest = {name: summary for name, summary in made.items() if summary is not None}
        for readings in self._second.values():
            readings.clear()
        figures = {name: summary.as_dict(*_FIGURES) for name, summary in self.latest.items()}
        times = {"t": virtual, "wall_s": round(wall_s, 3)}
        flat = {f"{n}_{figure}": value for n, of in figures.items() for figure, value in of.items()}
        self.history.add(times | flat)
        if self._lines is not None and not self._lines.write({**times, **figures}):
            why = "" if self._lines.fault is None else self._lines.fault.strerror
            logger.error("The log of the metrics ends here: %s", why)
            self._lines = None
