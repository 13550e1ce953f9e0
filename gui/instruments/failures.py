"""The list of what has gone wrong, which the window fills."""

from __future__ import annotations

from typing import Final

from gui.instruments.panel import Area, Panel

FAILURES: Final = Panel(
    name="failures",
    title="Problems",
    key="Ctrl+8",
    sentence="Fireflies whose workflow has failed, and other errors, in full",
    view="gui.instruments.failures_view:ProblemList",
    area=Area.BOTTOM,
    stacked_on="raster",
)
