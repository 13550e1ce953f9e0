"""A plot over a fixed span, of which a part can be looked at more closely."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_text import paint_titles, title_room
from gui.instruments.exploring import Exploring
from gui.instruments.reading import Reading
from gui.models.axis_part import WHOLE_AXIS, AxisPart
from gui.picture.theme import SIZES, Palette

CLOSEST: Final = 32.0
"""How many times larger than at first a part can be seen."""

_LEAST_HEIGHT: Final = 80
_TOP: Final = 8
_TICK_GAP: Final = 12.0


class SpanPlot(QWidget):
    """What plots have in common that zoom by themselves: each over its own axis.

    Places along the axis are shares of the whole span, from 0 to 1.

    Parameters
    ----------
    name
        What it shows, for screen readers.
    upright, level
        Titles of the axes, each with its unit.
    widest
        Of the words beside the upright axis.
    palette
        Its colours.
    parent
        Where it stands.
    """

    def __init__(
        self, name: str, upright: str, level: str, widest: str, palette: Palette, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setMinimumSize(SIZES.instrument // 2, _LEAST_HEIGHT)
        self.setAccessibleName(name)
        self._upright, self._level, self._widest = upright, level, widest
        self.across = WHOLE_AXIS
        self.exploring = Exploring(self, self, palette)
        self.read_out = self.exploring.read_out
        self.show_style(palette, 1.0)

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(SIZES.instrument, 3 * SIZES.instrument // 5)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self.plot_palette = palette
        self.plot_font = QFont(self.font())
        self.plot_font.setPixelSize(SIZES.with_text(text_scale).small_text)
        metrics = QFontMetricsF(self.plot_font)
        self._line, self._advance = metrics.height(), metrics.horizontalAdvance(self._widest)
        self.read_out.show_style(palette, text_scale)
        self.update()

    @property
    def span(self) -> tuple[float, float]:
        """The part that shows, as shares of the whole."""
        return self.across.begin, self.across.end

    @property
    def is_whole(self) -> bool:
        """Whether all shows."""
        return self.across.is_whole

    def show_anew(self) -> None:
        """What it shows is other than before."""
        self.exploring.refresh()
        self.update()

    # -- exploring ----------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the picture is, in pixels."""
        line = self._line
        left = self._advance + line + SIZES.rhythm
        bottom = line + 6.0 + title_room(self.plot_font, self.height())
        right = 2.0 * SIZES.rhythm
        return QRectF(self.rect()).adjusted(left, _TOP, -right, -bottom)

    def x_of(self, share: float) -> float:
        """Where a share of the whole span is, in pixels."""
        area = self.area()
        return area.left() + self.across.share_of(share) * area.width()

    def places(self, shares: NDArray[np.float64], heights: NDArray[np.float64]) -> list[QPointF]:
        """Where points are, in pixels: shares of the whole span, and of the height of the picture.

        Both have shape ``(n,)``.
        """
        area = self.area()
        begin, end = self.span
        xs = area.left() + (shares - begin) / (end - begin) * area.width()
        ys = area.bottom() - heights * area.height()
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]

    def share_at(self, x: float) -> float:
        """Which share of the whole span is at a pixel."""
        area = self.area()
        return self.across.at((x - area.left()) / max(1.0, area.width()))

    def reading_at(self, _x: float, _y: float) -> Reading | None:
        """What is known at a place of it; to be said by each."""
        return None

    def zoom_by(self, factor: float, x: float, _y: float) -> None:
        """Show less or more, about the place at a pixel."""
        self._show(self.across.zoomed(factor, self.share_at(x), 1.0 / CLOSEST))

    def pan_by(self, share: float) -> None:
        """Move by a share of what shows."""
        self._show(self.across.moved(share))

    def show_all(self) -> None:
        """Show the whole span."""
        self._show(WHOLE_AXIS)

    def _show(self, across: AxisPart) -> None:
        self.across = across
        self.show_anew()

    # -- drawing ------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture inside its area, the axes around it, a frame while keys go to it."""
        painter = QPainter(self)
        palette = self.plot_palette
        painter.fillRect(self.rect(), QColor(palette.background))
        area = self.area()
        if area.height() <= 0.0 or area.width() <= 0.0:
            return
        painter.setFont(self.plot_font)
        painter.save()
        painter.setClipRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        is_there = self.paint_picture(painter, area)
        painter.restore()
        if is_there:
            painter.setPen(QColor(palette.lines))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            painter.setPen(QColor(palette.muted))
            self.paint_words(painter, area)
            room = self.room(area)
            titles = self._upright, self.plot_font, palette, self._level_title()
            paint_titles(painter, room, area, *titles)
        if self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def room(self, _area: QRectF) -> QRectF:
        """What the picture and its axes fill, in pixels."""
        return QRectF(self.rect())

    def _level_title(self) -> str:
        """A part says that it is one."""
        return self._level if self.is_whole else f"part: {self._level}"

    def paint_picture(self, _painter: QPainter, _area: QRectF) -> bool:
        """Draw what there is inside of its area; whether there is anything."""
        return False

    def paint_words(self, _painter: QPainter, _area: QRectF) -> None:
        """Write the values beside the axes."""

    def paint_upright(self, painter: QPainter, area: QRectF, top: str, bottom: str) -> None:
        """Write the values at the ends of the upright axis."""
        for y, words in ((area.top(), top), (area.bottom(), bottom)):
            self.paint_beside(painter, area, y, words)

    def paint_beside(self, painter: QPainter, area: QRectF, y: float, words: str) -> None:
        """Write a value beside the upright axis; at its foot, above what is written below."""
        line = self._line
        row = QRectF(0.0, min(y - line / 2.0, area.bottom() - line), area.left() - 6.0, line)
        painter.drawText(row, Qt.AlignmentFlag.AlignRight, words)

    def paint_corner(
        self, painter: QPainter, area: QRectF, words: str, *, is_left: bool = False
    ) -> None:
        """Write a figure in an upper corner of the picture, on a ground of its own."""
        metrics = QFontMetricsF(self.plot_font)
        width = min(metrics.horizontalAdvance(words) + 2 * SIZES.rhythm, area.width())
        left = area.left() if is_left else area.right() - width
        place = QRectF(left, area.top(), width, metrics.height() + 4.0)
        self._paint_ground(painter, place)
        painter.setPen(QColor(self.plot_palette.text))
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        painter.setPen(QColor(self.plot_palette.muted))

    def paint_note(self, painter: QPainter, area: QRectF, words: str) -> None:
        """Write in the middle why there is no more to see, in as many lines as that takes."""
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        place = QFontMetricsF(self.plot_font).boundingRect(area, how, words)
        self._paint_ground(painter, place.adjusted(-4.0, -2.0, 4.0, 2.0).intersected(area))
        painter.setPen(QColor(self.plot_palette.muted))
        painter.drawText(area, how, words)

    def _paint_ground(self, painter: QPainter, place: QRectF) -> None:
        ground = QColor(self.plot_palette.background)
        ground.setAlphaF(0.85)
        painter.fillRect(place, ground)

    def paint_ticks(self, painter: QPainter, area: QRectF, ticks: list[tuple[float, str]]) -> None:
        """Write values below the axis, each a share and its words, as many as there is room for."""
        metrics = QFontMetricsF(self.plot_font)
        free = -1.0
        for share, words in ticks:
            x, width = self.x_of(share), metrics.horizontalAdvance(words)
            if not area.left() - 0.5 <= x <= area.right() + 0.5:
                continue
            left = min(x - width / 2, self.width() - width - 1.0)
            if left < free:
                continue
            row = QRectF(left, area.bottom() + 2.0, width + 1.0, metrics.height())
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft, words)
            free = left + width + _TICK_GAP


@contextmanager
def reaching_over(painter: QPainter, area: QRectF, out: float) -> Iterator[None]:
    """Draw what may reach over the edges of a picture by so many pixels, smoothly."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area.adjusted(-out, -out, out, out))
    try:
        yield
    finally:
        painter.restore()
