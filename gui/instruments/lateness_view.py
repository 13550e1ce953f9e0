"""The lateness of flashes, drawn: a map of the grid, and a histogram that is its legend."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.instruments.cell_sight import CellSight
from gui.instruments.exploring import Exploring
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot
from gui.models.lateness import N_BINS, LatenessPicture, at_share, scale_share
from gui.picture.colour_table import N_COLOURS, rgba
from gui.picture.theme import SIZES, UNKNOWN_COLOUR, Palette

_TICKS: Final = ((0.0, "1 ms"), (1 / 3, "10"), (2 / 3, "100"), (1.0, "1 s"))
_LEAST_MAP: Final = 96
_STRIP: Final = 5.0


def lateness_table() -> NDArray[np.uint8]:
    """Colours from 1 ms to 1 s, RGBA, shape ``(256, 4)``: matplotlib's inferno, without its black,
    which would be lost on a dark ground."""
    colours = pg.colormap.get("inferno").getLookupTable(start=0.12, nPts=N_COLOURS)
    table = np.full((N_COLOURS, 4), 255, dtype=np.uint8)
    table[:, :3] = np.rint(colours).astype(np.uint8)
    return table


def late_words(seconds: float) -> str:
    """A lateness with its unit: ``0.8 ms``, ``17 ms``, ``1.2 s``."""
    if math.isnan(seconds):
        return "not known"
    if seconds >= 1.0:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


class LatenessMap(QWidget):
    """The grid, each firefly in the colour of how late its last flash came to light.

    Attributes
    ----------
    sight
        Which part of it shows.
    """

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(_LEAST_MAP, _LEAST_MAP)
        policy = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding
        self.setSizePolicy(*policy)
        self.setAccessibleName("Map of the lateness")
        self._picture: LatenessPicture | None = None
        self._pixels: NDArray[np.uint8] | None = None
        self._table = lateness_table()
        self.sight = CellSight()
        self._exploring = Exploring(self, self, palette)
        self.read_out = self._exploring.read_out
        self.show_style(palette, 1.0)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(SIZES.instrument - 2 * SIZES.rhythm, SIZES.instrument - 6 * SIZES.rhythm)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette = palette
        self._font = QFont(self.font())
        self._font.setPixelSize(SIZES.with_text(text_scale).small_text)
        self.read_out.show_style(palette, text_scale)
        self.update()

    def show_data(self, picture: LatenessPicture) -> None:
        """Show the lateness of a moment."""
        self._picture = picture
        share = scale_share(picture.cells)
        is_known = ~np.isnan(share)
        level = (np.where(is_known, share, 0.0) * (N_COLOURS - 1)).astype(np.uint8)
        unknown = np.array(rgba(UNKNOWN_COLOUR), dtype=np.uint8)
        pixels = np.where(is_known[:, :, None], self._table[level], unknown)
        self._pixels = np.ascontiguousarray(pixels)
        self.sight.take_shape((len(pixels), len(pixels)))
        self._show_anew()

    def _show_anew(self) -> None:
        self._exploring.refresh()
        self.update()

    def area(self) -> QRectF:
        """Where the map is, in pixels: a square below its title."""
        line = QFontMetricsF(self._font).height()
        room = QRectF(self.rect()).adjusted(0.0, line + 4.0, 0.0, 0.0)
        length = max(1.0, min(room.width(), room.height()) - 1.0)
        return QRectF(room.center().x() - length / 2, room.top(), length, length)

    def reading_at(self, x: float, y: float) -> Reading | None:
        """Row, column and lateness of the fireflies there."""
        picture, area = self._picture, self.area()
        if picture is None:
            return None
        cell = self.sight.cell_at(area, QPointF(x, y))
        if cell is None:
            return None
        column, row = cell[0], len(picture.cells) - 1 - cell[1]
        rows, columns = (_told(each, picture) for each in (row, column))
        late = late_words(float(picture.cells[row, column]))
        most = "at most " if picture.per_cell > 1 and late != "not known" else ""
        words = f"row {rows}, column {columns}\n{most}{late}"
        return Reading(x, y, words, has_lines=False)

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """Show less or more of the grid, about the place at a pixel."""
        self.sight.zoom_by(factor, self.area(), QPointF(x, y))
        self._show_anew()

    def zoom_upright_by(self, factor: float, y: float) -> None:
        """The same, in the middle: fireflies stay square."""
        self.zoom_by(factor, self.area().center().x(), y)

    def pan_by(self, share: float) -> None:
        """Move to the right by a share of what shows."""
        self.sight.pan_by(share, 0.0)
        self._show_anew()

    def pan_upright_by(self, share: float) -> None:
        """Move down by a share of what shows."""
        self.sight.pan_by(0.0, -share)
        self._show_anew()

    def show_all(self) -> None:
        """Show all of the grid."""
        self.sight.show_all()
        self._show_anew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The map and its title."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(QColor(self._palette.muted))
        each = "" if self._picture is None else _each_words(self._picture)
        title = QRectF(self.rect())
        words = QFontMetricsF(self._font).elidedText(
            f"Lateness of the last flash{each}", Qt.TextElideMode.ElideRight, title.width()
        )
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft, words)
        area = self.area()
        if self._pixels is not None:
            n, (xs, ys) = len(self._pixels), self.sight.seen()
            image = QImage(self._pixels.data, n, n, 4 * n, QImage.Format.Format_RGBA8888)
            part = QRectF(xs.start, n - ys.stop, len(xs), len(ys))
            place = self.sight.rect_of(area, xs.start, ys.start).united(
                self.sight.rect_of(area, xs.stop - 1, ys.stop - 1)
            )
            painter.save()
            painter.setClipRect(area)
            painter.drawImage(place, image, part)
            painter.restore()
        painter.setPen(QColor(self._palette.accent if self.hasFocus() else self._palette.lines))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)


def _told(cell: int, picture: LatenessPicture) -> str:
    first = cell * picture.per_cell
    last = min(first + picture.per_cell, picture.side) - 1
    return f"{first}" if first == last else f"{first} to {last}"


def _each_words(picture: LatenessPicture) -> str:
    n = picture.per_cell
    return "" if n == 1 else f", greatest of {n} x {n}"


class LatenessBars(SpanPlot):
    """How many flashes came how late; below them stand the colours of the map."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._picture: LatenessPicture | None = None
        self._table = lateness_table()
        super().__init__(
            "Histogram of the lateness", "fireflies", "lateness", "100%", palette, parent
        )

    def show_data(self, picture: LatenessPicture) -> None:
        """Show the lateness of a moment."""
        self._picture = picture
        self.setAccessibleDescription(
            f"Half within {late_words(picture.p50)}, 99 % within {late_words(picture.p99)}"
        )
        self.show_anew()

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The fireflies of the bin there: from when to when, how many, which share."""
        picture = self._picture
        if picture is None or not picture.n_known:
            return None
        area, counts = self.area(), picture.counts
        k = min(max(int(self.share_at(x) * N_BINS), 0), N_BINS - 1)
        begin, end = (late_words(at_share(each / N_BINS)) for each in (k, k + 1))
        span = f"{end} or less" if k == 0 else f"{begin} to {end}"
        span = f"{begin} or more" if k == N_BINS - 1 else span
        noun = "firefly" if counts[k] == 1 else "fireflies"
        y = area.bottom() - counts[k] / counts.max() * area.height()
        words = f"{span}\n{counts[k]:,} {noun}, {counts[k] / picture.n_known:.1%}"
        return Reading(self.x_of((k + 0.5) / N_BINS), y, words)

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """Bars on a scale of equal ratios, the colours of the map, median and 99th percentile."""
        picture = self._picture
        if picture is None:
            return False
        begin, end = self.span
        width = area.width() / (end - begin) / N_BINS
        painter.setPen(Qt.PenStyle.NoPen)
        for k in range(N_BINS):
            left = self.x_of(k / N_BINS)
            colour = self._table[round((k + 0.5) / N_BINS * (N_COLOURS - 1))]
            strip = QRectF(left, area.bottom() - _STRIP, width + 0.5, _STRIP)
            painter.fillRect(strip, QColor(*map(int, colour)))
        if not picture.n_known:
            return True
        painter.setBrush(QColor(self.plot_palette.accent))
        floor = area.bottom() - _STRIP - 1.0
        for k in np.flatnonzero(picture.counts).tolist():
            share = picture.counts[k] / picture.counts.max()
            height = max(1.0, share * (area.height() - _STRIP - 1.0))
            bar = QRectF(self.x_of(k / N_BINS), floor - height, width - 1.0, height)
            painter.drawRect(bar)
        self._paint_percentiles(painter, area, picture)
        return True

    def _paint_percentiles(self, painter: QPainter, area: QRectF, picture: LatenessPicture) -> None:
        metrics = QFontMetricsF(self.plot_font)
        painter.setFont(self.plot_font)
        for line, (name, late) in enumerate((("p50", picture.p50), ("p99", picture.p99))):
            x = self.x_of(float(scale_share(np.array([late]))[0]))
            painter.setPen(QPen(QColor(self.plot_palette.text), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom() - _STRIP))
            words = f"{name} {late_words(late)}"
            width = metrics.horizontalAdvance(words)
            left = x + 4.0 if x + 4.0 + width <= area.right() else x - 4.0 - width
            painter.setPen(QColor(self.plot_palette.text))
            base = area.top() + metrics.ascent() + line * metrics.height()
            painter.drawText(QPointF(left, base), words)

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """The most of a bin beside it, lateness below."""
        picture = self._picture
        if picture is None:
            return
        if picture.n_known:
            self.paint_upright(painter, area, f"{picture.counts.max() / picture.n_known:.0%}", "0")
        else:
            self.paint_note(painter, area, "none is known yet")
        self.paint_ticks(painter, area, list(_TICKS))
