"""The raster of the flashes, drawn."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_text import paint_titles, time_margin, title_room
from gui.instruments.exploring import Exploring
from gui.instruments.mark_strip import mark_colour, paint_strip, strip_height, words_of_marks
from gui.instruments.panel_view import LEAST_HEIGHT
from gui.instruments.raster import RasterPicture
from gui.instruments.reading import Reading
from gui.instruments.time_sign import TimeSign
from gui.instruments.time_ticks import exact_time_words, part_words, time_ticks
from gui.picture.theme import SIZES, Palette

_FAINTEST: Final = 0.35
_N_SHADES: Final = 256
_TICK_GAP: Final = 16.0
_FORGOTTEN: Final = "no longer remembered"


def _who_words(first: int, last: int) -> str:
    return f"firefly {first:,}" if first == last else f"fireflies {first:,} to {last:,}"


def row_title(per_row: int) -> str:
    """What stands beside the upright axis, where so many fireflies share a row."""
    return "firefly" if per_row == 1 else f"firefly, {per_row:,} in each row"


class RasterView(QWidget):
    """Draws the rasters it is given: time to the right, ids downwards.

    It is explored as :class:`~gui.instruments.exploring.Exploring` says, upright among the
    fireflies; End follows the present.
    """

    zoomRequested = Signal(float, float)
    panRequested = Signal(float)
    wholeRequested = Signal()
    latestRequested = Signal()
    rowsZoomRequested = Signal(float, float)
    rowsPanRequested = Signal(float)
    allRowsRequested = Signal()

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(SIZES.instrument // 2, LEAST_HEIGHT)
        self.setAccessibleName("Raster of the flashes")
        self._shown: RasterPicture | None = None
        self._pixels: NDArray[np.uint32] | None = None
        self.sign = TimeSign(palette, self)
        self.sign.wholeRequested.connect(self.show_all)
        self.sign.latestRequested.connect(self.latestRequested)
        self._exploring = Exploring(self, self, palette)
        self.read_out = self._exploring.read_out
        self.show_style(palette, 1.0)

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(SIZES.instrument, SIZES.plot)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._font = QFont(self.font())
        self._font.setPixelSize(SIZES.with_text(text_scale).small_text)
        self._palette = palette
        ends = [QColor(name) for name in (palette.background, palette.accent)]
        share = np.linspace(0.0, 1.0, _N_SHADES)
        share[1:] = _FAINTEST + (1.0 - _FAINTEST) * share[1:]  # a lone flash is seen as well
        shades = np.full((_N_SHADES, 4), 255, dtype=np.uint8)
        for channel, name in enumerate(("blue", "green", "red")):
            dark, light = (getattr(end, name)() for end in ends)
            shades[:, channel] = np.rint(dark + share * (light - dark))
        self._shades: NDArray[np.uint32] = shades.view(np.uint32)[:, 0]
        self.sign.show_style(palette, text_scale)
        self.read_out.show_style(palette, text_scale)
        self._lay_out()
        if self._shown is not None:
            self.show_data(self._shown)

    def _lay_out(self) -> None:
        """Margins like those of the other plots over time, so that they align."""
        line = QFontMetricsF(self._font).height()
        marks = () if self._shown is None else self._shown.marks
        top = SIZES.rhythm // 2 + strip_height(self._font, marks)
        bottom = round(line + SIZES.rhythm + title_room(self._font, self.height()))
        self.setContentsMargins(time_margin(self._font), top, 2 * SIZES.rhythm, bottom)
        inset = 2 * SIZES.rhythm + SIZES.rhythm // 2
        self.sign.place(self.width() - inset, top + SIZES.rhythm // 2, self.width())

    def show_data(self, shown: RasterPicture) -> None:
        """Show the flashes of a part of the run."""
        self._shown, raster = shown, shown.raster
        level = np.ceil(raster.share * (_N_SHADES - 1)).astype(np.uint8)
        self._pixels = np.ascontiguousarray(self._shades[level])
        when = [] if shown.is_whole else [part_words(raster.begin, raster.end)]
        who = [] if raster.shows_all else [_who_words(raster.first, raster.after - 1)]
        self.sign.show_part(", ".join(when + who), is_latest=shown.is_latest)
        self._lay_out()
        self._exploring.refresh()
        self.update()

    # -- exploring ----------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the picture is, in pixels."""
        return QRectF(self.contentsRect())

    def x_of(self, t: float) -> float:
        """Where a time is, in pixels."""
        area, shown = self.area(), self._shown
        if shown is None:
            return area.left()
        begin, end = shown.raster.begin, shown.raster.end
        return area.left() + (t - begin) / (end - begin) * area.width()

    def _span(self) -> tuple[float, float]:
        return (0.0, 1.0) if self._shown is None else (self._shown.raster.begin,
                                                       self._shown.raster.end)  # fmt: skip

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The time, and the fireflies of a row, with how often they flashed there."""
        if self._shown is None or self._pixels is None:
            return None
        area, raster = self.area(), self._shown.raster
        rows, columns = raster.counts.shape
        row = min(max(int((y - area.top()) / max(1.0, area.height()) * rows), 0), rows - 1)
        begin, end = self._span()
        t = begin + (x - area.left()) / max(1.0, area.width()) * (end - begin)
        if not 0.0 <= t <= raster.now:
            return None
        column = min(max(int((t - begin) / (end - begin) * columns), 0), columns - 1)
        ids = raster.fireflies(row)
        lines = [exact_time_words(t), _who_words(ids[0], ids[-1])]
        if t < raster.known_since:
            lines.append(_FORGOTTEN)
        else:
            n, width = int(raster.counts[row, column]), (end - begin) / columns
            times = "no flash" if n == 0 else "1 flash" if n == 1 else f"{n:,} flashes"
            lines.append(f"{times} within {width:.2g} s")
        changes = words_of_marks(self._places(), self._shown.marks, x)
        return Reading(x, y, "\n".join(lines + ([changes] if changes else [])))

    def _places(self) -> list[float]:
        return [] if self._shown is None else [self.x_of(mark.t) for mark in self._shown.marks]

    def zoom_by(self, factor: float, x: float, _y: float) -> None:
        """Ask for less or more of the run, about the time at a pixel."""
        area, (begin, end) = self.area(), self._span()
        share = (x - area.left()) / max(1.0, area.width())
        self.zoomRequested.emit(factor, begin + share * (end - begin))

    def pan_by(self, share: float) -> None:
        """Ask for a later part of the run, by a share of what is shown."""
        begin, end = self._span()
        self.panRequested.emit(share * (end - begin))

    def zoom_upright_by(self, factor: float, y: float) -> None:
        """Ask for fewer or more fireflies, about that of a pixel."""
        area, shown = self.area(), self._shown
        if shown is not None:
            raster = shown.raster
            down = (y - area.top()) / max(1.0, area.height())
            who = raster.first + min(max(down, 0.0), 1.0) * (raster.after - raster.first)
            self.rowsZoomRequested.emit(factor, who / raster.n_fireflies)

    def pan_upright_by(self, share: float) -> None:
        """Ask for fireflies of higher ids, by a share of those that show."""
        self.rowsPanRequested.emit(share)

    def show_all(self) -> None:
        """Ask for all of the run, and all fireflies."""
        self.wholeRequested.emit()
        self.allRowsRequested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End leads to the present; all else is for others."""
        if event.key() == Qt.Key.Key_End:
            self.latestRequested.emit()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sign in its corner."""
        super().resizeEvent(event)
        self._lay_out()

    # -- drawing ------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, its axes, and the changes."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.background))
        if self._shown is None or self._pixels is None:
            return
        area = self.area()
        rows, columns = self._pixels.shape
        image = QImage(self._pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.drawImage(area, image)
        self._paint_forgotten(painter, area)
        painter.setPen(QColor(self._palette.lines))
        painter.drawRect(area.adjusted(-1.0, -1.0, 0.0, 0.0))
        self._paint_words(painter, area)
        places = self._places()
        for x, mark in zip(places, self._shown.marks, strict=True):
            style = Qt.PenStyle.DashLine if mark.is_found else Qt.PenStyle.DotLine
            painter.setPen(QPen(mark_colour(mark, self._palette), 1.0, style))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        paint_strip(painter, area, places, self._shown.marks, self._font, self._palette)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.accent))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_forgotten(self, painter: QPainter, area: QRectF) -> None:
        """Shade what is not remembered, so that nobody takes it for silence."""
        assert self._shown is not None
        raster = self._shown.raster
        until = min(max(raster.known_since, raster.begin), raster.end, raster.now)
        if until <= max(raster.begin, 0.0):
            return
        part = QRectF(area)
        part.setRight(self.x_of(until))
        painter.fillRect(part, QColor(self._palette.panel))
        painter.setFont(self._font)
        painter.setPen(QColor(self._palette.muted))
        if QFontMetricsF(self._font).horizontalAdvance(_FORGOTTEN) < part.width():
            painter.drawText(part, Qt.AlignmentFlag.AlignCenter, _FORGOTTEN)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        assert self._shown is not None
        raster, metrics = self._shown.raster, QFontMetricsF(self._font)
        painter.setPen(QColor(self._palette.muted))
        painter.setFont(self._font)

        def width_of(words: str) -> float:
            return metrics.horizontalAdvance(words) + _TICK_GAP

        for t, words in time_ticks(raster.begin, raster.end, area.width(), width_of):
            width = metrics.horizontalAdvance(words)
            left = min(self.x_of(t) - width / 2, self.width() - width)
            row = QRectF(left, area.bottom() + 4.0, width + 1.0, metrics.height())
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft, words)
        title = row_title(raster.per_row)
        if metrics.horizontalAdvance(title) > area.height():
            title = "firefly"
        paint_titles(painter, QRectF(self.rect()), area, title, self._font, self._palette)
        column = QRectF(0.0, area.top() - 4.0, area.left() - 6.0, area.height() + 8.0)
        beside = metrics.horizontalAdvance(title) + 2.0 * metrics.height() > column.height()
        room = column.width() - (metrics.height() if beside else 0.0)
        down = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        for who, end in zip((raster.first, raster.after - 1), down, strict=True):
            if metrics.horizontalAdvance(f"{who:,}") <= room:
                painter.drawText(column, Qt.AlignmentFlag.AlignRight | end, f"{who:,}")
