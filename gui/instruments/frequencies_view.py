"""The histogram of frequencies, drawn."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import even_ticks, number_words
from gui.instruments.bin_plot import BinPlot
from gui.instruments.frequencies import FrequencyHistogram
from gui.instruments.reading import Reading
from gui.picture.theme import Palette


class FrequencyView(BinPlot):
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

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The fireflies of the bin there: from which frequency to which, how many, which share."""
        histogram = self._histogram
        if histogram is None or not histogram.n_counted:
            return None
        n_bins, k = self.n_bins(), self.bin_at(x)
        step = (histogram.high - histogram.low) / n_bins
        begin, end = (number_words(histogram.at_share(each / n_bins), step) for each in (k, k + 1))
        return self.reading_of(histogram, k, f"{begin} to {end} flashes/s")

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """Bars, the frequency of one alone, and mean and spread in words."""
        palette, histogram = self.plot_palette, self._histogram
        if histogram is None:
            return False
        if not histogram.n_counted:
            return True
        self.paint_bars(painter, area, histogram)
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
        if not histogram.n_counted:
            self.paint_note(painter, area, "nobody has flashed twice")
        else:
            self.paint_shares(painter, area, histogram)
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
    if not histogram.n_counted:
        return "Nobody has flashed twice"
    return (
        f"Mean and spread {short_summary(histogram)}, {histogram.n_counted:,} fireflies, "
        f"last {histogram.span:.3g} s"
    )
