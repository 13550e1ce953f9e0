"""The look of the window, apart from what it shows: nothing of it touches the simulation."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from gui.models.brush import WIDTH_AT_FIRST, Brush
from gui.models.colouring import Colouring
from gui.models.drawing import Drawing
from gui.models.stroke_shape import StrokeShape

SMALLEST_SCALE: Final = 0.8
LARGEST_SCALE: Final = 1.6
"""Sizes of the text, 1 being usual."""


class Theme(enum.Enum):
    """Which colours the window has."""

    SYSTEM = "system"
    NIGHT = "night"
    DAY = "day"


THEME_WORDS: Final = {Theme.SYSTEM: "As the system", Theme.NIGHT: "Night", Theme.DAY: "Day"}


@dataclass(frozen=True, slots=True)
class Look:
    """What a window begins with.

    Attributes
    ----------
    theme
        Its colours; None: those of last time, or at first of the system.
    view
        What the colour of a firefly means; None: as the preset has it, or else the glow.
    panels
        Names of those shown; by default as they were last arranged.
    is_calm
        Whether every change of brightness is softened.
    drawing
        How fireflies are drawn; None: as last time, at first as lights.
    text_scale
        Size of the text, 1 being usual.
    brush, brush_width, shape
        What is in the hand; how wide it is, in cells; what is drawn with it.
    tells_story
        Whether it tells what there is to see, until the user does something.
    """

    theme: Theme | None = None
    view: Colouring | None = None
    panels: frozenset[str] | None = None
    is_calm: bool = False
    drawing: Drawing | None = None
    text_scale: float = 1.0
    brush: Brush = Brush.LOOK
    brush_width: int = WIDTH_AT_FIRST
    shape: StrokeShape = StrokeShape.FREE
    tells_story: bool = False


AT_FIRST: Final = Look()
"""Before anybody has chosen anything."""
