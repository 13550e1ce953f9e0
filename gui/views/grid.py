"""The grid: the picture of the swarm, square and centred, as large as fits."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from gui.controls.wheel import WheelSteps
from gui.picture.cells import Cells
from gui.picture.theme import GRID_MARGIN_COLOUR
from gui.views.brush_ring import BrushRing
from gui.views.grid_cursor import CursorFrame, GridCursor
from gui.views.grid_geometry import cell_of
from gui.views.grid_picture import GridPicture
from gui.views.grid_sight import GridSight
from gui.views.grid_words import GridWords


class GridView(QGraphicsView):
    """Paints the frames it is given, with small words over them.

    Attributes
    ----------
    picture
        The swarm, and what lies on it.
    sight
        Zooms and moves it.
    ring
        Where a brush would touch.
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
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setBackgroundBrush(QColor(GRID_MARGIN_COLOUR))
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setBackgroundRole(QPalette.ColorRole.NoRole)
        self.setFrameShape(QFrame.Shape.NoFrame)
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # All of it: working out what has changed costs more than the margins, 0.1 ms a frame.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 240)
        self.setAccessibleName("The swarm")
        self.setAccessibleDescription(
            "Each square is a firefly; it lights up when it flashes. "
            "Arrows move the cursor, Enter does with the brush what a click does"
        )
        self.setMouseTracking(True)
        self._is_new = False
        self._pressed_at: tuple[float, float] | None = None
        self._has_left_cell = False
        self._pointer: QPointF | None = None
        self.ring = BrushRing()
        self._ring_width = 0
        self.scene().addItem(self.ring)
        self._wheel = WheelSteps()
        self.cursor_frame = CursorFrame()
        self.scene().addItem(self.cursor_frame)
        self._cursor = GridCursor(self)
        self._cursor.cellChanged.connect(self._on_cursor_cell_changed)
        self._cursor.stroked.connect(self.stroked)
        self._cursor.strokeEnded.connect(self.strokeEnded)
        self._cursor.clicked.connect(self.clicked)
        self.picture = GridPicture(self)
        self.sight = GridSight(self, self.picture)
        self.sight.changed.connect(self._place)
        self.words = GridWords(self)
        self.words.cancel_button.clicked.connect(self.cancelRequested)

    # -- showing ------------------------------------------------------------------------

    def show_picture(self, cells: Cells) -> None:
        """Show a picture; it is not copied."""
        self._is_new = True
        if self.picture.show(cells):
            self._cursor.side = cells.side
            self._place()
        self.sight.show_cells(cells)

    def show_marks(self, status: NDArray[np.uint8]) -> None:
        """A dot in the middle of each firefly that something was done to.

        Parameters
        ----------
        status
            :class:`~experiments.Status` flags by id, shape ``(side**2,)``.
        """
        self.picture.show_marks(status)

    def show_brush(self, width: int) -> None:
        """Show how wide the brush is, in cells, around where the pointer is; 0 for none."""
        self._ring_width = width
        self._draw_ring()
        self._show_pointer()

    def _show_pointer(self) -> None:
        shape = Qt.CursorShape.CrossCursor if self._ring_width else Qt.CursorShape.ArrowCursor
        self.setCursor(Qt.CursorShape.ClosedHandCursor if self.sight.is_pushing else shape)

    def zoom(self, steps: int) -> None:
        """See the grid larger or smaller, about the pointer or else the middle."""
        self.sight.zoom(steps, self._pointer)

    def show_whole(self) -> None:
        """See all of the grid."""
        self.sight.show_whole()

    @property
    def side(self) -> int:
        """Fireflies along each edge of the picture shown; 0 as long as there is none."""
        return self.picture.side

    def cell_rect(self, firefly: int) -> QRectF:
        """Where a firefly is, in pixels of this widget."""
        return self.picture.rect_of(firefly)

    # -- pointing -----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, or with the middle button to push the grid."""
        self.sight.begin_pushing(event)
        self._show_pointer()
        if event.button() == Qt.MouseButton.LeftButton and self.side:
            at = self.picture.cells_at(event.position())
            if self._is_inside(*at):
                self._pressed_at = at
                self._has_left_cell = False
                self._cursor.lift()
                self._cursor.cell = cell_of(at)
                self.cursor_frame.hide()
                self.stroked.emit(*at, *at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, and go on with the stroke if there is one."""
        if not self.side:
            return
        self.sight.push(event.position())
        x, y = at = self.picture.cells_at(event.position())
        self.pointed.emit(*(at if self._is_inside(x, y) else (math.nan, math.nan)))
        if self._pressed_at is not None:
            self._has_left_cell |= cell_of(at) != cell_of(self._pressed_at)
            self.stroked.emit(*self._pressed_at, x, y)
            self._pressed_at = at
        self._pointer = event.position()
        self._draw_ring()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke, which was a click if it never left its cell."""
        self.sight.end_pushing(event)
        self._show_pointer()
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
        """Turn the wheel: with Ctrl the grid is zoomed."""
        if not self.sight.take_wheel(event) and (steps := self._wheel.take(event)):
            self.wheelTurned.emit(steps)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom when two fingers are spread; all else is Qt's."""
        is_ready = hasattr(self, "sight")  # Qt calls this while it is being made
        return (is_ready and self.sight.take_gesture(event)) or super().event(event)

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
        if self.side:
            self._place_cursor()
            self.cursor_frame.show()
            self._on_cursor_cell_changed()

    def _place_cursor(self) -> None:
        column, row = self._cursor.cell
        self.cursor_frame.place(self.cell_rect(row * self.side + column))

    def _on_cursor_cell_changed(self) -> None:
        self._pointer = None
        self.sight.bring(*self._cursor.cell)
        self.pointed.emit(*self._cursor.middle)
        self._draw_ring()

    # -- where --------------------------------------------------------------------------

    def _draw_ring(self) -> None:
        """Around where the brush is, as wide as it is: at once, whether time passes or not."""
        at = self._brush_at()
        if at is None or not self._ring_width or not self._is_inside(*at):
            self.ring.hide()
            return
        middle = self.picture.point_at(*at)
        self.ring.show_at(middle.x(), middle.y(), self._ring_width * self.picture.cell)

    def _brush_at(self) -> tuple[float, float] | None:
        """The middle of the brush in cells: where the pointer was moved to, or the cursor."""
        if self._pointer is not None:
            return self.picture.cells_at(self._pointer)
        return self._cursor.middle if self.cursor_frame.isVisible() else None

    def _is_inside(self, x: float, y: float) -> bool:
        return 0.0 <= x < self.side and 0.0 <= y < self.side

    # -- placing ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is seen in the middle."""
        super().resizeEvent(event)
        self.setSceneRect(QRectF(self.rect()))  # in its own pixels
        if hasattr(self, "words"):  # Qt calls this while it is being made
            self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and emit that if the picture is a new one: this is how frames are counted.

        What lies over the grid, such as a toast, has it painted again, which is no frame.
        """
        if self.mapTo(self.window(), QPoint()) != self.picture.origin:
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

    def _place(self) -> None:
        self.picture.place()
        if self.side:
            self._place_cursor()
            self._draw_ring()
        self.sight.place()
        self.words.place()
