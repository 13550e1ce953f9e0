"""The read-out of a plot: a quiet crosshair, and a small label with what is there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from gui.instruments.reading import Reading
from gui.picture.theme import SIZES, Palette

_DOT: Final = 3.0
_PADDING_X, _PADDING_Y = 8.0, 4.0
_GAP: Final = 12.0
_CORNER: Final = 4.0


def label_place(at: QPointF, size: QSizeF, room: QRectF) -> QRectF:
    """Where a label stands: above and to the right of a point, else where there is room.

    Parameters
    ----------
    at
        The point that it is about.
    size
        Of the label.
    room
        What it stays in, as far as it fits.
    """
    left, top = at.x() + _GAP, at.y() - _GAP - size.height()
    if left + size.width() > room.right():
        left = at.x() - _GAP - size.width()
    if top < room.top():
        top = at.y() + _GAP
    left = max(room.left(), min(left, room.right() - size.width()))
    top = max(room.top(), min(top, room.bottom() - size.height()))
    return QRectF(QPointF(left, top), size)


class ReadOut(QWidget):
    """Lies over a plot and lets everything through; hidden while there is nothing to read.

    Parameters
    ----------
    palette
        Its colours.
    parent
        The plot.
    """

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._reading: Reading | None = None
        self._area = QRectF()
        self._drawn = QRegion()
        self.show_style(palette, 1.0)
        self.hide()

    @property
    def words(self) -> str:
        """What it says; nothing while it is hidden."""
        return "" if self._reading is None else self._reading.words

    @property
    def reading(self) -> Reading | None:
        """What it shows."""
        return self._reading

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette = palette
        self._font = QFont(self.font())
        self._font.setPixelSize(SIZES.with_text(text_scale).small_text)
        self.update()

    def show_reading(self, reading: Reading | None, area: QRectF) -> None:
        """Show what is known at a place of the picture, whose room is given; None hides it."""
        if reading == self._reading and area == self._area:
            return
        self._reading, self._area = reading, area
        if reading is None:
            self._drawn = QRegion()
            self.hide()
            return
        # Only where something changes: what lies below is painted anew with it.
        before, self._drawn = self._drawn, self._region(reading)
        if self.isHidden():
            self.show()
            self.raise_()
        else:
            self.update(before.united(self._drawn))

    def _region(self, reading: Reading) -> QRegion:
        parts: list[QLineF | QRectF] = [*self._lines(reading), self._label(reading)]
        region = QRegion()
        if reading.y is not None:
            parts.append(QRectF(reading.x, reading.y, 0.0, 0.0))
        for part in parts:
            rect = QRectF(part.p1(), part.p2()) if isinstance(part, QLineF) else part
            out = _DOT + 2.0
            region = region.united(QRegion(_whole(rect.adjusted(-out, -out, out, out))))
        return region

    def _lines(self, reading: Reading) -> list[QLineF]:
        area = self._area
        if not reading.has_lines:
            return []
        lines = [QLineF(reading.x, area.top(), reading.x, area.bottom())]
        if reading.y is not None:
            lines.append(QLineF(area.left(), reading.y, area.right(), reading.y))
        return lines

    def _label(self, reading: Reading) -> QRectF:
        metrics = QFontMetricsF(self._font)
        lines = reading.words.split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _PADDING_X
        height = metrics.lineSpacing() * len(lines) + 2 * _PADDING_Y
        y = self._area.top() + _GAP if reading.y is None else reading.y
        room = QRectF(self.rect()).adjusted(2.0, 2.0, -2.0, -2.0)
        return label_place(QPointF(reading.x, y), QSizeF(width, height), room)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Crosshair, point, label."""
        reading = self._reading
        if reading is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._palette.muted), 1.0, Qt.PenStyle.DotLine))
        for line in self._lines(reading):
            painter.drawLine(line)
        if reading.y is not None:
            painter.setPen(QPen(QColor(self._palette.background), 1.0))
            painter.setBrush(QColor(self._palette.text))
            painter.drawEllipse(QPointF(reading.x, reading.y), _DOT, _DOT)
        label = self._label(reading)
        painter.setPen(QPen(QColor(self._palette.muted), 1.0))
        painter.setBrush(QColor(self._palette.raised))
        painter.drawRoundedRect(label, _CORNER, _CORNER)
        painter.setPen(QColor(self._palette.text))
        painter.setFont(self._font)
        inside = label.adjusted(_PADDING_X, _PADDING_Y, 0.0, -_PADDING_Y)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft, reading.words)


def _whole(rect: QRectF) -> QRect:
    return rect.normalized().toAlignedRect()
