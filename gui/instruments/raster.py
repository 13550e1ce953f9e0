"""The raster of the last flashes: who flashed when."""

from __future__ import annotations

from typing import Final

from gui.instruments.panel import Area, Instrument, RunSoFar, instant_shown
from gui.models.flash_history import Raster


def raster(run: RunSoFar) -> Raster:
    """The flashes of the last periods, as finely as there is room for."""
    rows, columns = run.room
    return run.flashes.raster(run.instant.t, run.instant.parameters, rows, columns)


def _depends_on(run: RunSoFar) -> tuple[object, ...]:
    return *instant_shown(run), run.room


RASTER: Final = Instrument(
    name="raster",
    title="Raster",
    key="Ctrl+5",
    sentence="Who flashed when: a row for each firefly, or for a few side by side",
    view="gui.instruments.raster_view:RasterView",
    area=Area.BOTTOM,
    rank=1,
    compute=raster,
    interval_s=1 / 8,
    depends_on=_depends_on,
)
