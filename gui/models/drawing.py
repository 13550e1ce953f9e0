"""Ways to draw a firefly on the grid."""

from __future__ import annotations

import enum
from typing import Final


class Drawing(enum.Enum):
    """The shape of a firefly; where cells are small, all are tiles."""

    LIGHTS = "lights"
    TILES = "tiles"


DRAWING_WORDS: Final = {
    Drawing.LIGHTS: "Fireflies as lights",
    Drawing.TILES: "Fireflies as tiles",
}
