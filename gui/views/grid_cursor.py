"""The cursor on the grid: arrows move it, Enter does what a click does."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.models.grid_cursor import GridEdge, Move, moved_cell
from gui.picture.theme import GRID_MARGIN_COLOUR, GRID_NIGHT

_LEAST_LENGTH: Final = 14.0
"""Pixels: smaller fireflies get a larger frame, so that it can be found."""

_GAP: Final = 2.0

_WAYS: Final[dict[Qt.Key, Move | GridEdge]] = {
    Qt.Key.Key_Left: Move.LEFT,
    Qt.Key.Key_Right: Move.RIGHT,
    Qt.Key.Key_Up: Move.UP,
    Qt.Key.Key_Down: Move.DOWN,
    Qt.Key.Key_PageUp: Move.FAR_UP,
    Qt.Key.Key_PageDown: Move.FAR_DOWN,
    Qt.Key.Key_Home: GridEdge.ROW_BEGIN,
    Qt.Key.Key_End: GridEdge.ROW_END,
}

_WAYS_WITH_CONTROL: Final[dict[Qt.Key, Move | GridEdge]] = {
    Qt.Key.Key_Left: Move.FAR_LEFT,
    Qt.Key.Key_Right: Move.FAR_RIGHT,
    Qt.Key.Key_Up: Move.FAR_UP,
    Qt.Key.Key_Down: Move.FAR_DOWN,
    Qt.Key.Key_Home: GridEdge.FIRST,
    Qt.Key.Key_End: GridEdge.LAST,
}

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier


def is_cursor_key(event: QKeyEvent) -> bool:
    """Whether a key is one that the cursor understands."""
    return _way_of(event) is not None or event.key() in _ENTER


def _way_of(event: QKeyEvent) -> Move | GridEdge | None:
    is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    ways = _WAYS_WITH_CONTROL if is_control else _WAYS
    return ways.get(Qt.Key(event.key()))


class CursorFrame(QGraphicsItem):
    """A light frame on a dark one, visible on any background."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self.setZValue(20)
        self.hide()

    def place(self, cell: QRectF) -> None:
        """Stand around a firefly, in pixels of the view."""
        wanted = max(_LEAST_LENGTH, cell.width() + 2.0 * _GAP, cell.height() + 2.0 * _GAP)
        rect = QRectF(0.0, 0.0, wanted, wanted)
        rect.moveCenter(cell.center())
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def boundingRect(self) -> QRectF:
        """All that is painted."""
        return self._rect.adjusted(-3.0, -3.0, 3.0, 3.0)

    def shape(self) -> QPainterPath:
        """Nothing: the pointer goes through it."""
        return QPainterPath()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Dark and broad first, light and thin over it."""
        for colour, width in ((GRID_MARGIN_COLOUR, 5.0), (GRID_NIGHT.text, 2.0)):
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(self._rect)


class GridCursor(QObject):
    """Turns keys into what the pointer would do; knows where it is, and paints nothing.

    Strokes may lead beyond the grid, around which they wrap.
    """

    cellChanged = Signal()

    stroked = Signal(float, float, float, float)
    """From where to where it paints, in cells."""

    strokeEnded = Signal()

    clicked = Signal(float, float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._side = 0
        self.cell = (0, 0)
        self._is_pressed = False
        self._is_drawing = False
        self._has_moved = False
        self._last_painted: tuple[int, int] | None = None

    @property
    def side(self) -> int:
        """Fireflies along each edge."""
        return self._side

    @side.setter
    def side(self, side: int) -> None:
        self.lift()
        self._side = side
        self.cell = (side // 2, side // 2)
        self._last_painted = None

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the firefly it is at, in cells."""
        return _middle(self.cell)

    def press(self, event: QKeyEvent) -> bool:
        """A key goes down; whether that means something."""
        if not self._side:
            return False
        is_shift = bool(event.modifiers() & _SHIFT)
        way = _way_of(event)
        if way is not None:
            self._move(way, is_painting=self._is_pressed or is_shift)
            return True
        if event.key() not in _ENTER:
            return False
        if not event.isAutoRepeat():
            self.lift()
            begin = self._last_painted if is_shift and self._last_painted else self.cell
            self._is_pressed = True
            self._has_moved = begin != self.cell
            self._paint(begin, self.cell)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key goes up; whether that means something."""
        if event.isAutoRepeat() or event.key() not in (*_ENTER, Qt.Key.Key_Shift):
            return False
        is_click = self._is_pressed and not self._has_moved and event.key() in _ENTER
        if event.key() in _ENTER or not self._is_pressed:
            self.lift()
        if is_click:
            self.clicked.emit(*self.middle)
        return True

    def lift(self) -> None:
        """End the stroke, if there is one."""
        if self._is_drawing:
            self._is_pressed = self._is_drawing = False
            self.strokeEnded.emit()

    def _move(self, way: Move | GridEdge, *, is_painting: bool) -> None:
        if not is_painting:
            self.lift()
        before = self.cell
        column, row = moved_cell(before, way, self._side)
        self.cell = column % self._side, row % self._side
        self._has_moved = True
        self.cellChanged.emit()
        if is_painting:
            self._paint(before, (column, row))

    def _paint(self, begin: tuple[int, int], end: tuple[int, int]) -> None:
        self._is_drawing = True
        self._last_painted = self.cell
        self.stroked.emit(*_middle(begin), *_middle(end))


def _middle(cell: tuple[int, int]) -> tuple[float, float]:
    return cell[0] + 0.5, cell[1] + 0.5
