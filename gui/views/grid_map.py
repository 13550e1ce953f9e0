"""The map of the grid: where one is when only part of it is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.picture.cells import Cells, Shape
from gui.picture.rasteriser import Extent, Rasteriser
from gui.picture.theme import GRID_NIGHT, SIZES
from gui.views.brush_ring import outline_pen, scaled_pen

_LENGTH: Final = 120
_MARGIN: Final = 2 * SIZES.rhythm


class GridMap(QWidget):
    """The whole grid, small, in the lower right corner, with a frame around what is seen."""

    sought = Signal(float, float)
    """A place was pressed or dragged to, in shares of the edges."""

    def __init__(self, grid: QWidget) -> None:
        super().__init__(grid)
        self.setObjectName("gridMap")
        self.setAccessibleName("Map: which part of the swarm is seen")
        self.setToolTip("Drag to look elsewhere; 0 shows all")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(_LENGTH, _LENGTH)
        self._raster = Rasteriser()
        self._pixels: NDArray[np.uint8] | None = None
        self._seen = QRectF()
        self.hide()

    @property
    def seen(self) -> QRectF:
        """Which part of the grid the frame is around, in shares of its edges."""
        return self._seen

    def show_cells(self, cells: Cells) -> None:
        """Show a picture of the whole grid."""
        length = round(_LENGTH * self.devicePixelRatioF())
        tiles = replace(cells, shape=Shape.TILE)
        self._pixels = self._raster.draw(tiles, Extent.whole(cells.side, length))
        self.update()

    def show_seen(self, seen: QRectF) -> None:
        """Frame a part, in shares of the edges."""
        self._seen = seen
        self.update()

    def place(self, grid: QRect) -> None:
        """Stand in the corner of the grid's room."""
        self.move(grid.width() - _LENGTH - _MARGIN, grid.height() - _LENGTH - _MARGIN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, and the frame."""
        if self._pixels is None:
            return
        length = len(self._pixels)
        form = QImage.Format.Format_RGBA8888
        painter = QPainter(self)
        painter.drawImage(self.rect(), QImage(self._pixels.data, length, length, 4 * length, form))
        painter.setPen(scaled_pen(outline_pen(GRID_NIGHT.muted, 1.0), painter))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(self._frame(), QColor(255, 255, 255, 40))
        painter.setPen(scaled_pen(outline_pen(GRID_NIGHT.text, 1.5), painter))
        painter.drawRect(self._frame())

    def _frame(self) -> QRectF:
        seen, last = self._seen, _LENGTH - 1
        return QRectF(seen.x() * last, seen.y() * last, seen.width() * last, seen.height() * last)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep what is done here from the grid below."""
        is_mine = event.type() in (QEvent.Type.MouseButtonRelease, QEvent.Type.Wheel)
        return is_mine or bool(super().event(event))

    def _seek(self, at: QPointF) -> None:
        self.sought.emit(at.x() / _LENGTH, at.y() / _LENGTH)
