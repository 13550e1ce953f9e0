"""Lengths and outlines of the grid: the screen's pixels, and cells."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from gui.views.brush_ring import outline_pen


def on_pixel(length: float, before: int, ratio: float) -> float:
    """The nearest length that, after another, ends between two pixels of the screen.

    Parameters
    ----------
    length, before
        In pixels of Qt.
    ratio
        The screen's pixels in one of Qt's.
    """
    return round((before + length) * ratio) / ratio - before


def cell_of(at: tuple[float, float]) -> tuple[int, int]:
    """The cell of a place: column and row, counted from the top left."""
    return math.floor(at[0]), math.floor(at[1])


def outline_of(fireflies: Sequence[int], side: int) -> QPainterPath:
    """Frames around some fireflies, in cells."""
    path = QPainterPath()
    for firefly in fireflies:
        y, x = divmod(firefly, max(1, side))
        path.addRect(x, y, 1, 1)
    return path


def outline_item(colour: str, z: float) -> QGraphicsPathItem:
    """An item for frames in a colour, at a height above the picture."""
    item = QGraphicsPathItem()
    item.setPen(outline_pen(colour, 1.5))
    item.setZValue(z)
    return item
