"""The plot of the coherence R(t), with the band that chance alone would keep it in."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from gui.instruments.mark_labels import marks_near, placed_labels
from gui.instruments.time_plot import TimePlot
from gui.instruments.time_ticks import time_words
from gui.models.coherence_trace import Curve, Mark, stairs
from gui.picture.theme import SIZES, Palette, Sizes

_HEADROOM: Final = 0.08
_SYMBOL: Final = 4.0  # half its width, pixels
_REACH: Final = 8.0  # pixels
_LABEL_GAP: Final = 10.0
_MOST_TOLD: Final = 8


class CoherencePlot(TimePlot):
    """Draws the curves it is given.

    Changes, and order reached, have a symbol above the plot, with their words beside it where
    there is room, and in any case in a tooltip.
    """

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._levels = [pg.InfiniteLine(level, angle=0) for level in (0.5, 1.0)]
        self._band = pg.PlotCurveItem(fillLevel=0.0, skipFiniteCheck=True)
        self._mark_lines = pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self._found_lines = pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self._marks: tuple[Mark, ...] = ()
        super().__init__("Coherence R over virtual time", palette, parent)
        self.getPlotItem().setYRange(0.0, 1.0 + _HEADROOM, padding=0.0)
        self.getAxis("left").setTicks([[(0.0, "0"), (0.5, "0.5"), (1.0, "1")]])
        depths = (-30, self._band), (-20, self._mark_lines), (-20, self._found_lines)
        for depth, item in depths:
            item.setZValue(depth)  # below the line
            self.addItem(item)
        for level in self._levels:
            level.setZValue(-25)
            self.addItem(level)

    def _paint_in(self, palette: Palette) -> None:
        super()._paint_in(palette)
        self._band.setBrush(pg.mkBrush(palette.noise_band))
        self._band.setPen(pg.mkPen(palette.noise_band_edge, style=Qt.PenStyle.DashLine))
        for level in self._levels:
            level.setPen(pg.mkPen(palette.lines))
        self._mark_lines.setPen(pg.mkPen(palette.muted, style=Qt.PenStyle.DotLine))
        self._found_lines.setPen(pg.mkPen(palette.accent, style=Qt.PenStyle.DashLine))
        self.viewport().update()

    def _take_on_sizes(self, sizes: Sizes) -> None:
        super()._take_on_sizes(sizes)
        self._make_room_for_marks()

    def show_data(self, curve: Curve) -> None:
        """Draw the curve, its band and the changes in sight."""
        self._line.setData(curve.times, curve.values)
        self._band.setData(*stairs(curve))
        self.show_span(curve.begin, curve.end, curve.is_whole)
        if curve.marks != self._marks:
            self._marks = curve.marks
            for is_found, lines in ((False, self._mark_lines), (True, self._found_lines)):
                times = [mark.t for mark in curve.marks if mark.is_found is is_found]
                levels = np.tile([0.0, 1.0 + _HEADROOM], len(times))
                lines.setData(np.repeat(times, 2), levels)
            self._make_room_for_marks()
        self.viewport().update()

    def _make_room_for_marks(self) -> None:
        """A strip above the plot, as long as there are any."""
        words = round(QFontMetricsF(self._font).height() + 2 * _SYMBOL)
        top = SIZES.rhythm // 2 + (words if self._marks else 0)
        if top != self._top:
            self._top = top
            self._lay_out()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """The symbols of the changes, and the words there is room for."""
        super().drawForeground(painter, rect)
        if not self._marks:
            return
        area, places = self.area(), [self.x_of(mark.t) for mark in self._marks]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = [self._colour_of(mark) for mark in self._marks]
        for x, colour in dict(zip(map(round, places), colours, strict=True)).items():
            painter.setBrush(colour)
            tip = QPointF(x, area.top())
            sides = (QPointF(x - _SYMBOL, tip.y() - 6), QPointF(x + _SYMBOL, tip.y() - 6))
            painter.drawPolygon(QPolygonF([tip, *sides]))
        metrics = QFontMetricsF(self._font)
        widths = [metrics.horizontalAdvance(mark.label) for mark in self._marks]
        for label in placed_labels(places, widths, area.left(), area.right(), 1, _LABEL_GAP):
            base = area.top() - 6 - _SYMBOL / 2 - metrics.descent()
            painter.setPen(colours[label.index])
            painter.drawText(QPointF(label.left, base), self._marks[label.index].label)

    def _colour_of(self, mark: Mark) -> QColor:
        return QColor(self._palette.accent if mark.is_found else self._palette.muted)

    def words_at(self, x: float) -> str:
        """What was changed at a pixel, or close to it; empty if nothing was."""
        near = marks_near([self.x_of(mark.t) for mark in self._marks], x, _REACH)
        told = [self._marks[k] for k in near[-_MOST_TOLD:]]
        lines = [f"{mark.label}  at {time_words(round(mark.t, 1), 0.1, mark.t)}" for mark in told]
        if len(near) > len(told):
            lines.insert(0, f"{len(near) - len(told)} more before")
        return "\n".join(lines)

    def viewportEvent(self, event: QEvent) -> bool:
        """A tooltip tells the changes under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos().x())
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().viewportEvent(event))
