"""The histogram of phases, drawn."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import top_of_share
from gui.instruments.histogram import N_BINS, N_FINEST, PhaseHistogram
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot
from gui.instruments.time_ticks import time_ticks
from gui.picture.theme import Palette


class PhaseHistogramView(SpanPlot):
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

    def n_bins(self) -> int:
        """Bins of the whole cycle, so that about forty show."""
        begin, end = self.span
        finer = max(0, math.floor(math.log2(1.0 / (end - begin)) + 1e-9))
        return min(N_BINS << finer, N_FINEST)

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The fireflies of the bin there: from when to when, how many, which share."""
        histogram = self._histogram
        if histogram is None:
            return None
        n_bins, area = self.n_bins(), self.area()
        k = min(max(int(self.share_at(x) * n_bins), 0), n_bins - 1)
        counts = histogram.in_bins(n_bins)
        share = counts[k] / histogram.n_fireflies
        decimals = 2 if histogram.period / n_bins >= 0.02 else 4
        begin, end = (f"{each * histogram.period / n_bins:.{decimals}f}" for each in (k, k + 1))
        noun = "firefly" if counts[k] == 1 else "fireflies"
        y = area.bottom() - min(share / self._top(histogram), 1.0) * area.height()
        words = f"{begin} to {end} s after the flash\n{counts[k]:,} {noun}, {share:.1%}"
        return Reading(self.x_of((k + 0.5) / n_bins), y, words)

    def _top(self, histogram: PhaseHistogram) -> float:
        """Share at the upper edge: of the bins that show."""
        n_bins, (begin, end) = self.n_bins(), self.span
        seen = slice(math.floor(begin * n_bins), max(1, math.ceil(end * n_bins)))
        return top_of_share(float(histogram.in_bins(n_bins)[seen].max()) / histogram.n_fireflies)

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """Bars over the cycle, the deaf part shaded, and what chance would give."""
        palette, histogram = self.plot_palette, self._histogram
        if histogram is None:
            return False
        deaf = QRectF(area)
        deaf.setLeft(self.x_of(0.0))
        deaf.setRight(self.x_of(histogram.deaf_share))
        painter.fillRect(deaf.intersected(area), QColor(palette.panel))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent))
        n_bins, top = self.n_bins(), self._top(histogram)
        shares = histogram.in_bins(n_bins) / histogram.n_fireflies
        begin, end = self.span
        width = area.width() / (end - begin) / n_bins
        for k in range(math.floor(begin * n_bins), min(n_bins, math.ceil(end * n_bins))):
            height = min(shares[k] / top, 1.0) * area.height()
            left = self.x_of(k / n_bins)
            painter.drawRect(QRectF(left, area.bottom() - height, width - 1.0, height))
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        even = area.bottom() - area.height() / n_bins / top
        painter.drawLine(QLineF(area.left(), even, area.right(), even))
        return True

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Shares beside it, times below."""
        histogram = self._histogram
        if histogram is None:
            return
        top = self._top(histogram)
        self.paint_upright(painter, area, f"{top:.1%}" if top < 0.01 else f"{top:.0%}", "0")
        begin, end = (share * histogram.period for share in self.span)
        metrics = QFontMetricsF(self.plot_font)
        ticks = time_ticks(
            begin, end, area.width(), lambda words: metrics.horizontalAdvance(words) + 16.0
        )
        self.paint_ticks(painter, area, [(t / histogram.period, words) for t, words in ticks])
