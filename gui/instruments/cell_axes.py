"""The axes of a plot of cells: what is written beside them, and the room that takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.instruments.axis_numbers import even_ticks
from gui.instruments.axis_text import paint_titles
from gui.instruments.cell_sight import CellSight
from gui.models.axis_part import WHOLE_AXIS, AxisPart
from gui.models.sweep_shown import AxisShown, SweepShown
from gui.picture.theme import SIZES, Palette

TICK: Final = 4.0
_GAP: Final = 12.0
_WORD_GAP: Final = 5.0
_LINES_APART: Final = 1.4
_TALLEST, _FEW = 2_000.0, 12.0
"""Pixels of an axis beside which there stands all that can, and that each takes then."""


def marks_of(
    axis: AxisShown,
    length: float,
    width_of: Callable[[str], float],
    part: AxisPart = WHOLE_AXIS,
) -> list[tuple[float, str]]:
    """What is written beside an axis, each by its share of it, as much as there is room for.

    Parameters
    ----------
    axis
        The axis: its cells take equal parts of it.
    length
        Its pixels.
    width_of
        Pixels that words take along it.
    part
        What of it shows.
    """
    n = len(axis.ticks)
    if axis.ends is not None:
        low, high = axis.ends
        half = 0.5 / n
        unit = (high - low) / (1.0 - 2.0 * half)  # of all cells, from edge to edge
        first, last = (
            low + unit * (max(half, min(end, 1.0 - half)) - half) for end in (part.begin, part.end)
        )
        inner = (last - first) / unit / part.length
        ticks = even_ticks(first, last, inner * length, lambda each: width_of(each) + _GAP)
        return [(part.share_of(half + (value - low) / unit), words) for value, words in ticks]
    most = max(1, int(length / (_WORD_GAP + max(map(width_of, axis.ticks)))))
    step = max(1, math.ceil((n * part.length - 1) / max(1, most - 1)))
    marks = ((part.share_of((k + 0.5) / n), axis.ticks[k]) for k in range(0, n, step))
    return [mark for mark in marks if 0.0 <= mark[0] <= 1.0]


def scale_ticks(shown: SweepShown, length: float, room: float) -> list[tuple[float, str]]:
    """Round numbers along the scale, each by its share of it.

    Parameters
    ----------
    shown
        What is drawn.
    length, room
        Of the scale, and how much of that each number takes.
    """
    low, high = shown.low, shown.high
    ticks = even_ticks(low, high, length, lambda _: room)
    return [((value - low) / (high - low), words) for value, words in ticks]


def upright_room(metrics: QFontMetricsF, shown: SweepShown, part: AxisPart = WHOLE_AXIS) -> float:
    """Pixels at the left that the upright axis, of which a part shows, takes with its title."""
    marks = _upright_marks(shown, _TALLEST, lambda _: _FEW, _FEW / 12.0, part)
    widest = max((metrics.horizontalAdvance(words) for _, words in marks), default=0.0)
    return metrics.height() + SIZES.rhythm + 2.0 * TICK + widest


def _upright_marks(
    shown: SweepShown,
    length: float,
    room: Callable[[str], float],
    line: float,
    part: AxisPart = WHOLE_AXIS,
) -> list[tuple[float, str]]:
    if shown.is_map:
        return marks_of(shown.axes[1], length, room, part)
    return scale_ticks(shown, length, 2.0 * line)


def paint_axes(
    painter: QPainter,
    area: QRectF,
    room: QRect,
    sight: CellSight,
    shown: SweepShown,
    palette: Palette,
) -> None:
    """A frame around the cells, values beside it, and what they are of.

    Parameters
    ----------
    painter
        In pixels of the plot, with its font.
    area, room
        Of the cells, and of the plot.
    sight
        Which of them show.
    shown, palette
        What is drawn, in which colours.
    """
    metrics = QFontMetricsF(painter.font())
    line, first = metrics.height(), shown.axes[0]
    painter.setPen(QPen(QColor(palette.lines), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    painter.setPen(QColor(palette.muted))
    for share, words in marks_of(first, area.width(), metrics.horizontalAdvance, sight.across):
        x = area.left() + share * area.width()
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + TICK))
        width = metrics.horizontalAdvance(words)
        row = QRectF(x - width / 2.0, area.bottom() + TICK, width + 1.0, line)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, words)
    for share, words in _upright_marks(
        shown, area.height(), lambda _: _LINES_APART * line - _WORD_GAP, line, sight.upright
    ):
        y = area.bottom() - share * area.height()
        painter.drawLine(QPointF(area.left() - TICK, y), QPointF(area.left(), y))
        row = QRectF(0.0, y - line / 2.0, area.left() - TICK - 2.0, line)
        painter.drawText(row, Qt.AlignmentFlag.AlignRight, words)
    upright = shown.axes[1].title if shown.is_map else _measured_title(shown)
    whole = QRectF(room)
    whole.setBottom(area.bottom() + TICK + 2.0 * line + 1.0)
    level = first.title if sight.is_whole else f"part: {first.title}"
    paint_titles(painter, whole, area, upright, painter.font(), palette, level)


def _measured_title(shown: SweepShown) -> str:
    return f"{shown.title} ({shown.unit})" if shown.unit else shown.title
