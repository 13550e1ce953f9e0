"""The sizes of avalanches, drawn on scales of equal ratios."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.instruments.avalanches import CRITICAL_EXPONENT, AvalancheSizes, SizeBin
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot, reaching_over
from gui.picture.theme import Palette

_DOT: Final = 3.0
_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class AvalancheView(SpanPlot):
    """Draws the sizes it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._sizes: AvalancheSizes | None = None
        titles = "share", "flashes in an avalanche"
        super().__init__("Sizes of avalanches", *titles, "10⁻⁴", palette, parent)

    def show_data(self, sizes: AvalancheSizes) -> None:
        """Show what has been counted so far."""
        self._sizes = sizes
        left_out = ", some left out" if sizes.is_gapped else ""
        self.setAccessibleDescription(
            f"{sizes.n_avalanches:,} avalanches, {_mean_words(sizes)}, "
            f"from {sizes.since:.3g} s to {sizes.until:.3g} s{left_out}"
        )
        self.show_anew()

    # -- places -------------------------------------------------------------------------

    def _share_of(self, size: float) -> float:
        """Where a size is along the axis, which goes from 1 to all fireflies."""
        assert self._sizes is not None
        return math.log(size) / math.log(max(2, self._sizes.n_fireflies))

    def _y_of(self, share: float) -> float:
        assert self._sizes is not None
        area, decades = self.area(), math.log10(self._sizes.lowest)
        return area.top() + math.log10(share) / decades * area.height()

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The bin that is nearest: its sizes, how many avalanches, which share."""
        sizes = self._sizes
        if sizes is None or not sizes.bins:
            return None
        each = min(sizes.bins, key=lambda it: abs(self.x_of(self._share_of(it.middle)) - x))
        share = each.count / sizes.n_avalanches
        words = f"{_size_words(each)}\n{each.count:,} of {sizes.n_avalanches:,}, {share:.2%}"
        return Reading(self.x_of(self._share_of(each.middle)), self._y_of(each.share), words)

    # -- drawing ------------------------------------------------------------------------

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """Theory, as lines below what was counted."""
        sizes, palette = self._sizes, self.plot_palette
        if sizes is None:
            return False
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.lines), 1.0))
        for decade in range(1, round(-math.log10(sizes.lowest))):
            y = self._y_of(10.0**-decade)
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
        if not sizes.bins:
            return True
        first = sizes.bins[0]
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        ends = (1.0, float(sizes.n_fireflies))
        levels = [first.share * (end / first.middle) ** CRITICAL_EXPONENT for end in ends]
        painter.drawLine(
            *(self._point(end, level) for end, level in zip(ends, levels, strict=True))
        )
        if len(sizes.law):
            painter.setPen(QPen(QColor(palette.text), 1.5))
            known = [pair for pair in zip(sizes.law_sizes, sizes.law, strict=True) if pair[1] > 0.0]
            painter.drawPolyline(QPolygonF([self._point(float(s), float(p)) for s, p in known]))
        return True

    def _paint_dots(self, painter: QPainter, area: QRectF, sizes: AvalancheSizes) -> None:
        with reaching_over(painter, area, _DOT + 1.0):
            painter.setPen(QPen(QColor(self.plot_palette.background), 1.0))
            painter.setBrush(QColor(self.plot_palette.accent))
            for each in sizes.bins:
                painter.drawEllipse(self._point(each.middle, each.share), _DOT, _DOT)

    def _point(self, size: float, share: float) -> QPointF:
        return QPointF(self.x_of(self._share_of(size)), self._y_of(max(share, 1e-300)))

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Powers of ten beside it and sizes below; the dots; the mean in its corner."""
        sizes = self._sizes
        if sizes is None:
            return
        self._paint_dots(painter, area, sizes)
        lowest = round(math.log10(sizes.lowest))
        self.paint_upright(
            painter, area, "1", f"10{lowest}".translate(_SUPERSCRIPTS).replace("¹⁰", "10", 1)
        )
        ticks, size = [], 1
        while size <= sizes.n_fireflies:
            ticks.append((self._share_of(size), f"{size:,}"))
            if self._is_close and 2 * size <= sizes.n_fireflies:
                ticks.append((self._share_of(2 * size), f"{2 * size:,}"))
                ticks.append((self._share_of(5 * size), f"{5 * size:,}"))
            size *= 10
        self.paint_ticks(painter, area, ticks)
        if sizes.n_avalanches:
            self.paint_corner(painter, area, f"{sizes.n_avalanches:,} in all, {_mean_words(sizes)}")
        else:
            self.paint_note(painter, area, "no flash yet")

    @property
    def _is_close(self) -> bool:
        begin, end = self.span
        return end - begin < 0.6


def _mean_words(sizes: AvalancheSizes) -> str:
    if math.isnan(sizes.mean):
        return "mean not known"
    return f"mean {sizes.mean:,.0f}" if sizes.mean >= 100.0 else f"mean {sizes.mean:.3g}"


def _size_words(each: SizeBin) -> str:
    noun = "flash" if each.greatest == 1 else "flashes"
    if each.least == each.greatest:
        return f"{each.least:,} {noun}"
    return f"{each.least:,} to {each.greatest:,} {noun}"
