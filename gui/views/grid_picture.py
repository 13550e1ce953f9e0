"""The picture of the swarm on the screen, with what lies on it: dots, frames, the edge."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QTransform
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QGraphicsView

from experiments import Defects
from gui.models.hearers import Hearers
from gui.models.sight import WHOLE, GridPlace, Room
from gui.picture.cells import Cells, Shape
from gui.picture.rasteriser import Extent, Rasteriser
from gui.picture.theme import GRID_LINE_COLOUR, GRID_NIGHT, SIZES
from gui.views.brush_ring import outline_pen
from gui.views.defect_marks import DefectMarks
from gui.views.grid_dots import LEAST_PIXELS, crowd_dots_of, dot_pixels, dots_of
from gui.views.grid_geometry import boundary_of, on_pixel, outline_item, outline_of
from gui.views.hearer_frames import HearerFrames
from gui.views.pixels import AS_ON_SCREEN, RGBA, Pixels

_EDGE: Final = 1e-9
"""Of a firefly: what is seen of it beyond that counts, and not an error of rounding."""

_FINE_LIGHT: Final = 10
"""Pixels a cell that are enough for a light, which has no edges: more are smoothed of these."""

_COARSEST: Final = 4
"""Pixels of the screen that are drawn as one, along an edge, at most."""


class GridPicture:
    """Draws cells in the pixels of the screen, so much of them as is seen.

    Parameters
    ----------
    view
        What it is drawn in.

    Attributes
    ----------
    cells
        What shows; None as long as there is no picture.
    side
        Fireflies along each edge; 0 as long as there is no picture.
    sight
        How it is looked at.
    origin
        Where the view lay in its window when it was placed.
    marks
        Dots on fireflies that are silent, blind, pacemakers or have failed.
    defects
        Marks between fireflies around which the phase goes round.
    pin
        The frame of the firefly that is held on to.
    hearers
        Frames of those that hear one, and lines to them.
    preview
        The outline of the shape that is being drawn.
    """

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self._rasteriser = Rasteriser(is_for_screen=True)
        self.cells: Cells | None = None
        self.side = 0
        self.sight = WHOLE
        self._status = np.zeros(0, dtype=np.uint8)
        self.origin = QPoint()
        self._ratio = 1.0
        self._room = Room(1, 1, 0)
        self._place = GridPlace(0, 0, 1, 1)
        self._corner = QPointF()
        self._edge = QGraphicsRectItem()
        self._edge.setPen(outline_pen(GRID_LINE_COLOUR, 1.0))
        self._edge.setBrush(QBrush(Qt.BrushStyle.NoBrush))
        self._image = Pixels(AS_ON_SCREEN)
        self.marks = Pixels(RGBA)
        self.marks.setZValue(3)
        self.marks.hide()
        self.defects = DefectMarks()
        view.scene().addItem(self.defects)
        self.pin = outline_item(GRID_NIGHT.text, z=5, width=2.5, least_length=14.0)
        self.hearers = HearerFrames()
        self.preview = outline_item(GRID_NIGHT.accent, z=6, width=2.0)
        for item in (self._edge, self._image, self.marks, *self._in_cells):
            view.scene().addItem(item)

    @property
    def _in_cells(self) -> tuple[QGraphicsPathItem, ...]:
        """What is drawn in cells of the grid."""
        hearers = self.hearers
        return hearers.lines, hearers.outline, hearers.around, self.pin, self.preview

    # -- showing ------------------------------------------------------------------------

    def show(self, cells: Cells) -> bool:
        """Show a picture; whether it is of a grid of another size, which has to be placed."""
        self.cells = cells
        if cells.side != self.side:
            self.side, self.sight = cells.side, WHOLE
            return True
        self._draw()
        return False

    def show_marks(self, status: NDArray[np.uint8]) -> None:
        """A dot in the middle of each firefly that has a flag, by id."""
        self._status = status
        self._draw_marks()

    def _draw_marks(self) -> None:
        """Dots of as many pixels as the screen has for them, in the part that is seen."""
        is_there = bool(self._status.any()) and len(self._status) == self.side**2
        self.marks.setVisible(is_there)
        if not is_there:
            return
        left, top, width, height = self._place.seen(self._room)
        x, y = (math.floor(max(0.0, each)) for each in self._place.cells_at(left, top))
        right, bottom = self._place.cells_at(left + width, top + height)
        seen = self._status.reshape(self.side, self.side)[
            y : math.ceil(bottom - _EDGE), x : math.ceil(right - _EDGE)
        ]
        if self._place.cell < LEAST_PIXELS:
            pixels, n_cells = crowd_dots_of(seen, self._place.cell)
            dot = self.cell * n_cells
        else:
            n = dot_pixels(self._place.cell, *seen.shape)
            pixels, dot = dots_of(seen, n), self.cell / n
        self.marks.show_pixels(pixels)
        corner = self.point_at(x, y)
        self.marks.setTransform(QTransform(dot, 0.0, 0.0, dot, corner.x(), corner.y()))

    def show_defects(self, defects: Defects | None) -> None:
        """Mark the phase defects; None takes the marks away."""
        self.defects.show_defects(defects)
        self._draw_defects()

    def _draw_defects(self) -> None:
        self.defects.place(self._place, self._room, self._corner, self._ratio)

    def show_pinned(self, firefly: int | None) -> None:
        """Frame a firefly; None takes the frame away."""
        self.pin.setPath(outline_of([] if firefly is None else [firefly], self.side))

    def show_hearers(self, hearers: Hearers) -> None:
        """Frame those that hear a firefly."""
        self.hearers.show_hearers(hearers, self.side)

    def show_preview(self, ids: Collection[int]) -> None:
        """Outline all of some fireflies together."""
        self.preview.setPath(boundary_of(ids, self.side))

    def _draw(self) -> None:
        if self.cells is None:
            return
        place = self._place
        extent, pixel = self._seen(place, self.cells)
        corner = self.point_at(extent.x, extent.y)
        self._image.is_smooth = pixel != 1.0
        scale = pixel / self._ratio
        self._image.setTransform(QTransform(scale, 0.0, 0.0, scale, corner.x(), corner.y()))
        self._image.show_pixels(self._rasteriser.draw(self.cells, extent))

    def _seen(self, place: GridPlace, cells: Cells) -> tuple[Extent, float]:
        """What is drawn, and how many pixels of the screen are as long as one of it.

        Large lights are drawn small, in whole cells, each of as many pixels, and smoothed.
        """
        left, top, width, height = place.seen(self._room)
        (x, y), (right, bottom) = (
            place.cells_at(left, top),
            place.cells_at(left + width, top + height),
        )
        if cells.shape is not Shape.LIGHT or place.cell < 1.5 * _FINE_LIGHT:
            return Extent(x, y, right - x, bottom - y, width, height), 1.0
        n = max(_FINE_LIGHT, math.ceil(place.cell / _COARSEST))
        x, y = math.floor(x), math.floor(y)
        columns = min(math.ceil(right - _EDGE), place.side) - x
        rows = min(math.ceil(bottom - _EDGE), place.side) - y
        return Extent(x, y, columns, rows, n * columns, n * rows), place.cell / n

    # -- where --------------------------------------------------------------------------

    @property
    def room(self) -> Room:
        """What there is for it, in pixels of the screen."""
        return self._room

    @property
    def cell(self) -> float:
        """Edge of a firefly, pixels of Qt."""
        return self._place.cell / self._ratio

    def cells_at(self, at: QPointF) -> tuple[float, float]:
        """The middle of the screen's pixel at a point, in cells: its edge may be either cell's."""
        half = 0.5 / self._ratio
        point = at - self._corner + QPointF(half, half)
        return point.x() / self.cell, point.y() / self.cell

    def point_at(self, column: float, row: float) -> QPointF:
        """A place in cells, in pixels of the view."""
        return self._corner + QPointF(column, row) * self.cell

    def rect_of(self, firefly: int) -> QRectF:
        """Where a firefly is, in pixels of the view."""
        row, column = divmod(firefly, max(1, self.side))
        return QRectF(self.point_at(column, row), self.point_at(column + 1, row + 1))

    def in_room(self, at: QPointF) -> tuple[float, float]:
        """A point of the view, in pixels of the screen from the corner of the room."""
        return at.x() * self._ratio, at.y() * self._ratio

    def seen_share(self) -> QRectF:
        """Which part of the grid is seen, in shares of its edges."""
        left, top, width, height = self._place.seen(self._room)
        place = self._place
        corner = QPointF(left - place.left, top - place.top) / place.length
        return QRectF(corner, QPointF(width, height) / place.length + corner)

    def place(self) -> None:
        """Lie where the sight says, between the pixels of the screen, and be drawn.

        Lengths of Qt are not pixels of the screen where the desktop is scaled.
        """
        if not self.side:
            return
        view = self._view
        self._ratio = ratio = view.devicePixelRatioF()
        self.origin = origin = view.mapTo(view.window(), QPoint())
        self._room = Room(
            math.floor(view.width() * ratio),
            math.floor(view.height() * ratio),
            round(SIZES.rhythm * ratio),
        )
        self._place = place = self.sight.place(self.side, self._room)
        self._corner = QPointF(
            on_pixel(place.left / ratio, origin.x(), ratio),
            on_pixel(place.top / ratio, origin.y(), ratio),
        )
        corner, cell = self._corner, self.cell
        for item in self._in_cells:
            item.setTransform(QTransform(cell, 0.0, 0.0, cell, corner.x(), corner.y()))
        half, length = 0.5 / ratio, place.length / ratio
        self._edge.setRect(
            QRectF(corner.x() - half, corner.y() - half, length + 2 * half, length + 2 * half)
        )
        self._draw()
        self._draw_marks()
        self._draw_defects()
