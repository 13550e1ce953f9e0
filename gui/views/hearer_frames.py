"""Frames of those that hear a firefly, and lines to those that are far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from gui.models.hearers import Hearers, Segment
from gui.picture.theme import GRID_MARGIN_COLOUR, GRID_NIGHT
from gui.views.brush_ring import outline_pen, scaled_pen
from gui.views.grid_geometry import boundary_of, outline_item, outline_of

_BELOW_FRAMES: Final = 3.8


class HearerLines(QGraphicsPathItem):
    """Thin light lines on broader dark ones, visible on any background; in cells."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(_BELOW_FRAMES)
        self._pens = (outline_pen(GRID_MARGIN_COLOUR, 3.75), outline_pen(GRID_NIGHT.text, 1.75))
        self.setPen(self._pens[0])  # the wider one, which determines the area it covers

    def show_lines(self, lines: Sequence[Segment]) -> None:
        """Show these, each from x, y to x, y."""
        path = QPainterPath()
        for x0, y0, x1, y1 in lines:
            path.moveTo(x0, y0)
            path.lineTo(x1, y1)
        self.setPath(path)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Dark and broad first, light over it."""
        for pen, is_smooth in zip(self._pens, (False, True), strict=True):
            # Smooth lines take many times as long; of the dark ones the edges are hardly seen.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
            painter.setPen(scaled_pen(pen, painter))
            painter.drawPath(self.path())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class HearerFrames:
    """What shows who hears a firefly.

    Attributes
    ----------
    around, outline
        Frames, and the outline of a neighbourhood.
    lines
        To those that are far.
    """

    def __init__(self) -> None:
        self.around = outline_item(GRID_NIGHT.muted, z=4)
        self.outline = outline_item(GRID_NIGHT.muted, z=4, width=2.0)
        self.lines = HearerLines()

    def show_hearers(self, hearers: Hearers, side: int) -> None:
        """Show these, on a grid of a side."""
        self.around.setPath(outline_of(hearers.framed, side))
        self.outline.setPath(boundary_of(hearers.outlined, side))
        self.lines.show_lines(hearers.lines)
