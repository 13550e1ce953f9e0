"""Brushes: which fireflies a stroke touches, and what is done to them."""

from __future__ import annotations

import enum
import math
from typing import Final

from experiments import Action
from gui.models.stroke_shape import StrokeShape

NARROWEST: Final = 1
WIDEST: Final = 41
WIDTH_AT_FIRST: Final = 5
"""Cells."""


class Brush(enum.Enum):
    """What the pointer does on the grid."""

    LOOK = "look"
    FLASH = "flash"
    SCRAMBLE = "scramble"
    SILENCE = "silence"
    PACEMAKER = "pacemaker"
    REVIVE = "revive"

    @property
    def action(self) -> Action | None:
        """What it does to a firefly; None if it only looks."""
        return _ACTIONS[self]


_ACTIONS: Final = {
    Brush.LOOK: None,
    Brush.FLASH: Action.FLASH_NOW,
    Brush.SCRAMBLE: Action.SCRAMBLE,
    Brush.SILENCE: Action.SILENT,
    Brush.PACEMAKER: Action.PACEMAKER,
    Brush.REVIVE: Action.REVIVE,
}

BRUSH_KEYS: Final = {
    Brush.LOOK: "L",
    Brush.FLASH: "F",
    Brush.SCRAMBLE: "X",
    Brush.SILENCE: "Q",
    Brush.PACEMAKER: "P",
    Brush.REVIVE: "V",
}
"""The letter that takes a brush into the hand."""

SENTENCES: Final = {
    Brush.LOOK: "Look: point at a firefly to read about it",
    Brush.FLASH: "Flash: make fireflies flash now",
    Brush.SCRAMBLE: "Scramble: give fireflies random phases",
    Brush.SILENCE: "Silence: fireflies go on, and nobody hears them (a blue dot)",
    Brush.PACEMAKER: "Pacemaker: fireflies that keep their own time, and hear nobody (a green dot)",
    Brush.REVIVE: "Revive: make fireflies as they were, silent or pacemaker no more",
}


_HINTS: Final = {
    StrokeShape.FREE: "Press and draw on the grid.",
    StrokeShape.LINE: "Press, and let go where the line ends.",
    StrokeShape.RECTANGLE: "Press, and let go at the other corner.",
    StrokeShape.FILL: "Press into what is to be filled.",
}


def hint_text(
    brush: Brush, shape: StrokeShape = StrokeShape.FREE, *, is_locked: bool = False
) -> str:
    """What can be done on the grid with a brush in the hand.

    Parameters
    ----------
    brush
        The one in the hand.
    shape
        What is drawn with it.
    is_locked
        Whether a run is repeated, in which nothing can be changed.
    """
    if brush is Brush.LOOK:
        return "Point at a firefly to read about it;\na click holds on to it."
    if is_locked:
        return "A run that is repeated can't be drawn on;\n\u201cBranch here\u201d makes it yours."
    return f"{_HINTS[shape]}\n{SENTENCES[brush]}"


STROKE_WORDS: Final = {
    action: next((b.value.capitalize() for b in Brush if b.action is action), action.value)
    for action in Action
}
"""The name of a stroke, after its brush if there is one."""


def disc(x: float, y: float, width: int, side: int) -> set[int]:
    """Ids of the fireflies under a round brush; the grid wraps around.

    Parameters
    ----------
    x, y
        Its centre, in cells from the upper left corner.
    width
        Its diameter in cells, >= 1.
    side
        Fireflies along each edge.
    """
    reach = min(width, side) / 2
    column, row = math.floor(x), math.floor(y)
    steps = range(-math.ceil(reach), math.ceil(reach) + 1)
    touched = {(column, row)}
    for dx in steps:
        for dy in steps:
            if math.hypot(column + dx + 0.5 - x, row + dy + 0.5 - y) <= reach:
                touched.add((column + dx, row + dy))
    return {row % side * side + column % side for column, row in touched}


def stroke(begin: tuple[float, float], end: tuple[float, float], width: int, side: int) -> set[int]:
    """Ids of all that a brush touches on its way, however fast it was moved."""
    (x0, y0), (x1, y1) = begin, end
    pieces = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / max(0.5, width / 4)))
    touched: set[int] = set()
    for k in range(pieces + 1):
        share = k / pieces
        touched |= disc(x0 + share * (x1 - x0), y0 + share * (y1 - y0), width, side)
    return touched


def resized(width: int, steps: int) -> int:
    """The width some turns of the wheel on: the next odd numbers."""
    return min(WIDEST, max(NARROWEST, width + 2 * steps))
