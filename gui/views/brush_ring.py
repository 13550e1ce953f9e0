"""The circle around what a brush would touch, visible on any background."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.picture.theme import GRID_MARGIN_COLOUR, GRID_NIGHT

_ABOVE_ALL: Final = 10.0


class BrushRing(QGraphicsEllipseItem):
    """A light line with dark edges: one of the two stands out, on a dark cell and on a lit one."""

    def __init__(self) -> None:
        super().__init__()
        self._pens = (outline_pen(GRID_MARGIN_COLOUR, 4.0), outline_pen(GRID_NIGHT.text, 1.5))
        self.setPen(self._pens[0])  # the wider one, which determines the area it covers
        self.setZValue(_ABOVE_ALL)
        self.hide()

    def show_at(self, x: float, y: float, width: float) -> None:
        """Around a point of the view, so many pixels wide."""
        self.setRect(QRectF(x - width / 2, y - width / 2, width, width))
        self.show()

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """The dark line, and the light one on it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pen in self._pens:
            painter.setPen(scaled_pen(pen, painter))
            painter.drawEllipse(self.rect())


def outline_pen(colour: str, width: float) -> QPen:
    """Of one width on the screen, however large a firefly is drawn."""
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    return pen


def scaled_pen(pen: QPen, painter: QPainter) -> QPen:
    """As wide on a screen that the desktop scales, where Qt counts the screen's own pixels."""
    scaled = QPen(pen)
    scaled.setWidthF(pen.widthF() * painter.device().devicePixelRatio())
    return scaled
