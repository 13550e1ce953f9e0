"""A histogram, drawn: bars over a span, of which a part can be looked at more closely."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from gui.instruments.axis_numbers import steady_top_of_share
from gui.instruments.bins import N_BINS, N_FINEST, Binned
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot


class BinPlot(SpanPlot):
    """What histograms have in common; seen closer, they have finer bins."""

    _top = 0.0

    def n_bins(self) -> int:
        """Bins of the whole axis, so that about forty show."""
        begin, end = self.span
        finer = max(0, math.floor(math.log2(1.0 / (end - begin)) + 1e-9))
        return min(N_BINS << finer, N_FINEST)

    def bin_at(self, x: float) -> int:
        """Number of the bin at a place."""
        n_bins = self.n_bins()
        return min(max(int(self.share_at(x) * n_bins), 0), n_bins - 1)

    def reading_of(self, binned: Binned, k: int, span: str) -> Reading:
        """The words of a bin: from where to where, how many fireflies, and which share."""
        n_bins, area = self.n_bins(), self.area()
        n = int(binned.in_bins(n_bins)[k])
        share = n / binned.n_counted
        y = area.bottom() - min(share / self.top(binned), 1.0) * area.height()
        noun = "firefly" if n == 1 else "fireflies"
        return Reading(self.x_of((k + 0.5) / n_bins), y, f"{span}\n{n:,} {noun}, {share:.1%}")

    def top(self, binned: Binned) -> float:
        """Share at the upper edge: of the bins that show; steady while they change a little."""
        n_bins, (begin, end) = self.n_bins(), self.span
        seen = slice(math.floor(begin * n_bins), max(1, math.ceil(end * n_bins)))
        highest = float(binned.in_bins(n_bins)[seen].max()) / binned.n_counted
        self._top = steady_top_of_share(highest, self._top)
        return self._top

    def paint_bars(self, painter: QPainter, area: QRectF, binned: Binned) -> None:
        """A bar for each bin that shows; one with somebody in it is always seen."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.plot_palette.accent))
        n_bins, top, (begin, end) = self.n_bins(), self.top(binned), self.span
        shares = binned.in_bins(n_bins) / binned.n_counted
        width = area.width() / (end - begin) / n_bins
        for k in range(math.floor(begin * n_bins), min(n_bins, math.ceil(end * n_bins))):
            if shares[k] > 0.0:
                height = max(1.0, min(shares[k] / top, 1.0) * area.height())
                left = self.x_of(k / n_bins)
                painter.drawRect(QRectF(left, area.bottom() - height, width - 1.0, height))

    def paint_shares(self, painter: QPainter, area: QRectF, binned: Binned) -> None:
        """The ends of the upright axis."""
        top = self.top(binned)
        self.paint_upright(painter, area, f"{top:.1%}" if top < 0.01 else f"{top:.0%}", "0")
