"""A square plot: both axes have the same unit, and are looked at equally closely."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtWidgets import QWidget

from gui.instruments.span_plot import CLOSEST, SpanPlot
from gui.models.axis_part import WHOLE_AXIS
from gui.picture.theme import SIZES, Palette


class SquarePlot(SpanPlot):
    """A :class:`~gui.instruments.span_plot.SpanPlot` of which parts of both axes are seen.

    Places along the upright axis are shares too, upwards. What shows is always as high as wide,
    so that a diagonal is one.

    Attributes
    ----------
    upright
        The part of the upright axis that shows.
    """

    def __init__(
        self, name: str, upright: str, level: str, widest: str, palette: Palette, parent: QWidget
    ) -> None:
        self.upright = WHOLE_AXIS
        super().__init__(name, upright, level, widest, palette, parent)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(SIZES.instrument, SIZES.instrument)

    def area(self) -> QRectF:
        """Where the picture is, in pixels: the largest square."""
        room = super().area()
        length = max(0.0, min(room.width(), room.height()))
        return QRectF(room.left(), room.bottom() - length, length, length)

    def y_of(self, share: float) -> float:
        """Where a share of the upright axis is, in pixels."""
        area = self.area()
        return area.bottom() - self.upright.share_of(share) * area.height()

    def upright_at(self, y: float) -> float:
        """Which share of the upright axis is at a pixel."""
        area = self.area()
        return self.upright.at((area.bottom() - y) / max(1.0, area.height()))

    def place_at(self, across: float, upright: float) -> QPointF:
        """Where a point is, in pixels: shares of both axes."""
        return QPointF(self.x_of(across), self.y_of(upright))

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """Show less or more of both axes, about the place at a pixel."""
        self.upright = self.upright.zoomed(factor, self.upright_at(y), 1.0 / CLOSEST)
        super().zoom_by(factor, x, y)

    def zoom_upright_by(self, factor: float, y: float) -> None:
        """The same, in the middle: one axis has no scale of its own."""
        self.zoom_by(factor, self.area().center().x(), y)

    def pan_upright_by(self, share: float) -> None:
        """Move down by a share of what shows."""
        self.upright = self.upright.moved(-share)
        self.show_anew()

    def show_all(self) -> None:
        """Show all of both axes."""
        self.upright = WHOLE_AXIS
        super().show_all()
