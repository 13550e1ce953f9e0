"""The registry of panels, in the order of menus and keys."""

from __future__ import annotations

from typing import Final

from experiments import Registry
from gui.instruments.avalanches import AVALANCHES
from gui.instruments.circle import CIRCLE
from gui.instruments.coherence import COHERENCE
from gui.instruments.controls import CONTROLS
from gui.instruments.defects import DEFECTS
from gui.instruments.engine import ENGINE
from gui.instruments.failures import FAILURES
from gui.instruments.firefly import FIREFLY
from gui.instruments.frequencies import FREQUENCIES
from gui.instruments.histogram import HISTOGRAM
from gui.instruments.moments import MOMENTS
from gui.instruments.panel import Panel
from gui.instruments.raster import RASTER
from gui.instruments.rate import RATE
from gui.instruments.response import RESPONSE
from gui.instruments.returns import RETURNS
from gui.instruments.sweep import SWEEP

PANELS: Final = Registry[Panel](
    (
        CONTROLS,
        COHERENCE,
        CIRCLE,
        HISTOGRAM,
        RASTER,
        RATE,
        ENGINE,
        FAILURES,
        FIREFLY,
        FREQUENCIES,
        MOMENTS,
        AVALANCHES,
        DEFECTS,
        RETURNS,
        RESPONSE,
        SWEEP,
    )
)
"""One more panel is one more of these."""


def side_by_side() -> frozenset[str]:
    """Names of the panels that can all be seen at once."""
    return frozenset(panel.name for panel in PANELS.values() if not panel.stacked_on)
