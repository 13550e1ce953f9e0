"""The histogram of frequencies, drawn."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import even_ticks, number_words, top_of_share
from gui.instruments.frequencies import N_BINS, N_FINEST, FrequencyHistogram
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot
from gui.picture.theme import Palette


class FrequencyView(SpanPlot):
    """Draws the histograms it is given; seen closer, in finer bins."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._histogram: FrequencyHistogram | None = None
        titles = "fireflies", "flashes per s of each"
        super().__init__("Histogram of the frequencies", *titles, "100%", palette, parent)

    def show_data(self, histogram: FrequencyHistogram) -> None:
        """Show the frequencies of a moment."""
        self._histogram = histogram
        self.setAccessibleDescription(summary(histogram))
        self.show_anew()

    def n_bins(self) -> int:
        """Bins of the whole axis, so that about forty show."""
        begin, end = self.span
        finer = max(0, math.floor(math.log2(1.0 / (end - begin)) + 1e-9))
        return min(N_BINS << finer, N_FINEST)

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The fireflies of the bin there: from which frequency to which, how many, which share."""
        histogram = self._histogram
        if histogram is None or not histogram.n_known:
            return None
        n_bins, area = self.n_bins(), self.area()
        k = min(max(int(self.share_at(x) * n_bins), 0), n_bins - 1)
        n = int(histogram.in_bins(n_bins)[k])
        share, step = n / histogram.n_known, (histogram.high - histogram.low) / n_bins
        begin, end = (number_words(histogram.at_share(each / n_bins), step) for each in (k, k + 1))
        noun = "firefly" if n == 1 else "fireflies"
        y = area.bottom() - min(share / self._top(histogram), 1.0) * area.height()
        words = f"{begin} to {end} flashes/s\n{n:,} {noun}, {share:.1%}"
        return Reading(self.x_of((k + 0.5) / n_bins), y, words)

    def _top(self, histogram: FrequencyHistogram) -> float:
        """Share at the upper edge: of the bins that show."""
        n_bins, (begin, end) = self.n_bins(), self.span
        seen = slice(math.floor(begin * n_bins), max(1, math.ceil(end * n_bins)))
        return top_of_share(float(histogram.in_bins(n_bins)[seen].max()) / histogram.n_known)

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """Bars, the frequency of one alone, and mean and spread in words."""
        palette, histogram = self.plot_palette, self._histogram
        if histogram is None:
            return False
        if not histogram.n_known:
            return True
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent))
        n_bins, top = self.n_bins(), self._top(histogram)
        shares = histogram.in_bins(n_bins) / histogram.n_known
        begin, end = self.span
        width = area.width() / (end - begin) / n_bins
        for k in range(math.floor(begin * n_bins), min(n_bins, math.ceil(end * n_bins))):
            if shares[k] > 0.0:
                height = max(1.0, min(shares[k] / top, 1.0) * area.height())
                left = self.x_of(k / n_bins)
                painter.drawRect(QRectF(left, area.bottom() - height, width - 1.0, height))
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        for frequency in dict.fromkeys(histogram.alone):
            x = self.x_of(histogram.share_of(frequency))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        return True

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Shares beside it, frequencies below, mean and spread in its corner."""
        histogram = self._histogram
        if histogram is None:
            return
        if not histogram.n_known:
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "nobody has flashed twice")
        else:
            top = self._top(histogram)
            self.paint_upright(painter, area, f"{top:.1%}" if top < 0.01 else f"{top:.0%}", "0")
            self.paint_corner(painter, area, short_summary(histogram))
        metrics = QFontMetricsF(self.plot_font)
        begin, end = (histogram.at_share(share) for share in self.span)
        ticks = even_ticks(
            begin, end, area.width(), lambda words: metrics.horizontalAdvance(words) + 12.0
        )
        self.paint_ticks(painter, area, [(histogram.share_of(f), words) for f, words in ticks])


def short_summary(histogram: FrequencyHistogram) -> str:
    """Mean and spread, as short as it is clear."""
    step = max(histogram.spread, 1e-4 * histogram.mean) / 10.0
    mean, spread = (number_words(each, step) for each in (histogram.mean, histogram.spread))
    return f"{mean} \N{PLUS-MINUS SIGN} {spread} /s"


def summary(histogram: FrequencyHistogram) -> str:
    """Mean and spread, with their unit and over what they are taken."""
    if not histogram.n_known:
        return "Nobody has flashed twice"
    return (
        f"Mean and spread {short_summary(histogram)}, {histogram.n_known:,} fireflies, "
        f"last {histogram.span:.3g} s"
    )
