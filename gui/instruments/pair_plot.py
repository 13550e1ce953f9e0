"""The return map of two fireflies, drawn: with the diagonal, and its fixed points."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from experiments import FixedPoint, PairMap
from gui.instruments.reading import Reading
from gui.instruments.span_plot import reaching_over
from gui.instruments.square_plot import SquarePlot
from gui.picture.theme import Palette

_CURVE: Final = 2.0
_RADIUS: Final = 4.5
_REACH: Final = 8.0
"""Pixels to a fixed point within which it is read out."""


class PairPlot(SquarePlot):
    """Draws the maps it is given: a disc attracts, a ring repels, a half attracts on one side."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._map: PairMap | None = None
        titles = "a cycle later, periods", "phase of B, periods"
        super().__init__("Return map of two fireflies", *titles, "0.00", palette, parent)

    def show_data(self, pair: PairMap) -> None:
        """Show the map of the parameters in force."""
        self._map = pair
        self.setAccessibleDescription(pair.verdict)
        self.show_anew()

    def _fixed(self, pair: PairMap) -> list[tuple[FixedPoint, float]]:
        """Fixed points, and where each is drawn: flashing as one is at both ends."""
        ends = [(pair.together, 0.0), (pair.together, 1.0)]
        return ends + [(point, point.phase) for point in pair.fixed]

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The fixed point there, or where a phase goes."""
        pair = self._map
        if pair is None:
            return None
        area = self.area()
        for point, phase in self._fixed(pair):
            place = self.place_at(phase, phase)
            if abs(place.x() - x) <= _REACH and area.top() <= place.y() <= area.bottom():
                which = "in step" if point is pair.together else f"{phase:.4f}"
                slope = f"slope {point.slope:.4g}"
                return Reading(place.x(), place.y(), f"{which}: {point.verdict}\n{slope}")
        k = int(np.argmin(np.abs(pair.phases - self.share_at(x))))
        before, after = float(pair.phases[k]), float(pair.after[k])
        then = f"{after:.3f} a cycle later" if after else "in step a cycle later"
        y = self.place_at(before, after).y()
        is_seen = area.top() <= y <= area.bottom()
        return Reading(x, y if is_seen else None, f"phase {before:.3f}\n{then}")

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """The diagonal, the pieces of the map, and what comes back."""
        pair, palette = self._map, self.plot_palette
        if pair is None:
            return False
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(self.place_at(0.0, 0.0), self.place_at(1.0, 1.0))
        painter.setPen(QPen(QColor(palette.accent), _CURVE))
        begin, end = self.upright.begin, self.upright.end
        places = self.places(pair.phases, (pair.after - begin) / (end - begin))
        jumps = (np.flatnonzero(np.diff(pair.pieces)) + 1).tolist()
        for first, last in itertools.pairwise([0, *jumps, len(places)]):
            painter.drawPolyline(QPolygonF(places[first:last]))
        return True

    def _paint_fixed(self, painter: QPainter, area: QRectF, pair: PairMap) -> None:
        palette = self.plot_palette
        with reaching_over(painter, area, _RADIUS + 1.0):
            painter.setPen(QPen(QColor(palette.text), 1.5))
            for point, phase in self._fixed(pair):
                place = self.place_at(phase, phase)
                painter.setBrush(QColor(palette.text if point.attracts else palette.background))
                painter.drawEllipse(place, _RADIUS, _RADIUS)
                if not point.attracts and not point.repels:
                    painter.setBrush(QColor(palette.text))
                    rect = QRectF(
                        place.x() - _RADIUS, place.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS
                    )
                    painter.drawPie(rect, 90 * 16, 180 * 16)

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Phases along both axes; and the fixed points, which reach over the edges."""
        self.paint_scales(painter, area, float, float)
        if self._map is not None:
            self._paint_fixed(painter, area, self._map)
