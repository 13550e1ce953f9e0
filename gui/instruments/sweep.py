"""The map of a sweep, which grows while the sweep goes on."""

from __future__ import annotations

from typing import Final

from gui.instruments.panel import Area, Panel

SWEEP: Final = Panel(
    name="sweep",
    title="Sweep",
    key="Alt+7",
    sentence="Many runs over one parameter or two: what came of each, as a map or a line with its "
    "spread, while they are run. Click on a cell, or move there with the arrows and press Enter, "
    "to open its run. Wheel: zoom; drag: move; double click: all",
    view="gui.instruments.sweep_view:SweepView",
    area=Area.LEFT,
    stacked_on="histogram",
    widths=2.0,
    hint="click: open its run",
)
