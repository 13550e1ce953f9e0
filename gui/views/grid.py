"""The grid: the picture of the swarm, square and centred, as large as fits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsRectItem,
    QGraphicsView,
    QWidget,
)

from gui.controls.wheel import WheelSteps
from gui.picture.theme import GRID_LINE_COLOUR, GRID_MARGIN_COLOUR, GRID_NIGHT, SIZES
from gui.views.brush_ring import BrushRing, outline_pen
from gui.views.grid_cursor import CursorFrame, GridCursor
from gui.views.grid_dots import DOT, dots_of
from gui.views.grid_geometry import cell_of, on_pixel, outline_item, outline_of
from gui.views.grid_words import GridWords

_LEAST_WHOLE_CELL: Final = 5
"""Pixels of the screen per firefly from which cells are whole pixels wide, all alike."""


class GridView(pg.GraphicsView):  # type: ignore[misc]
    """Paints the frames it is given, with small words over them.

    Attributes
    ----------
    ring
        Where a brush would touch.
    marks
        Dots on fireflies that are silent, blind, pacemakers or have failed.
    pin, around
        Frames of the firefly that is held on to, and of its neighbours.
    """

    painted = Signal()
    """A picture that was not seen before is on the screen."""

    pointed = Signal(float, float)
    """Where the pointer is, in cells from the upper left corner; nan when it has left."""

    stroked = Signal(float, float, float, float)
    """From where to where the pointer was moved with its button down, in cells."""

    strokeEnded = Signal()

    clicked = Signal(float, float)
    """Where the button was pressed and let go, without going to another cell; in cells."""

    cancelRequested = Signal()

    wheelTurned = Signal(int)
    """Steps of the wheel, away from the user counting up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, background=GRID_MARGIN_COLOUR)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # An item that shrinks leaves its old pixels behind wherever only what it says it covers
        # is painted (pyqtgraph's picture says so too late). The margins cost 0.1 ms a frame.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.enableMouse(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 240)
        self.setAccessibleName("The swarm")
        self.setAccessibleDescription(
            "Each square is a firefly; it lights up when it flashes. "
            "Arrows move the cursor, Enter does with the brush what a click does"
        )
        self.setMouseTracking(True)
        self._side = 0
        self._is_new = False
        self._cell = 1.0
        self._pressed_at: tuple[float, float] | None = None
        self._has_left_cell = False
        self._pointer: QPointF | None = None
        self._origin = QPoint()
        self.ring = BrushRing()
        self._ring_width = 0
        self.addItem(self.ring)
        self._wheel = WheelSteps()
        self.cursor_frame = CursorFrame()
        self.addItem(self.cursor_frame)
        self._cursor = GridCursor(self)
        self._cursor.cellChanged.connect(self._on_cursor_cell_changed)
        self._cursor.stroked.connect(self.stroked)
        self._cursor.strokeEnded.connect(self.strokeEnded)
        self._cursor.clicked.connect(self.clicked)
        self._edge = QGraphicsRectItem()
        self._edge.setPen(outline_pen(GRID_LINE_COLOUR, 1.0))
        self._edge.setBrush(QBrush(Qt.BrushStyle.NoBrush))
        self.addItem(self._edge)
        self._image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self._image)
        self.marks = pg.ImageItem(axisOrder="row-major")
        self.marks.setZValue(3)
        self.marks.hide()
        self.addItem(self.marks)
        self.words = GridWords(self)
        self.words.cancel_button.clicked.connect(self.cancelRequested)
        self.pin = outline_item(GRID_NIGHT.text, z=5, width=2.5, least_length=14.0)
        self.addItem(self.pin)
        self.around = outline_item(GRID_NIGHT.muted, z=4)
        self.addItem(self.around)

    # -- showing ------------------------------------------------------------------------

    def show_picture(self, rgba: NDArray[np.uint8]) -> None:
        """Show a picture, shape ``(side, side, 4)``; it is not copied."""
        self._image.setImage(rgba, levels=None, autoLevels=False)
        self._is_new = True
        if len(rgba) != self._side:
            self._side = self._cursor.side = len(rgba)
            self._place()

    def show_marks(self, status: NDArray[np.uint8]) -> None:
        """A dot in the middle of each firefly that something was done to.

        Parameters
        ----------
        status
            :class:`~experiments.Status` flags by id, shape ``(side**2,)``.
        """
        self.marks.setVisible(bool(status.any()))
        if status.any():
            self.marks.setImage(dots_of(status), levels=None, autoLevels=False)

    def show_pinned(self, firefly: int | None, around: Sequence[int] = ()) -> None:
        """Frame a firefly and those that it hears; None takes the frames away."""
        self.pin.setPath(outline_of([] if firefly is None else [firefly], self._side))
        self.around.setPath(outline_of(around, self._side))

    def show_brush(self, width: int) -> None:
        """Show how wide the brush is, in cells, around where the pointer is; 0 for none."""
        self._ring_width = width
        self._draw_ring()
        self.setCursor(Qt.CursorShape.CrossCursor if width else Qt.CursorShape.ArrowCursor)

    @property
    def side(self) -> int:
        """Fireflies along each edge of the picture shown; 0 as long as there is none."""
        return self._side

    def cell_rect(self, firefly: int) -> QRectF:
        """Where a firefly is, in pixels of this widget."""
        y, x = divmod(firefly, self._side)
        rect: QRectF = self._image.mapRectToScene(QRectF(x, y, 1, 1))
        return rect

    # -- pointing -----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton and self._side:
            at = self._cells(event.position())
            if self._is_inside(*at):
                self._pressed_at = at
                self._has_left_cell = False
                self._cursor.lift()
                self._cursor.cell = cell_of(at)
                self.cursor_frame.hide()
                self.stroked.emit(*at, *at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, and go on with the stroke if there is one."""
        if not self._side:
            return
        x, y = at = self._cells(event.position())
        self.pointed.emit(*(at if self._is_inside(x, y) else (math.nan, math.nan)))
        if self._pressed_at is not None:
            self._has_left_cell |= cell_of(at) != cell_of(self._pressed_at)
            self.stroked.emit(*self._pressed_at, x, y)
            self._pressed_at = at
        self._pointer = event.position()
        self._draw_ring()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke, which was a click if it never left its cell."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pressed_at is not None and not self._has_left_cell:
            self.clicked.emit(*self._pressed_at)
        if self._pressed_at is not None:
            self._pressed_at = None
            self.strokeEnded.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self._pointer = None
        self._draw_ring()
        self.pointed.emit(math.nan, math.nan)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the wheel."""
        if steps := self._wheel.take(event):
            self.wheelTurned.emit(steps)
        event.accept()

    # -- by keyboard --------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor, and paint; all other keys are the window's."""
        if self._cursor.press(event):
            self._show_cursor()
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End what a key has begun."""
        event.setAccepted(self._cursor.release(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor if the focus came by keyboard."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._show_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor, and end its stroke."""
        super().focusOutEvent(event)
        self._cursor.lift()
        self.hide_cursor()

    def hide_cursor(self) -> None:
        """Take the cursor away, until a key asks for it."""
        if self.cursor_frame.isVisible():
            self.cursor_frame.hide()
            self._draw_ring()
            self.pointed.emit(math.nan, math.nan)

    def _show_cursor(self) -> None:
        if self._side:
            self._place_cursor()
            self.cursor_frame.show()
            self._on_cursor_cell_changed()

    def _place_cursor(self) -> None:
        column, row = self._cursor.cell
        self.cursor_frame.place(self.cell_rect(row * self._side + column))

    def _on_cursor_cell_changed(self) -> None:
        self._pointer = None
        self.pointed.emit(*self._cursor.middle)
        self._draw_ring()

    # -- where --------------------------------------------------------------------------

    def _draw_ring(self) -> None:
        """Around where the brush is, as wide as it is: at once, whether time passes or not."""
        at = self._brush_at()
        if at is None or not self._ring_width or not self._is_inside(*at):
            self.ring.hide()
            return
        middle = self._image.mapToScene(QPointF(*at))
        self.ring.show_at(middle.x(), middle.y(), self._ring_width * self._cell)

    def _brush_at(self) -> tuple[float, float] | None:
        """The middle of the brush in cells: where the pointer was moved to, or the cursor."""
        if self._pointer is not None:
            return self._cells(self._pointer)
        return self._cursor.middle if self.cursor_frame.isVisible() else None

    def _cells(self, at: QPointF) -> tuple[float, float]:
        """The middle of the screen's pixel at a point, in cells: its edge may be either cell's."""
        half = 0.5 / self.devicePixelRatioF()
        point = self._image.mapFromScene(at + QPointF(half, half))
        return point.x(), point.y()

    def _is_inside(self, x: float, y: float) -> bool:
        return 0.0 <= x < self._side and 0.0 <= y < self._side

    # -- placing ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the grid square, centred, as large as fits."""
        super().resizeEvent(event)
        if hasattr(self, "words"):  # pyqtgraph calls this while it is being made
            self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and emit that if the picture is a new one: this is how frames are counted.

        What lies over the grid, such as a toast, has it painted again, which is no frame.
        """
        if self._top_left_in_window() != self._origin:
            self._place()  # moved by its neighbours, perhaps by a fraction of a screen's pixel
        super().paintEvent(event)
        if self._is_new:
            self._is_new = False
            self.painted.emit()

    def changeEvent(self, event: QEvent) -> None:
        """On another screen pixels may be of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange and hasattr(self, "words"):
            self._place()

    def _top_left_in_window(self) -> QPoint:
        top_left: QPoint = self.mapTo(self.window(), QPoint())
        return top_left

    def _place_picture(self) -> None:
        """As large as fits; where that can be, each cell is the same number of the screen's pixels.

        Lengths of Qt are not pixels of the screen where the desktop is scaled: by 1.25 cells of
        8 would be 10 pixels, but of 9 they would be 11 or 12, with seams between.
        """
        ratio = self.devicePixelRatioF()
        self._origin = origin = self._top_left_in_window()
        room = min(self.width(), self.height()) - 2 * SIZES.rhythm
        cell = room * ratio / self._side
        if cell >= _LEAST_WHOLE_CELL:
            cell = float(int(cell))
        self._cell = cell = cell / ratio
        length = cell * self._side
        left = on_pixel((self.width() - length) / 2, origin.x(), ratio)
        top = on_pixel((self.height() - length) / 2, origin.y(), ratio)
        for item in (self._image, self.pin, self.around):
            item.setTransform(QTransform(cell, 0.0, 0.0, cell, left, top))
        dot = cell / DOT
        self.marks.setTransform(QTransform(dot, 0.0, 0.0, dot, left, top))
        half = 0.5 / ratio
        self._edge.setRect(QRectF(left - half, top - half, length + 2 * half, length + 2 * half))
        self._place_cursor()
        self._draw_ring()

    def _place(self) -> None:
        if self._side:
            self._place_picture()
        self.words.place()
