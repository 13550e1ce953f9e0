"""The panels around the grid: names, keys and sentences."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class PanelName(enum.Enum):
    """What can be shown or hidden beside the grid."""

    CONTROLS = "controls"
    COHERENCE = "coherence"
    CIRCLE = "circle"
    HISTOGRAM = "histogram"
    RASTER = "raster"
    RATE = "rate"
    ENGINE = "engine"
    FAILURES = "failures"


@dataclass(frozen=True, slots=True)
class PanelWords:
    """Words for a panel.

    Attributes
    ----------
    title
        Its name.
    key
        The shortcut that shows and hides it.
    sentence
        What it shows.
    """

    title: str
    key: str
    sentence: str


PANELS: Final = {
    PanelName.CONTROLS: PanelWords(
        "Controls", "Ctrl+1", "The parameters of the model, views and brushes"
    ),
    PanelName.COHERENCE: PanelWords(
        "Coherence R",
        "Ctrl+2",
        "How far all fireflies agree, over time; the dotted lines are changes you made, which "
        "pointing at them tells. Wheel: zoom; drag: move; double click: all of the run",
    ),
    PanelName.CIRCLE: PanelWords(
        "Phase circle",
        "Ctrl+3",
        "Each firefly at its phase, counter-clockwise from its flash at the right; the arrow is "
        "the mean, its length R; in the shaded arc they are deaf",
    ),
    PanelName.HISTOGRAM: PanelWords(
        "Phases",
        "Ctrl+4",
        "How many fireflies are how long after their flash; the dashed line is what random phases "
        "would give; in the shaded part they are deaf",
    ),
    PanelName.RASTER: PanelWords(
        "Raster", "Ctrl+5", "Who flashed when: a row for each firefly, or for a few side by side"
    ),
    PanelName.RATE: PanelWords(
        "Flashes per second", "Ctrl+6", "Flashes per second of virtual time, in steps of 0.1 s"
    ),
    PanelName.ENGINE: PanelWords(
        "Engine", "Ctrl+7", "What the engine and the window measured in the last second"
    ),
    PanelName.FAILURES: PanelWords(
        "Problems", "Ctrl+8", "Fireflies whose workflow has failed, and other errors, in full"
    ),
}

SHOWN_AT_FIRST: Final = frozenset({PanelName.CONTROLS, PanelName.COHERENCE})
