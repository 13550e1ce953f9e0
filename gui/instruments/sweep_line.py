"""The line of a sweep over one parameter: means, and how far the runs of each spread."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.instruments.cell_sight import CellSight
from gui.models.sweep_shown import CellKind, SweepShown
from gui.picture.theme import FAILED_COLOUR, Palette

_DOT: Final = 3.0
_MARKED: Final = (CellKind.UNDEFINED, CellKind.FAILED, CellKind.REFUSED)
_FEW: Final = 200
"""Values each of which has a dot."""


def paint_line(
    painter: QPainter, area: QRectF, sight: CellSight, shown: SweepShown, palette: Palette
) -> None:
    """Paint a line of means with a band from the least to the greatest into its place."""
    from experiments.sweep import lines_of

    n_x, _ = shown.shape
    shares = ((np.arange(n_x) + 0.5) / n_x - sight.across.begin) / sight.across.length
    xs = area.left() + shares * area.width()

    def points(values: np.ndarray, some: np.ndarray) -> list[QPointF]:
        shares = (values - shown.low) / (shown.high - shown.low)
        ys = area.bottom() - shares * area.height()
        return [QPointF(x, y) for x, y in zip(xs[some].tolist(), ys.tolist(), strict=True)]

    painter.save()
    beyond = 0.0 if shown.measured.is_angle else _DOT
    painter.setClipRect(area.adjusted(-beyond, -beyond, beyond, beyond))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    known = np.flatnonzero(shown.kinds[:, 0] == CellKind.KNOWN)
    band = QColor(palette.accent)
    band.setAlphaF(0.3)
    for some in _stretches(known, shown.kinds[:, 0]):
        averages = shown.averages.at((some, 0))
        for line in lines_of(shown.measured, averages, shown.low, shown.high):
            up, down = points(line.greatest, some), points(line.least, some)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(band)
            painter.drawPolygon(QPolygonF([*up, *reversed(down)]))
            painter.setPen(QPen(QColor(palette.accent), 1.5))
            painter.drawPolyline(QPolygonF(points(line.means, some)))
    painter.setClipRect(area.adjusted(-_DOT, -_DOT, _DOT, _DOT))
    painter.setPen(QPen(QColor(palette.background), 1.0))
    painter.setBrush(QColor(palette.accent))
    if len(known) <= _FEW:
        for point in points(shown.averages.means[known, 0], known):
            painter.drawEllipse(point, _DOT, _DOT)
    marked = [(kind, shown.kinds[:, 0] == kind) for kind in _MARKED]
    marked.append((CellKind.FAILED, shown.partly_failed[:, 0]))
    for kind, are in marked:
        for k in np.flatnonzero(are).tolist():
            paint_mark(painter, QPointF(float(xs[k]), area.bottom() - 2.0 * _DOT), kind, palette)
    painter.restore()


def paint_mark(painter: QPainter, at: QPointF, kind: CellKind, palette: Palette) -> None:
    """A cross where there is no result, a ring where what is drawn isn't defined."""
    painter.setPen(QPen(QColor(FAILED_COLOUR if kind is CellKind.FAILED else palette.muted), 1.5))
    if kind is CellKind.UNDEFINED:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, _DOT, _DOT)
        return
    for up in (-_DOT, _DOT):
        painter.drawLine(QLineF(at.x() - _DOT, at.y() - up, at.x() + _DOT, at.y() + up))


def _stretches(known: np.ndarray, kinds: np.ndarray) -> list[np.ndarray]:
    """Values with a line through them: those that are not run yet are passed over."""
    if not len(known):
        return []
    gaps = [
        np.any(kinds[one + 1 : other] != CellKind.NOT_RUN)
        for one, other in zip(known[:-1].tolist(), known[1:].tolist(), strict=True)
    ]
    return [some for some in np.split(known, np.flatnonzero(gaps) + 1) if len(some)]
