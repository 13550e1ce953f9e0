"""The strip above a plot over time: symbols of changes, and words where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF

from gui.instruments.mark_labels import marks_near, placed_labels
from gui.instruments.time_ticks import time_words
from gui.models.coherence_trace import Mark
from gui.picture.theme import Palette

_SYMBOL: Final = 4.0  # half its width, pixels
_HEIGHT: Final = 6.0
_REACH: Final = 8.0  # pixels
_LABEL_GAP: Final = 10.0
_MOST_TOLD: Final = 8


def strip_height(font: QFont, marks: Sequence[Mark]) -> int:
    """Pixels that the strip takes: none as long as there are no changes."""
    return round(QFontMetricsF(font).height() + 2 * _SYMBOL) if marks else 0


def mark_colour(mark: Mark, palette: Palette) -> QColor:
    """What came about by itself stands out from changes."""
    return QColor(palette.accent if mark.is_found else palette.muted)


def paint_strip(
    painter: QPainter,
    area: QRectF,
    places: Sequence[float],
    marks: Sequence[Mark],
    font: QFont,
    palette: Palette,
) -> None:
    """Draw the symbols above the picture, and the words there is room for, the latest first.

    Parameters
    ----------
    painter
        Of the plot, in pixels.
    area
        Where its picture is.
    places
        Where the changes are, pixels, in order.
    marks
        The changes.
    font, palette
        Of the plot.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    colours = [mark_colour(mark, palette) for mark in marks]
    for x, colour in dict(zip(map(round, places), colours, strict=True)).items():
        painter.setBrush(colour)
        tip = QPointF(x, area.top())
        sides = (QPointF(x + side, tip.y() - _HEIGHT) for side in (-_SYMBOL, _SYMBOL))
        painter.drawPolygon(QPolygonF([tip, *sides]))
    metrics = QFontMetricsF(font)
    widths = [metrics.horizontalAdvance(mark.label) for mark in marks]
    base = area.top() - _HEIGHT - _SYMBOL / 2 - metrics.descent()
    for label in placed_labels(places, widths, area.left(), area.right(), 1, _LABEL_GAP):
        painter.setPen(colours[label.index])
        painter.drawText(QPointF(label.left, base), marks[label.index].label)
    painter.restore()


def words_of_marks(places: Sequence[float], marks: Sequence[Mark], x: float) -> str:
    """What was changed at a pixel, or close to it, a line each; empty if nothing was."""
    near = marks_near(places, x, _REACH)
    told = [marks[k] for k in near[-_MOST_TOLD:]]
    lines = [f"{mark.label}  at {time_words(round(mark.t, 1), 0.1, mark.t)}" for mark in told]
    if len(near) > len(told):
        lines.insert(0, f"{len(near) - len(told)} more before")
    return "\n".join(lines)
