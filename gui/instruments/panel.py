"""A panel: what it is called, where it stands, what its picture is worked out from, its widget."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from experiments import CoherenceRecord, Failure, Instant, Intervention, Parameters
from gui.models.axis_part import WHOLE_AXIS, AxisPart
from gui.models.coherence_trace import Mark
from gui.models.flash_history import Raster
from gui.models.metrics import Measured
from gui.models.time_window import TimeWindow

Data = TypeVar("Data")


class Area(enum.Enum):
    """On which side of the grid a panel stands at first."""

    LEFT = enum.auto()
    RIGHT = enum.auto()
    BOTTOM = enum.auto()


class Flashes(Protocol):
    """The flashes so far, to be read; see :class:`~gui.models.flash_history.FlashHistory`."""

    def rate(
        self, begin: float, now: float, most: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Flashes per second of virtual time."""

    def raster(
        self,
        window: TimeWindow,
        now: float,
        n_fireflies: int,
        rows: int,
        columns: int,
        whose: AxisPart = WHOLE_AXIS,
    ) -> Raster:
        """Who flashed when."""

    @property
    def known_since(self) -> float:
        """Since when all flashes are remembered, seconds."""

    def between(self, begin: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """The flashes between two times, seconds, as far as they are remembered."""


class ReadableRun(Protocol):
    """The fireflies and their run, to be read; see :class:`~experiments.Simulation`."""

    @property
    def initial(self) -> Parameters:
        """The parameters that the run began with."""

    @property
    def interventions(self) -> Sequence[Intervention]:
        """What was done to it, in order."""

    @property
    def failures(self) -> Sequence[Failure]:
        """Fireflies that have failed."""

    def status_of(self, ids: Sequence[int]) -> NDArray[np.uint8]:
        """The flags of some."""

    def flash_counts(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """How often some have flashed."""


@dataclass(frozen=True, slots=True)
class RunSoFar:
    """All that the picture of a panel may be worked out from; to be read, never written to.

    Attributes
    ----------
    instant
        The instant that everything in the window shows.
    coherence
        Samples of R since the beginning.
    flashes
        The flashes since the beginning.
    lateness
        How late the last flash of each came to light, by id, seconds, shape ``(n,)``; nan where
        that isn't known.
    measured
        What was measured of the engine and the window.
    marks
        The changes of parameters, in order; a run that is repeated has some ahead.
    held
        The firefly that is held; None if none is.
    swarm
        What is known of the fireflies beside that.
    time_window
        The part of the run to show; None for all of it, as it grows.
    room
        Rows and columns of pixels that the panel has for its picture.
    memory
        What the panel remembers of the run, if it remembers anything; None at first.
    whose
        The fireflies to show where each has a row, in the order of their ids.
    """

    instant: Instant
    coherence: CoherenceRecord
    flashes: Flashes
    lateness: NDArray[np.float64]
    measured: Measured
    marks: Sequence[Mark]
    held: int | None
    swarm: ReadableRun
    time_window: TimeWindow | None
    room: tuple[int, int]
    memory: Any = None
    whose: AxisPart = WHOLE_AXIS


def instant_shown(run: RunSoFar) -> tuple[object, ...]:
    """What tells one instant from another, for pictures of phases and flashes."""
    instant = run.instant
    return instant.t, instant.n_flashes, instant.n_interventions, instant.parameters


def shared_time(run: RunSoFar) -> tuple[object, ...]:
    """What people change of a plot over time by hand: the part that shows, and the changes.

    The words of a mark change with each step of a drag: for these there is time until the next
    picture.
    """
    wish = None if run.time_window is None else run.time_window.wish()
    return wish, len(run.marks)


def _nothing(_run: RunSoFar) -> tuple[object, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What can be shown or hidden beside the grid.

    Attributes
    ----------
    name
        What the command line and saved layouts know it by; it never changes.
    title, sentence
        Its name for people, and what it shows.
    key
        The shortcut that shows and hides it.
    view
        Its widget, ``module:Class``; see :class:`~gui.instruments.panel_view.PanelView`. It is
        looked up when a window is made, so that nothing here needs Qt. Empty: the window has it.
    area
        Where it stands at first.
    rank
        Of the panels of an area, those of a lower rank come first, else those declared first.
    stacked_on
        Name of the panel that it shares a place with at first; none if empty.
    widths
        How many widths of a usual panel it takes at first, where the grid doesn't need the room.
    hint
        A few words beside its title, where there is room.
    is_shown_at_first
        Whether it shows before anybody has arranged anything.
    is_shown_beside
        Whether it does so too where there is room for plots beside the grid.
    """

    name: str
    title: str
    key: str
    sentence: str
    area: Area
    view: str = ""
    rank: int = 0
    stacked_on: str = ""
    widths: float = 1.0
    hint: str = ""
    is_shown_at_first: bool = False
    is_shown_beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(Panel, Generic[Data]):
    """A panel whose picture is worked out of the run, now and then.

    Attributes
    ----------
    compute
        Works out what its view is given: a pure function.
    interval_s
        Seconds of wall time between two pictures; longer for large swarms.
    depends_on
        All that a picture depends on, to compare: while it stays the same there is no new one.
    hurried_by
        What it depends on beside that, which people change by hand: it shows at once.
    remember
        What it remembers after a look at the run, whose memory is that of the look before: a pure
        function, called before each picture; None if it remembers nothing. While nobody sees the
        panel it isn't called, and what happens then is not remembered.
    empty
        What its view is given before a swarm of such parameters has started; None for nothing.
    """

    compute: Callable[[RunSoFar], Data]
    interval_s: float
    depends_on: Callable[[RunSoFar], tuple[object, ...]] = instant_shown
    hurried_by: Callable[[RunSoFar], tuple[object, ...]] = _nothing
    remember: Callable[[RunSoFar], object] | None = None
    empty: Callable[[Parameters], Data] | None = None
