"""The map of a sweep: colours of its cells, and what these mean."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
)

from gui.instruments.cell_axes import scale_ticks
from gui.instruments.cell_sight import CellSight
from gui.instruments.sweep_line import paint_mark
from gui.models.sweep_shown import KIND_WORDS, N_LEVELS, PARTLY_FAILED, CellKind, SweepShown
from gui.picture.theme import FAILED_COLOUR, SIZES, Palette

_BAR_GAP: Final = 16.0
_BAR: Final = 12.0
_MOST_HATCHED: Final = 4_000
"""Cells that have a pattern beside their colour; of more each is a few pixels large."""

_LEAST_HATCHED: Final = 4.0
"""Pixels that a cell must be wide and high for that."""

_HATCHES: Final = {
    CellKind.UNDEFINED: Qt.BrushStyle.Dense6Pattern,
    CellKind.FAILED: Qt.BrushStyle.DiagCrossPattern,
    CellKind.REFUSED: Qt.BrushStyle.BDiagPattern,
}
_CORNER: Final = 9.0
"""Pixels of the mark of a cell of which a run has failed."""

_STOPS: Final = 16


class MapPicture:
    """The cells as a picture, painted anew when something of it changes."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._pixmap = QPixmap()

    def paint(
        self,
        painter: QPainter,
        area: QRectF,
        sight: CellSight,
        shown: SweepShown,
        palette: Palette,
    ) -> None:
        """Paint what shows of a map into its place."""
        ratio = painter.device().devicePixelRatioF()
        part = sight.across, sight.upright
        key = (id(shown), area.width(), area.height(), part, palette, ratio)
        if key != self._key:
            self._key, self._pixmap = key, _pixmap_of(shown, area, sight, palette, ratio)
        painter.drawPixmap(area.topLeft(), self._pixmap)


def _pixmap_of(
    shown: SweepShown, area: QRectF, sight: CellSight, palette: Palette, ratio: float
) -> QPixmap:
    width, height = area.width(), area.height()
    area = QRectF(0.0, 0.0, width, height)
    pixmap = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    xs, ys = sight.seen()
    part = slice(xs.start, xs.stop), slice(ys.start, ys.stop)
    rows = np.ascontiguousarray(shown.levels[part].T[::-1])
    image = QImage(rows.data, len(xs), len(ys), len(xs), QImage.Format.Format_Indexed8)
    image.setColorTable(_colours(palette, shown.measured.is_angle))
    painter = QPainter(pixmap)
    lowest = sight.rect_of(area, xs.start, ys.start)
    highest = sight.rect_of(area, xs.stop - 1, ys.stop - 1)
    painter.drawImage(lowest.united(highest), image)
    if min(lowest.width(), lowest.height()) >= _LEAST_HATCHED:
        for kind in _HATCHES:
            places = np.argwhere(shown.kinds[part] == kind)
            if len(places) <= _MOST_HATCHED:
                for x, y in places.tolist():
                    rect = sight.rect_of(area, xs.start + x, ys.start + y)
                    painter.fillRect(rect, _hatch(kind, palette))
        for x, y in np.argwhere(shown.partly_failed[part])[:_MOST_HATCHED].tolist():
            _paint_corner(painter, sight.rect_of(area, xs.start + x, ys.start + y), palette)
    painter.end()
    return pixmap


def _paint_corner(painter: QPainter, cell: QRectF, palette: Palette) -> None:
    """A mark in the upper right corner of a cell of which a run has failed."""
    size = min(_CORNER, cell.width() / 2.0, cell.height() / 2.0)
    at = cell.topRight()
    painter.setPen(QPen(QColor(palette.background), 1.0))
    painter.setBrush(QColor(FAILED_COLOUR))
    painter.drawPolygon(QPolygonF([at - QPointF(size, 0.0), at, at + QPointF(0.0, size)]))


@lru_cache(maxsize=4)
def _colours(palette: Palette, is_angle: bool) -> tuple[int, ...]:
    """Of the levels of a picture, as Qt has them."""
    from experiments.sweep import colour_of

    kinds = [QColor(_colour(kind, palette)).rgb() for kind in CellKind]
    shares = (k / (N_LEVELS - 1) for k in range(N_LEVELS))
    return (*kinds, *(QColor(colour_of(each, is_angle=is_angle)).rgb() for each in shares))


def _colour(kind: CellKind, palette: Palette) -> str:
    return {
        CellKind.UNDEFINED: palette.raised,
        CellKind.REFUSED: palette.raised,
        CellKind.FAILED: FAILED_COLOUR,
    }.get(kind, palette.background)


def _hatch(kind: CellKind, palette: Palette) -> QBrush:
    ink = palette.background if kind is CellKind.FAILED else palette.muted
    return QBrush(QColor(ink), _HATCHES[kind])


# -- what the colours mean ---------------------------------------------------------------


def scale_room(metrics: QFontMetricsF, shown: SweepShown) -> float:
    """Pixels at the right of a map that its scale takes."""
    ticks = scale_ticks(shown, 12.0, 1.0)
    widest = max((metrics.horizontalAdvance(words) for _, words in ticks), default=0.0)
    return _BAR_GAP + _BAR + 6.0 + widest + SIZES.rhythm


def paint_scale(painter: QPainter, area: QRectF, shown: SweepShown, palette: Palette) -> None:
    """A bar of the colours, with numbers beside it."""
    from experiments.sweep import colour_of

    bar = QRectF(area.right() + _BAR_GAP, area.top(), _BAR, area.height())
    gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for k in range(_STOPS + 1):
        colour = colour_of(k / _STOPS, is_angle=shown.measured.is_angle)
        gradient.setColorAt(k / _STOPS, QColor(colour))
    painter.fillRect(bar, QBrush(gradient))
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    painter.setPen(QColor(palette.muted))
    for share, words in scale_ticks(shown, area.height(), 2.0 * line):
        y = bar.bottom() - share * bar.height()
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3.0, y))
        painter.drawText(
            QRectF(bar.right() + 6.0, y - line / 2.0, 200.0, line),
            Qt.AlignmentFlag.AlignLeft,
            words,
        )


def paint_legend(painter: QPainter, room: QRect, shown: SweepShown, palette: Palette) -> None:
    """At the lower edge: what cells look like that have no value, and how many there are."""
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    x, y = float(SIZES.rhythm), room.bottom() - line - SIZES.rhythm / 2.0
    n_partly = int(np.count_nonzero(shown.partly_failed))
    partly = [(None, n_partly)] if n_partly else []
    for kind, n in [*shown.legend(), *partly]:
        words = f"{n:,} {PARTLY_FAILED if kind is None else KIND_WORDS[kind]}"
        swatch = QRectF(x, y + 2.0, line - 4.0, line - 4.0)
        width = swatch.width() + 6.0 + metrics.horizontalAdvance(words)
        if x + width > room.right():
            return
        if shown.is_map or kind is CellKind.NOT_RUN:
            _paint_swatch(painter, swatch, kind, palette)
        else:
            mark = CellKind.FAILED if kind is None else kind
            paint_mark(painter, swatch.center(), mark, palette)
        painter.setPen(QColor(palette.muted))
        painter.drawText(
            QRectF(swatch.right() + 6.0, y, width, line), Qt.AlignmentFlag.AlignLeft, words
        )
        x += width + 2.0 * SIZES.rhythm


def _paint_swatch(
    painter: QPainter, swatch: QRectF, kind: CellKind | None, palette: Palette
) -> None:
    if kind is None:
        _paint_corner(painter, swatch, palette)
    else:
        painter.fillRect(swatch, QColor(_colour(kind, palette)))
    if kind in _HATCHES:
        painter.fillRect(swatch, _hatch(kind, palette))
    painter.setPen(QColor(palette.muted))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(swatch)
