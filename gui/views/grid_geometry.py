"""Lengths and outlines of the grid: the screen's pixels, and cells."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from gui.picture.theme import GRID_MARGIN_COLOUR
from gui.views.brush_ring import outline_pen, scaled_pen


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


def boundary_of(fireflies: Collection[int], side: int) -> QPainterPath:
    """The outline of some fireflies together, in cells."""
    path = QPainterPath()
    if not fireflies:
        return path
    is_in = np.zeros((side + 2, side + 2), dtype=bool)
    ids = np.fromiter(fireflies, dtype=np.intp, count=len(fireflies))
    is_in[ids // side + 1, ids % side + 1] = True
    for y, x in np.argwhere(is_in[1:] != is_in[:-1]).tolist():
        path.moveTo(x - 1, y)
        path.lineTo(x, y)
    for y, x in np.argwhere(is_in[:, 1:] != is_in[:, :-1]).tolist():
        path.moveTo(x, y - 1)
        path.lineTo(x, y)
    return path


class CellOutlines(QGraphicsPathItem):
    """Frames around fireflies: light lines on broader dark ones, visible on any background.

    Parameters
    ----------
    colour
        Of the light lines.
    width
        Of them, pixels; the broader they are, the broader the dark on either side.
    least_length
        Pixels: all of them together are no smaller, so that one can be found.
    """

    def __init__(self, colour: str, width: float, least_length: float) -> None:
        super().__init__()
        dark = outline_pen(GRID_MARGIN_COLOUR, width + 2.0 * (width - 1.0))
        self._pens = (dark, outline_pen(colour, width))
        for pen in self._pens:
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        self._least_length = least_length

    def boundingRect(self) -> QRectF:
        """All that is painted."""
        margin = (self._least_length + self._pens[0].widthF()) / self._cell
        return self.path().boundingRect().adjusted(-margin, -margin, margin, margin)

    @property
    def _cell(self) -> float:
        """Pixels of a firefly."""
        return self.sceneTransform().m11() or 1.0

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Dark and broad first, light over it."""
        path = self.path()
        rect, least = path.boundingRect(), self._least_length / self._cell
        if not path.isEmpty() and rect.width() < least:
            middle = rect.center()
            path = QPainterPath()
            path.addRect(QRectF(middle.x() - least / 2, middle.y() - least / 2, least, least))
        for pen in self._pens:
            painter.setPen(scaled_pen(pen, painter))
            painter.drawPath(path)


def outline_item(
    colour: str, z: float, width: float = 1.5, least_length: float = 0.0
) -> CellOutlines:
    """An item for frames in a colour, at a height above the picture; see :class:`CellOutlines`."""
    item = CellOutlines(colour, width, least_length)
    item.setZValue(z)
    return item
