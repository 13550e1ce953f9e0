"""The raster of the flashes: who flashed when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gui.instruments.panel import Area, Instrument, RunSoFar, instant_shown, shared_time
from gui.models.coherence_trace import Mark, marks_in_sight
from gui.models.flash_history import Raster
from gui.models.time_window import whole_window


@dataclass(frozen=True, slots=True)
class RasterPicture:
    """What the panel shows.

    Attributes
    ----------
    raster
        Who flashed when.
    marks
        Changes in sight, and when all had come into step.
    side
        Fireflies along an edge of the grid.
    is_whole, is_latest
        Whether it shows all of the run, or follows the present.
    """

    raster: Raster
    marks: tuple[Mark, ...]
    side: int
    is_whole: bool
    is_latest: bool


def raster_picture(run: RunSoFar) -> RasterPicture:
    """The flashes of the part of the run that shows, as finely as there is room for."""
    instant, wanted = run.instant, run.time_window
    shown = whole_window(instant.t) if wanted is None else wanted
    n = instant.parameters.n_fireflies
    return RasterPicture(
        run.flashes.raster(shown, instant.t, n, *run.room, run.whose),
        marks_in_sight(run.marks, run.coherence, shown, instant.t),
        instant.parameters.side,
        is_whole=wanted is None,
        is_latest=shown.is_latest,
    )


def _by_hand(run: RunSoFar) -> tuple[object, ...]:
    return *shared_time(run), run.whose


def _depends_on(run: RunSoFar) -> tuple[object, ...]:
    return *instant_shown(run), run.room


RASTER: Final = Instrument(
    name="raster",
    title="Raster",
    key="Ctrl+5",
    sentence="Who flashed when: a row for each firefly, or for a few side by side. Point: read "
    "out; wheel: zoom in time; wheel with Shift, or beside the rows: in fireflies; drag: move; "
    "double click: all of the run; End: the last periods",
    view="gui.instruments.raster_view:RasterView",
    area=Area.BOTTOM,
    is_shown_beside=True,
    rank=1,
    compute=raster_picture,
    interval_s=1 / 8,
    depends_on=_depends_on,
    hurried_by=_by_hand,
)
