"""The moments of the phases as bars."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import number_words
from gui.instruments.moments import N_MOMENTS, Moments
from gui.instruments.reading import Reading
from gui.instruments.span_plot import CLOSEST, SpanPlot
from gui.picture.theme import Palette

_NAMES: Final = [f"R{'₁₂₃₄'[m]}" for m in range(N_MOMENTS)]
_BAR: Final = 0.75
"""Width of a bar, as a share of its place."""


class MomentsView(SpanPlot):
    """Draws the moments it is given; zooming shows the small ones larger."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._moments: Moments | None = None
        self._top = 1.0
        super().__init__("Moments of the phases", "modulus", "moment", "0.05", palette, parent)

    def show_data(self, moments: Moments) -> None:
        """Show the moments of an instant."""
        self._moments = moments
        pairs = zip(_NAMES, moments.moduli, strict=True)
        words = ", ".join(f"{name} {value:.2f}" for name, value in pairs)
        self.setAccessibleDescription(f"{words}; chance is below {moments.band:.2f}")
        self.show_anew()

    @property
    def top(self) -> float:
        """Modulus at the upper edge."""
        return self._top

    def zoom_by(self, factor: float, _x: float, _y: float) -> None:
        """Show the small ones larger: there is nothing between the bars."""
        self._top = min(1.0, max(1.0 / CLOSEST, self._top / factor))
        self.show_anew()

    def show_all(self) -> None:
        """Show moduli up to 1."""
        self._top = 1.0
        super().show_all()

    def _y_of(self, value: float, area: QRectF) -> float:
        return area.bottom() - value / self._top * area.height()

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The moment whose bar is there."""
        moments, area = self._moments, self.area()
        if moments is None:
            return None
        k = min(max(int(self.share_at(x) * N_MOMENTS), 0), N_MOMENTS - 1)
        value = float(moments.moduli[k])
        groups = "one group" if k == 0 else f"{k + 1} groups"
        chance = "within chance" if value <= moments.band else f"chance: below {moments.band:.3f}"
        y = max(area.top(), self._y_of(value, area))
        words = f"{_NAMES[k]} {value:.3f}: {groups}\n{chance}"
        return Reading(self.x_of((k + 0.5) / N_MOMENTS), y, words)

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """A bar for each, and the band of chance."""
        palette, moments = self.plot_palette, self._moments
        if moments is None:
            return False
        painter.setPen(QPen(QColor(palette.lines), 1.0))
        middle = area.center().y()
        painter.drawLine(QLineF(area.left(), middle, area.right(), middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent))
        place = area.width() / N_MOMENTS
        for k, value in enumerate(moments.moduli.tolist()):
            left = area.left() + (k + (1.0 - _BAR) / 2) * place
            top = max(area.top(), self._y_of(value, area))
            painter.drawRect(QRectF(left, top, _BAR * place, area.bottom() - top))
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        y = self._y_of(moments.band, area)
        painter.drawLine(QLineF(area.left(), y, area.right(), y))
        return True

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Moduli beside them, their names below, their values above each bar."""
        moments = self._moments
        if moments is None:
            return
        step = 1.0 if self._top == 1.0 else self._top / 10.0
        self.paint_upright(painter, area, number_words(self._top, step), "0")
        metrics = QFontMetricsF(self.plot_font)
        for k, value in enumerate(moments.moduli.tolist()):
            middle = self.x_of((k + 0.5) / N_MOMENTS)
            painter.setPen(QColor(self.plot_palette.muted))
            width = metrics.horizontalAdvance(_NAMES[k])
            below = area.bottom() + 2.0 + metrics.ascent()
            painter.drawText(QPointF(middle - width / 2, below), _NAMES[k])
            words = f"{value:.2f}" if self._top > 0.2 else f"{value:.3f}"
            width = metrics.horizontalAdvance(words)
            top = self._y_of(value, area)
            base = max(top - 4.0, area.top() + metrics.ascent())
            is_over_bar = base > top
            palette = self.plot_palette
            painter.setPen(QColor(palette.background if is_over_bar else palette.text))
            painter.drawText(QPointF(middle - width / 2, base), words)
        painter.setPen(QColor(self.plot_palette.muted))
