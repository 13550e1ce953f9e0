"""A square plot: both axes have the same unit, and are looked at equally closely."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import even_ticks
from gui.instruments.span_plot import CLOSEST, SpanPlot
from gui.models.axis_part import WHOLE_AXIS
from gui.picture.theme import SIZES, Palette

_GAP: Final = 14.0
"""Pixels between values along an axis, at least."""


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
        """Where the picture is, in pixels: the largest square, at the top."""
        area = super().area()
        length = max(0.0, min(area.width(), area.height()))
        return QRectF(area.left(), area.top(), length, length)

    def room(self, area: QRectF) -> QRectF:
        """Below it what is written there, and nothing more."""
        room = super().room(area)
        room.setBottom(room.bottom() - (super().area().bottom() - area.bottom()))
        return room

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

    # -- drawing ------------------------------------------------------------------------

    def paint_scales(
        self,
        painter: QPainter,
        area: QRectF,
        at_share: Callable[[float], float],
        share_of: Callable[[float], float],
    ) -> None:
        """Write values along both axes; what is at a share of the whole, and where a value is."""
        metrics = QFontMetricsF(self.plot_font)

        def ticks(begin: float, end: float) -> list[tuple[float, str]]:
            found = even_ticks(
                at_share(begin),
                at_share(end),
                area.width(),
                lambda words: metrics.horizontalAdvance(words) + _GAP,
            )
            return [(share_of(value), words) for value, words in found]

        self.paint_ticks(painter, area, ticks(*self.span))
        for share, words in ticks(self.upright.begin, self.upright.end):
            self.paint_beside(painter, area, self.y_of(share), words)
