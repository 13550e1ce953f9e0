"""The plot of the coherence R(t), with the band that chance alone would keep it in."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.models.coherence_trace import Curve, Mark
from gui.theme import Palette
from gui.views.time_plot import TimePlot

BAND_WORDS: Final = "shaded: random phases stay in here 99 % of the time"

_MOST_MARKS: Final = 64
_HEADROOM: Final = 0.08


class CoherencePlot(TimePlot):
    """Draws the curves it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._levels = [pg.InfiniteLine(level, angle=0) for level in (0.5, 1.0)]
        self._band = pg.LinearRegionItem((0.0, 0.0), "horizontal", pen=None, movable=False)
        self._band_edge = pg.InfiniteLine(0.0, angle=0)
        self._marks: list[pg.InfiniteLine] = []
        self._shown_marks: tuple[Mark, ...] = ()
        self._shown_labels: tuple[Mark, ...] = ()
        super().__init__("Coherence R over virtual time", palette, parent)
        self.getPlotItem().setYRange(0.0, 1.0 + _HEADROOM, padding=0.0)
        self.getAxis("left").setTicks([[(0.0, "0"), (0.5, "0.5"), (1.0, "1")]])
        self._band.setZValue(-20)
        for line in self._band.lines:
            line.hide()
        for item in (self._band, *self._levels, self._band_edge):
            item.setZValue(item.zValue() - 10)  # below the line
            self.addItem(item)

    def _paint_in(self, palette: Palette) -> None:
        super()._paint_in(palette)
        self._band.setBrush(pg.mkBrush(palette.noise_band))
        for level in self._levels:
            level.setPen(pg.mkPen(palette.lines))
        self._band_edge.setPen(pg.mkPen(palette.noise_band_edge, style=Qt.PenStyle.DashLine))
        self._show_marks(self._shown_marks[-_MOST_MARKS:], self._shown_labels)

    def show_curve(self, curve: Curve) -> None:
        """Draw the curve, its band and the changes in sight."""
        self._line.setData(curve.times, curve.values)
        self._band.setRegion((0.0, curve.noise_band))
        self._band_edge.setValue(curve.noise_band)
        self.setXRange(curve.begin, curve.end, padding=0.0)
        if (curve.marks, curve.labelled) != (self._shown_marks, self._shown_labels):
            self._show_marks(curve.marks[-_MOST_MARKS:], curve.labelled)
            self._shown_marks, self._shown_labels = curve.marks, curve.labelled

    def _show_marks(self, marks: tuple[Mark, ...], labelled: tuple[Mark, ...]) -> None:
        for line in self._marks:
            self.removeItem(line)
        self._marks = [self._mark_line(mark, mark in labelled) for mark in marks]
        for line in self._marks:
            self.addItem(line)

    def _mark_line(self, mark: Mark, has_words: bool) -> pg.InfiniteLine:
        words: dict[str, Any] = {}
        if has_words:
            words = {
                "label": f"\N{NO-BREAK SPACE}{mark.label}",
                "labelOpts": {
                    "position": 0.8,
                    "color": self._palette.muted,
                    "anchors": [(0.0, 0.5), (1.0, 0.5)],
                    "movable": False,
                },
            }
        pen = pg.mkPen(self._palette.muted, style=Qt.PenStyle.DotLine)
        return pg.InfiniteLine(mark.t, angle=90, pen=pen, **words)
