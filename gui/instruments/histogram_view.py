"""The histogram of phases, drawn."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.bin_plot import BinPlot
from gui.instruments.bins import N_BINS
from gui.instruments.histogram import PhaseHistogram
from gui.instruments.reading import Reading
from gui.instruments.time_ticks import time_ticks
from gui.picture.theme import Palette


class PhaseHistogramView(BinPlot):
    """Draws the histograms it is given; seen closer, in finer bins."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._histogram: PhaseHistogram | None = None
        titles = "fireflies", "time after the flash"
        super().__init__("Histogram of the phases", *titles, "100%", palette, parent)

    def show_data(self, histogram: PhaseHistogram) -> None:
        """Show the phases of a moment."""
        self._histogram = histogram
        shares = histogram.shares
        fullest = int(np.argmax(shares))
        self.setAccessibleDescription(
            f"Most, {shares[fullest]:.0%}, between "
            f"{fullest * histogram.period / N_BINS:.2f} s and "
            f"{(fullest + 1) * histogram.period / N_BINS:.2f} s after their flash"
        )
        self.show_anew()

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The fireflies of the bin there: from when to when, how many, which share."""
        histogram = self._histogram
        if histogram is None:
            return None
        n_bins, k = self.n_bins(), self.bin_at(x)
        decimals = 2 if histogram.period / n_bins >= 0.02 else 4
        begin, end = (f"{each * histogram.period / n_bins:.{decimals}f}" for each in (k, k + 1))
        return self.reading_of(histogram, k, f"{begin} to {end} s after the flash")

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """Bars over the cycle, the deaf part shaded, and what chance would give."""
        palette, histogram = self.plot_palette, self._histogram
        if histogram is None:
            return False
        deaf = QRectF(area)
        deaf.setLeft(self.x_of(0.0))
        deaf.setRight(self.x_of(histogram.deaf_share))
        painter.fillRect(deaf.intersected(area), QColor(palette.panel))
        self.paint_bars(painter, area, histogram)
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        even = area.bottom() - area.height() / self.n_bins() / self.top(histogram)
        painter.drawLine(QLineF(area.left(), even, area.right(), even))
        return True

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Shares beside it, times below."""
        histogram = self._histogram
        if histogram is None:
            return
        self.paint_shares(painter, area, histogram)
        begin, end = (share * histogram.period for share in self.span)
        metrics = QFontMetricsF(self.plot_font)
        ticks = time_ticks(
            begin, end, area.width(), lambda words: metrics.horizontalAdvance(words) + 16.0
        )
        self.paint_ticks(painter, area, [(t / histogram.period, words) for t, words in ticks])
