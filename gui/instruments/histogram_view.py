"""The histogram of phases, drawn."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_text import axis_margins
from gui.instruments.histogram import N_BINS, PhaseHistogram
from gui.picture.theme import SIZES, Palette

_LEAST_HEIGHT: Final = 80
_AXIS_WORDS: Final = "after the flash"
_TOP: Final = 8


class PhaseHistogramView(QWidget):
    """Draws the histograms it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(SIZES.instrument // 2, _LEAST_HEIGHT)
        self.setAccessibleName("Histogram of the phases")
        self._palette = palette
        self._histogram: PhaseHistogram | None = None

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(SIZES.instrument, 3 * SIZES.instrument // 5)

    def show_style(self, palette: Palette, _text_scale: float) -> None:
        """Take on the colours of a theme."""
        self._palette = palette
        self.update()

    def show_data(self, histogram: PhaseHistogram) -> None:
        """Show the phases of a moment."""
        self._histogram = histogram
        fullest = int(np.argmax(histogram.shares))
        self.setAccessibleDescription(
            f"Most, {histogram.shares[fullest]:.0%}, between "
            f"{fullest * histogram.period / N_BINS:.2f} s and "
            f"{(fullest + 1) * histogram.period / N_BINS:.2f} s after their flash"
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars over the cycle, the deaf part shaded, and what chance would give."""
        painter = QPainter(self)
        palette = self._palette
        painter.fillRect(self.rect(), QColor(palette.background))
        self._left, self._bottom = axis_margins(self.fontMetrics())
        plot = QRectF(self.rect()).adjusted(self._left, _TOP, -2 * SIZES.rhythm, -self._bottom)
        histogram = self._histogram
        if histogram is None or plot.height() <= 0.0:
            return
        deaf = QRectF(plot)
        deaf.setWidth(histogram.deaf_share * plot.width())
        painter.fillRect(deaf, QColor(palette.panel))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent))
        step = plot.width() / N_BINS
        for k, share in enumerate(histogram.shares):
            height = min(share / histogram.top, 1.0) * plot.height()
            painter.drawRect(
                QRectF(plot.left() + k * step, plot.bottom() - height, step - 1.0, height)
            )
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        even = plot.bottom() - plot.height() / N_BINS / histogram.top
        painter.drawLine(QLineF(plot.left(), even, plot.right(), even))
        self._paint_axes(painter, plot, histogram)

    def _paint_axes(self, painter: QPainter, plot: QRectF, histogram: PhaseHistogram) -> None:
        painter.setPen(QColor(self._palette.lines))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(QColor(self._palette.muted))
        row = QRectF(plot.left(), plot.bottom() + 2, plot.width(), self._bottom - 2)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.drawText(row, left, "0 s")
        if painter.fontMetrics().horizontalAdvance(_AXIS_WORDS) < plot.width() / 1.6:
            painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, _AXIS_WORDS)
        painter.drawText(row, right, f"{histogram.period:g} s")
        column = QRectF(0.0, plot.top() - _TOP, self._left - 6.0, plot.height() + _TOP)
        painter.drawText(column, right | Qt.AlignmentFlag.AlignTop, f"{histogram.top:.0%}")
        painter.drawText(column, right | Qt.AlignmentFlag.AlignBottom, "0")
