"""Marks on the phase defects of the grid: a disc with a plus, a square with a minus."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from experiments import Defects
from gui.models.sight import GridPlace, Room
from gui.picture.theme import DEFECT_COLOURS, GRID_MARGIN_COLOUR, GRID_NIGHT

LEAST, MOST = 9, 17
"""Pixels of Qt that a mark is wide."""

_OF_A_CELL: Final = 0.7
_ABOVE_DOTS: Final = 3.5


class DefectMarks(QGraphicsItem):
    """All marks as one picture, made when they change: as many as there are, at the same cost."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(_ABOVE_DOTS)
        self.defects: Defects | None = None
        self._image: QImage | None = None
        self._rect = QRectF()
        self.hide()

    def show_defects(self, defects: Defects | None) -> None:
        """Mark these from the next placing on; None for none."""
        self.defects = defects

    def place(self, place: GridPlace, room: Room, corner: QPointF, ratio: float) -> None:
        """Be drawn where the grid is.

        Parameters
        ----------
        place, room
            Where the grid is and what of it is seen, in pixels of the screen.
        corner
            Of the grid, in pixels of the view.
        ratio
            The screen's pixels in one of Qt's.
        """
        defects = self.defects
        is_there = defects is not None and len(defects.charges) > 0
        self.setVisible(is_there)
        if defects is None or not is_there:
            return
        size = mark_size(place.cell, ratio)
        left, top, width, height = place.seen(room)
        shape = (height + 2 * size, width + 2 * size)  # those at the edge reach beyond it
        # A firefly of row 2 has its middle at 2.5 cells, and the square between 2 and 3 at 3.
        x = np.rint(place.left + (defects.columns + 0.5) * place.cell - left + size)
        y = np.rint(place.top + (defects.rows + 0.5) * place.cell - top + size)
        pixels = marks_at(x.astype(np.intp), y.astype(np.intp), defects.charges, size, shape)
        self._image = QImage(
            pixels.tobytes(),
            shape[1],
            shape[0],
            4 * shape[1],
            QImage.Format.Format_ARGB32_Premultiplied,
        ).copy()
        origin = corner + QPointF(left - place.left - size, top - place.top - size) / ratio
        rect = QRectF(origin.x(), origin.y(), shape[1] / ratio, shape[0] / ratio)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self.update()

    def boundingRect(self) -> QRectF:
        """All that is painted."""
        return self._rect

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """The picture, pixel for pixel."""
        if self._image is not None:
            painter.drawImage(self._rect, self._image)


def mark_size(cell: float, ratio: float) -> int:
    """How wide a mark is, in pixels of the screen: an odd number, so that it has a middle.

    Parameters
    ----------
    cell
        Pixels of the screen along a firefly.
    ratio
        The screen's pixels in one of Qt's.
    """
    return round(min(max(_OF_A_CELL * cell, LEAST * ratio), MOST * ratio)) | 1


def marks_at(
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    charges: NDArray[np.int64],
    size: int,
    shape: tuple[int, int],
) -> NDArray[np.uint32]:
    """A picture with marks.

    Parameters
    ----------
    x, y
        Their middles, pixels; what lies outside of the picture is left out; shape ``(m,)``.
    charges
        Their signs say which mark; shape ``(m,)``.
    size
        How wide they are, pixels.
    shape
        Rows and columns of the picture.

    Returns
    -------
    numpy.ndarray
        Premultiplied ARGB, shape `shape`.
    """
    pixels = np.zeros(shape, dtype=np.uint32)
    half = size // 2
    fits = (x >= half) & (x < shape[1] - half) & (y >= half) & (y < shape[0] - half)
    for sign in (1, -1):
        chosen = np.flatnonzero(fits & (np.sign(charges) == sign))
        rows, columns, colours = _sprite(size, sign)
        places = (y[chosen, None] + rows) * shape[1] + x[chosen, None] + columns
        pixels.reshape(-1)[places] = colours
    return pixels


@lru_cache(maxsize=8)
def _sprite(size: int, sign: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint32]]:
    """The pixels of a mark that aren't clear: places from its middle, and colours."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    line = max(1, round(size / 11))
    edge, ground = QColor(DEFECT_COLOURS[sign]), QColor(GRID_MARGIN_COLOUR)
    if sign > 0:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, line))
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(line / 2, line / 2, size - line, size - line))
    else:
        for inset, colour in ((line // 2 + 1, edge), (line // 2 + 1 + line, ground)):
            painter.fillRect(inset, inset, size - 2 * inset, size - 2 * inset, colour)
    half, reach = line // 2, max(1, round(0.22 * size))
    light, length = QColor(GRID_NIGHT.text), 2 * reach + 1
    middle = size // 2
    painter.fillRect(middle - reach, middle - half, length, 2 * half + 1, light)
    if sign > 0:
        painter.fillRect(middle - half, middle - reach, 2 * half + 1, length, light)
    painter.end()
    packed = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(size, -1)[:, :size].copy()
    rows, columns = np.nonzero(packed >> 24)
    return rows - size // 2, columns - size // 2, packed[rows, columns]
