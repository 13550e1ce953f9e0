"""Room for the words around a picture, by the size of the text; and the titles of its axes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from gui.picture.theme import SIZES, Palette

_WIDEST_LEVEL: Final = "0.55"
_LINES_FOR_TITLE: Final = 8.5
"""Lines of text that a plot must be high to have a title below its axis."""

TIME_TITLE: Final = "virtual time"


def time_margin(font: QFont) -> int:
    """Room on the left of a plot over virtual time: the same for all, so that they align."""
    metrics = QFontMetricsF(font)
    return round(metrics.horizontalAdvance(_WIDEST_LEVEL) + metrics.height()) + SIZES.rhythm


def title_room(font: QFont, height: float) -> float:
    """Room for the title below an axis; none in a plot that is low."""
    line = QFontMetricsF(font).height()
    return line if height >= _LINES_FOR_TITLE * line else 0.0


def paint_titles(
    painter: QPainter,
    room: QRectF,
    area: QRectF,
    upright: str,
    font: QFont,
    palette: Palette,
    level: str = TIME_TITLE,
) -> None:
    """Write what the axes of a picture are, as far as there is room.

    Parameters
    ----------
    painter
        In pixels of the plot.
    room
        The plot.
    area
        Its picture.
    upright, level
        Titles of the axes, each with its unit, which is left out where there is no room for
        it; empty where the panel's title says it.
    font, palette
        Of the plot.
    """
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(palette.muted))
    metrics = QFontMetricsF(font)
    line = metrics.height()
    level = _fitting(level, metrics, area.width())
    if title_room(font, room.height()):
        row = QRectF(area.left(), room.bottom() - line - 1.0, area.width(), line)
        painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, level)
    upright = _fitting(upright, metrics, area.height())
    painter.translate(room.left() + 2.0, area.center().y())
    painter.rotate(-90.0)
    column = QRectF(-area.height(), 0.0, 2 * area.height(), line)
    painter.drawText(column, Qt.AlignmentFlag.AlignHCenter, upright)
    painter.restore()


def _fitting(title: str, metrics: QFontMetricsF, length: float) -> str:
    """A title, or without its unit, or nothing: as much as there is room for."""
    for words in (title, title.rpartition(", ")[0]):
        if metrics.horizontalAdvance(words) <= length:
            return words
    return ""
