"""Zooming and pushing the grid: wheel, fingers, middle button, keys and the map."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from gui.controls.wheel import turned
from gui.models.sight import STEP, WHOLE, Sight
from gui.picture.cells import Cells
from gui.views.grid_map import GridMap
from gui.views.grid_picture import GridPicture

_LEAST_FACTOR = 0.1


class GridSight(QObject):
    """Turns what hands do into how the grid is looked at, and shows the map of that.

    Parameters
    ----------
    grid
        What hears the hands.
    picture
        What is looked at.

    Attributes
    ----------
    map
        Shows where one is when only part of the grid is seen.
    """

    changed = Signal()
    """Another part of the grid is seen."""

    def __init__(self, grid: QWidget, picture: GridPicture) -> None:
        super().__init__(grid)
        self._grid, self._picture = grid, picture
        self._pushed_from: QPointF | None = None
        grid.grabGesture(Qt.GestureType.PinchGesture)
        self.map = GridMap(grid)
        self.map.sought.connect(self._on_map_sought)

    @property
    def is_pushing(self) -> bool:
        """Whether the grid is being moved with the middle button."""
        return self._pushed_from is not None

    def zoom(self, steps: float, about: QPointF | None) -> None:
        """See the grid larger or smaller, about a point of the view or else the middle."""
        picture = self._picture
        if picture.side:
            at = None if about is None else picture.in_room(about)
            self.look(picture.sight.zoomed(STEP**steps, at, picture.side, picture.room))

    def show_whole(self) -> None:
        """See all of the grid."""
        self.look(WHOLE)

    def bring(self, column: int, row: int) -> None:
        """See a firefly, if it lies outside of what is seen."""
        picture = self._picture
        self.look(picture.sight.showing(column, row, picture.side, picture.room))

    def look(self, sight: Sight) -> None:
        """See what a sight shows."""
        if sight != self._picture.sight:
            self._picture.sight = sight
            self.changed.emit()

    def show_cells(self, cells: Cells) -> None:
        """Keep the map up to date, if it shows."""
        if not self.map.isHidden():
            self.map.show_cells(cells)

    def place(self) -> None:
        """Show the map where it belongs, or hide it when the whole grid is seen."""
        is_part = not self._picture.sight.is_whole
        if is_part and self.map.isHidden() and self._picture.cells is not None:
            self.map.show_cells(self._picture.cells)
        self.map.setVisible(is_part)
        self.map.show_seen(self._picture.seen_share())
        self.map.place(self._grid.rect())

    def take_wheel(self, event: QWheelEvent) -> bool:
        """Zoom if Ctrl is held; whether it was."""
        is_zoom = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_zoom:
            self.zoom(turned(event)[1], event.position())
        return is_zoom

    def take_gesture(self, event: QEvent) -> bool:
        """Zoom when two fingers are spread on a touchpad or a screen; whether they were."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
                return False
            self._spread(1.0 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                at = self._grid.mapFromGlobal(pinch.centerPoint())
                self._spread(pinch.scaleFactor(), at)
                return True
        return False

    def _spread(self, factor: float, at: QPointF) -> None:
        self.zoom(math.log(max(_LEAST_FACTOR, factor), STEP), at)

    def begin_pushing(self, event: QMouseEvent) -> None:
        """Take hold of the grid, if the middle button was pressed and part of it is out of view."""
        is_middle = event.button() == Qt.MouseButton.MiddleButton
        if is_middle and not self._picture.sight.is_whole:
            self._pushed_from = event.position()

    def push(self, at: QPointF) -> None:
        """Move the grid along with the pointer, if it was taken hold of."""
        if self._pushed_from is None:
            return
        x, y = self._picture.in_room(at - self._pushed_from)
        self._pushed_from = at
        picture = self._picture
        self.look(picture.sight.moved(x, y, picture.side, picture.room))

    def end_pushing(self, event: QMouseEvent) -> None:
        """Let go of it."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pushed_from = None

    def _on_map_sought(self, x: float, y: float) -> None:
        side, picture = self._picture.side, self._picture
        self.look(picture.sight.centred(x * side, y * side, side, picture.room))
