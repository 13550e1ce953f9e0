"""The plot of the coherence R(t) for paper: black on white, with titled axes, in millimetres."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gui.instruments.mark_labels import PlacedLabel, placed_labels
from gui.instruments.time_ticks import time_ticks, unit_of
from gui.models.coherence_trace import Curve, stairs

PAGE_MM: Final = (170, 100)
"""Width and height: the text width of a page."""

UNITS_PER_MM: Final = 10
"""Everything below is in tenths of a millimetre."""

_TEXT: Final = 32  # 9 points
_SMALL: Final = 28  # 8 points
_LEFT: Final = 140.0
_RIGHT: Final = 75.0
_BOTTOM: Final = 165.0
_TOP: Final = 30.0
_LANE: Final = 38.0
_MOST_LANES: Final = 4
_TICK: Final = 12.0
_GAP: Final = 14.0
_SYMBOL: Final = 9.0
_LEVELS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_TOP_LEVEL: Final = 1.05

_BLACK: Final = QColor("#000000")
_CURVE: Final = QColor("#14479A")
_BAND: Final = QColor("#D6D6D6")
_EDGE: Final = QColor("#6E6E6E")

TITLE: Final = "Coherence R(t), by Fireflies"
_BAND_WORDS: Final = "band of chance (99 % of uncoupled swarms)"


class PlotPage:
    """Draws a curve on a page.

    Parameters
    ----------
    curve
        What to draw.
    """

    def __init__(self, curve: Curve) -> None:
        self._curve = curve
        # Any viewer of SVG knows this family.
        self._font, self._small_font = QFont("sans-serif"), QFont("sans-serif")
        self._font.setPixelSize(_TEXT)
        self._small_font.setPixelSize(_SMALL)
        width, height = (length * UNITS_PER_MM for length in PAGE_MM)
        self._area = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, height - _TOP - _BOTTOM)
        small = QFontMetricsF(self._small_font)
        self._places = [self._x_of(mark.t) for mark in curve.marks]
        widths = [small.horizontalAdvance(mark.label) for mark in curve.marks]
        self._labels = placed_labels(
            self._places, widths, self._area.left(), self._area.right(), _MOST_LANES, _GAP
        )
        lanes = max((label.lane + 1 for label in self._labels), default=0)
        if curve.marks:
            self._area.setTop(_TOP + lanes * _LANE + 2 * _SYMBOL)

    @property
    def labels(self) -> list[PlacedLabel]:
        """The changes that have their words on the page."""
        return self._labels

    def draw(self, painter: QPainter) -> None:
        """Draw it all; the painter's unit is a tenth of a millimetre."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, *(mm * UNITS_PER_MM for mm in PAGE_MM)), QColor("#FFFFFF"))
        self._draw_band(painter)
        self._draw_marks(painter)
        self._draw_curve(painter)
        self._draw_axes(painter)

    def _x_of(self, t: float) -> float:
        curve, area = self._curve, self._area
        return area.left() + (t - curve.begin) / (curve.end - curve.begin) * area.width()

    def _y_of(self, level: float) -> float:
        return self._area.bottom() - level / _TOP_LEVEL * self._area.height()

    def _points(self, times: list[float], levels: list[float]) -> list[QPointF]:
        pairs = zip(times, levels, strict=True)
        return [QPointF(self._x_of(t), self._y_of(level)) for t, level in pairs]

    def _draw_band(self, painter: QPainter) -> None:
        times, levels = (each.tolist() for each in stairs(self._curve))
        edge = self._points(times, levels)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BAND)
        corners = [QPointF(self._x_of(t), self._y_of(0.0)) for t in (times[-1], times[0])]
        painter.drawPolygon(QPolygonF([*edge, *corners]))
        painter.setPen(QPen(_EDGE, 2.0, Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF(edge))

    def _draw_marks(self, painter: QPainter) -> None:
        top, bottom = self._area.top(), self._area.bottom()
        painter.setPen(QPen(_EDGE, 2.0, Qt.PenStyle.DotLine))
        for x in self._places:
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BLACK)
        for x in self._places:
            sides = [QPointF(x + side, top - 1.5 * _SYMBOL) for side in (-_SYMBOL, _SYMBOL)]
            painter.drawPolygon(QPolygonF([QPointF(x, top), *sides]))
        painter.setFont(self._small_font)
        metrics = QFontMetricsF(self._small_font)
        for label in self._labels:
            base = top - 2 * _SYMBOL - label.lane * _LANE - metrics.descent()
            x = self._places[label.index]
            painter.setPen(QPen(_EDGE, 1.5))
            if label.lane:
                painter.drawLine(QPointF(x, top - 1.5 * _SYMBOL), QPointF(x, base))
            painter.setPen(_BLACK)
            painter.drawText(QPointF(label.left, base), self._curve.marks[label.index].label)

    def _draw_curve(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(_CURVE, 3.0)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        inside = (self._curve.times >= self._curve.begin) & (self._curve.times <= self._curve.end)
        times, values = self._curve.times[inside], self._curve.values[inside]
        painter.drawPolyline(QPolygonF(self._points(times.tolist(), values.tolist())))

    def _draw_axes(self, painter: QPainter) -> None:
        area, metrics = self._area, QFontMetricsF(self._font)
        painter.setPen(QPen(_BLACK, 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setFont(self._font)
        for level in _LEVELS:
            y = self._y_of(level)
            painter.drawLine(QPointF(area.left() - _TICK, y), QPointF(area.left(), y))
            row = QRectF(0.0, y - 30.0, area.left() - 1.5 * _TICK, 60.0)
            painter.drawText(
                row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{level:g}"
            )
        ticks = time_ticks(
            self._curve.begin,
            self._curve.end,
            area.width(),
            lambda words: metrics.horizontalAdvance(words) + 3 * _GAP,
        )
        unit = unit_of([words for _, words in ticks])  # told once, in the title
        for t, words in ticks:
            x = self._x_of(t)
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + _TICK))
            column = QRectF(x - 200.0, area.bottom() + 1.5 * _TICK, 400.0, metrics.height())
            number, _, of = words.partition(" ")
            if " " in of:  # days, hours and minutes
                number = words
            painter.drawText(column, Qt.AlignmentFlag.AlignHCenter, number)
        self._draw_titles(painter, unit)

    def _draw_titles(self, painter: QPainter, unit: str) -> None:
        area, metrics = self._area, QFontMetricsF(self._font)
        row = QRectF(area.left(), area.bottom() + 68.0, area.width(), metrics.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, f"Virtual time ({unit})")
        painter.save()
        painter.translate(metrics.height() + 8.0, area.center().y())
        painter.rotate(-90.0)
        column = QRectF(-400.0, -metrics.height(), 800.0, metrics.height())
        painter.drawText(column, Qt.AlignmentFlag.AlignHCenter, "Coherence R (dimensionless)")
        painter.restore()
        self._draw_legend(painter, row.bottom() + 6.0)

    def _draw_legend(self, painter: QPainter, top: float) -> None:
        metrics = QFontMetricsF(self._small_font)
        painter.setFont(self._small_font)
        height = metrics.height()
        swatch = QRectF(self._area.left(), top + 0.25 * height, 50.0, 0.6 * height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BAND)
        painter.drawRect(swatch)
        painter.setPen(QPen(_EDGE, 2.0, Qt.PenStyle.DashLine))
        painter.drawLine(swatch.topLeft(), swatch.topRight())
        painter.setPen(_BLACK)
        words = QRectF(swatch.right() + _GAP, top, self._area.width(), height)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, _BAND_WORDS)
        n_more = len(self._curve.marks) - len(self._labels)
        if n_more:
            row = QRectF(self._area.left(), top, self._area.width(), height)
            more = f"{n_more:,} more changes have a mark without words"
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, more)
