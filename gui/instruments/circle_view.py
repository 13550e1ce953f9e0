"""The phases of all fireflies around a circle, with the mean vector."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.instruments.circle import INNER_RADIUS, N_SECTORS, OUTER_RADIUS, PhaseCircle
from gui.instruments.exploring import Exploring
from gui.instruments.reading import Reading
from gui.models.axis_part import WHOLE_AXIS
from gui.models.status_readout import StatusReadout
from gui.picture.theme import SIZES, Palette

_ARROW_WIDTH: Final = 3.0
_ARROW_HEAD: Final = 9.0
_LEAST_LENGTH: Final = 96
_BAND: Final = (INNER_RADIUS + OUTER_RADIUS) / 2
_N_SHADES: Final = 256
_CLOSEST: Final = 12.0
"""How many times larger a part is seen; beyond that its dots are squares of many pixels."""

_DEGREE: Final = 16  # Qt counts angles in sixteenths


def _square_in(room: QRectF) -> QRectF:
    """The largest in a room, in its middle."""
    length = min(room.width(), room.height()) - SIZES.rhythm
    square = QRectF(0.0, 0.0, length, length)
    square.moveCenter(room.center())
    return square


class PhaseCircleView(QWidget):
    """Draws the circles it is given, as large as fits.

    Attributes
    ----------
    number
        The coherence, in words.
    across, down
        The part of the square around the circle that shows, from its upper left corner on.
    """

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(_LEAST_LENGTH, _LEAST_LENGTH)
        self.setAccessibleName("Phase circle")
        self._circle: PhaseCircle | None = None
        self.number = ""
        self.across = self.down = WHOLE_AXIS
        self._exploring = Exploring(self, self, palette)
        self.read_out = self._exploring.read_out
        self.show_style(palette, 1.0)

    def sizeHint(self) -> QSize:
        """A square, with room for all."""
        return QSize(SIZES.instrument, SIZES.instrument)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text of the read-out."""
        self.read_out.show_style(palette, text_scale)
        self._palette = palette
        accent = QColor(palette.accent)
        shades = np.zeros((_N_SHADES, 4), dtype=np.uint8)
        alpha = np.linspace(0.0, 1.0, _N_SHADES)
        for channel, value in enumerate((accent.blue(), accent.green(), accent.red())):
            shades[:, channel] = np.rint(alpha * value)  # premultiplied, in the order BGRA
        shades[:, 3] = np.rint(alpha * 255.0)
        self._shades: NDArray[np.uint32] = shades.view(np.uint32)[:, 0]
        self.update()

    def show_data(self, circle: PhaseCircle) -> None:
        """Show the phases of a moment."""
        self._circle = circle
        self._show_anew()

    def _show_anew(self) -> None:
        self._exploring.refresh()
        self.update()

    # -- exploring ----------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the circle is, in pixels."""
        return self.places()[0]

    def whole(self) -> QRectF:
        """Where all of the circle would be, in pixels, if a part of it shows."""
        room = self.area()
        length = room.width() / self.across.length
        left, top = (length * part.begin for part in (self.across, self.down))
        return QRectF(room.left() - left, room.top() - top, length, length)

    def reading_at(self, x: float, y: float) -> Reading | None:
        """On the ring the fireflies of that phase, inside of it the mean.

        Keys move along the ring: from left to right once around, from the flash on.
        """
        circle, room, square = self._circle, self.area(), self.whole()
        if circle is None:
            return None
        centre, half = square.center(), square.width() / 2
        if self._exploring.is_by_key:
            share = min(max((x - room.left()) / room.width(), 0.0), 1.0 - 1e-9)
        else:
            dx, dy = x - centre.x(), centre.y() - y
            distance = math.hypot(dx, dy) / half
            if distance > 1.0:
                return None
            if distance < INNER_RADIUS:
                words = f"mean phase {circle.mean_phase:.2f} s\nR {abs(circle.order):.3f}"
                return Reading(x, y, words, has_lines=False)
            share = math.atan2(dy, dx) / (2.0 * math.pi) % 1.0
        k = min(int(share * N_SECTORS), N_SECTORS - 1)
        angle = 2.0 * math.pi * (k + 0.5) / N_SECTORS
        n, begin = int(circle.sectors[k]), k * circle.period / N_SECTORS
        end = (k + 1) * circle.period / N_SECTORS
        noun = "firefly" if n == 1 else "fireflies"
        words = f"phase {begin:.2f} to {end:.2f} s\n{n:,} {noun}, {n / circle.sectors.sum():.1%}"
        reach = _BAND * half
        at = centre + QPointF(reach * math.cos(angle), -reach * math.sin(angle))
        if not room.contains(at):
            at = QPointF(min(max(at.x(), room.left()), room.right()),
                         min(max(at.y(), room.top()), room.bottom()))  # fmt: skip
        return Reading(at.x(), at.y(), words, has_lines=False)

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """Show less or more of the circle, about the place at a pixel."""
        square, least = self.whole(), 1.0 / _CLOSEST
        self.across = self.across.zoomed(factor, (x - square.left()) / square.width(), least)
        self.down = self.down.zoomed(factor, (y - square.top()) / square.height(), least)
        self._show_anew()

    def zoom_upright_by(self, factor: float, y: float) -> None:
        """The same, in the middle: it stays a circle."""
        self.zoom_by(factor, self.area().center().x(), y)

    def pan_by(self, share: float) -> None:
        """Move to the right by a share of what shows."""
        self.across = self.across.moved(share)
        self._show_anew()

    def pan_upright_by(self, share: float) -> None:
        """Move down by a share of what shows."""
        self.down = self.down.moved(share)
        self._show_anew()

    def show_all(self) -> None:
        """Show all of the circle."""
        self.across = self.down = WHOLE_AXIS
        self._show_anew()

    def show_status(self, status: StatusReadout) -> None:
        """Show the coherence in the words of the status line, which are of one moment with them.

        The arrow goes on between them, faster than anybody reads.
        """
        words = status.observed_text("R")
        if words != self.number:
            self.number = words
            self.setAccessibleDescription(words)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ring, deaf arc, fireflies, mean vector."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.background))
        (room, number), square = self.places(), self.whole()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.across.is_whole:
            painter.setClipRect(room)
        self._paint_ring(painter, square)
        if self._circle is not None:
            self._paint_fireflies(painter, square, self._circle.density)
            self._paint_arrow(painter, square, self._circle.order)
            painter.setClipping(False)
            if not self.across.is_whole:  # tell that it is a part
                painter.setPen(QPen(QColor(self._palette.lines), 1.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(room)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(number, Qt.AlignmentFlag.AlignCenter, self.number)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def places(self) -> tuple[QRectF, QRectF]:
        """Where the circle and its number are, in pixels.

        The number is inside, on the side that the arrow isn't on. Where it doesn't fit there it
        stands below the circle, or beside it where that leaves the circle larger.
        """
        room, words = QRectF(self.rect()), self._number_size()
        circle, number = _square_in(room), QRectF(QPointF(), words)
        reach = INNER_RADIUS * circle.width() / 2
        away = max(words.height() / 2 + _ARROW_HEAD / 2, 0.3 * reach)
        if math.hypot(words.width() / 2, away + words.height() / 2) <= reach:
            is_arrow_above = self._circle is None or self._circle.order.imag >= 0.0
            number.moveCenter(circle.center() + QPointF(0.0, away if is_arrow_above else -away))
            return circle, number
        above = _square_in(room.adjusted(0.0, 0.0, 0.0, -words.height()))
        left = _square_in(room.adjusted(0.0, 0.0, -words.width() - SIZES.rhythm, 0.0))
        if above.width() >= left.width():
            number.moveCenter(QPointF(room.center().x(), room.bottom() - words.height() / 2))
            return above, number
        left.moveLeft(room.center().x() - (left.width() + SIZES.rhythm + words.width()) / 2)
        number.moveCenter(room.center())
        number.moveLeft(left.right() + SIZES.rhythm)
        return left, number

    def _number_size(self) -> QSizeF:
        """Of the widest there is, so that nothing moves while the number changes."""
        metrics = QFontMetricsF(self.font())
        return QSizeF(metrics.horizontalAdvance("R 0.00"), metrics.height())

    def _paint_ring(self, painter: QPainter, square: QRectF) -> None:
        half = square.width() / 2
        inset = (1.0 - _BAND) * half
        ring = square.adjusted(inset, inset, -inset, -inset)
        width = (OUTER_RADIUS - INNER_RADIUS) * half
        painter.setPen(QPen(QColor(self._palette.panel), width))
        painter.drawEllipse(ring)
        if self._circle is not None:
            pen = QPen(QColor(self._palette.lines), width, Qt.PenStyle.SolidLine)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawArc(ring, 0, round(self._circle.deaf_share * 360 * _DEGREE))
        painter.setPen(QPen(QColor(self._palette.noise_band_edge), 1.0))
        centre, outside = square.center(), square.right()
        painter.drawLine(QPointF(centre.x() + INNER_RADIUS * half, centre.y()),
                         QPointF(outside, centre.y()))  # fmt: skip

    def _paint_fireflies(
        self, painter: QPainter, square: QRectF, density: NDArray[np.float64]
    ) -> None:
        pixels = self._shades[(density * (_N_SHADES - 1)).astype(np.uint8)]
        size = len(pixels)
        image = QImage(pixels.data, size, size, 4 * size, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(square, image)

    def _paint_arrow(self, painter: QPainter, square: QRectF, order: complex) -> None:
        reach = INNER_RADIUS * square.width() / 2
        centre = square.center()
        tip = centre + QPointF(reach * order.real, -reach * order.imag)
        colour = QColor(self._palette.text)
        painter.setPen(QPen(colour, _ARROW_WIDTH, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(centre, tip))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if abs(order) * reach > _ARROW_HEAD:
            angle = math.atan2(-order.imag, order.real)
            back = (QPointF(math.cos(angle + turn), math.sin(angle + turn)) for turn in (2.6, -2.6))
            corners = [tip, *(tip + each * _ARROW_HEAD for each in back)]
            painter.drawPolygon(QPolygonF(corners))
        else:
            painter.drawEllipse(centre, _ARROW_WIDTH, _ARROW_WIDTH)
