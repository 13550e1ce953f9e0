"""Marks on the phase defects of the grid: a disc with a plus, a square with a minus."""

from __future__ import annotations

import math
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

LEAST, MOST = 15, 25
"""Pixels of Qt that a mark is wide where there is room: to be seen from the back of a hall."""

NARROWEST: Final = 9
"""Pixels of Qt of a mark that still has an edge, where there are many."""

CROWDED: Final = 7
"""Pixels of Qt where they would cover too much of the grid: signs without an edge."""

_MOST_COVERED: Final = 0.4
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
        left, top, width, height = place.seen(room)
        room_each = place.length**2 / len(defects.charges)
        size, has_edge = mark_size(place.cell, ratio, room_each)
        shape = (height + 2 * size, width + 2 * size)  # those at the edge reach beyond it
        # A firefly of row 2 has its middle at 2.5 cells, and the square between 2 and 3 at 3.
        x = np.rint(place.left + (defects.columns + 0.5) * place.cell - left + size)
        y = np.rint(place.top + (defects.rows + 0.5) * place.cell - top + size)
        pixels = marks_at(
            x.astype(np.intp), y.astype(np.intp), defects.charges, size, shape, has_edge=has_edge
        )
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


def mark_size(cell: float, ratio: float, room: float) -> tuple[int, bool]:
    """How wide a mark is, and whether it has an edge and a ground, or is a sign alone.

    Parameters
    ----------
    cell
        Pixels of the screen along a firefly.
    ratio
        The screen's pixels in one of Qt's.
    room
        Pixels of the screen that there are for each mark.

    Returns
    -------
    size
        Pixels of the screen: an odd number, so that it has a middle.
    has_edge
        Not where marks would cover too much of the grid.
    """
    wished = min(max(_OF_A_CELL * cell, LEAST * ratio), MOST * ratio)
    fits = math.sqrt(_MOST_COVERED * room)
    has_edge = fits >= NARROWEST * ratio
    return _odd(min(wished, fits) if has_edge else CROWDED * ratio), has_edge


def _odd(size: float) -> int:
    """The odd number nearest to a size, or the one below where that is as near."""
    return 2 * math.ceil(size / 2.0 - 1.0) + 1


def marks_at(
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    charges: NDArray[np.int64],
    size: int,
    shape: tuple[int, int],
    *,
    has_edge: bool = True,
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
    has_edge
        Whether they have an edge and a ground, or are signs alone.

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
        rows, columns, colours = _sprite(size, sign, has_edge)
        places = (y[chosen, None] + rows) * shape[1] + x[chosen, None] + columns
        pixels.reshape(-1)[places] = colours
    return pixels


@lru_cache(maxsize=8)
def _sprite(
    size: int, sign: int, has_edge: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint32]]:
    """The pixels of a mark that aren't clear: places from its middle, and colours."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    line = max(1, round(size / 11))
    edge, ground = QColor(DEFECT_COLOURS[sign]), QColor(GRID_MARGIN_COLOUR)
    if not has_edge:
        _paint_sign(painter, size, sign, (size // 2 - 1, size // 2), ground)
    elif sign > 0:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, line))
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(line / 2, line / 2, size - line, size - line))
    else:
        for inset, colour in ((line // 2 + 1, edge), (line // 2 + 1 + line, ground)):
            painter.fillRect(inset, inset, size - 2 * inset, size - 2 * inset, colour)
    half = line // 2
    reach = max(1, round(0.22 * size)) if has_edge else size // 2 - 1
    _paint_sign(painter, size, sign, (half, reach), QColor(GRID_NIGHT.text))
    painter.end()
    packed = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(size, -1)[:, :size].copy()
    rows, columns = np.nonzero(packed >> 24)
    return rows - size // 2, columns - size // 2, packed[rows, columns]


def _paint_sign(
    painter: QPainter, size: int, sign: int, reaches: tuple[int, int], colour: QColor
) -> None:
    """A plus or a minus: how many pixels to either side of its lines, and along them."""
    middle, (half, reach) = size // 2, reaches
    width, length = 2 * half + 1, 2 * reach + 1
    painter.fillRect(middle - reach, middle - half, length, width, colour)
    if sign > 0:
        painter.fillRect(middle - half, middle - reach, width, length, colour)
