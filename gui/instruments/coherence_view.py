"""The plot of the coherence R(t), with the band that chance alone would keep it in."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.instruments.time_plot import TimePlot
from gui.models.coherence_trace import Curve, stairs
from gui.picture.theme import Palette

_HEADROOM: Final = 0.08


class CoherencePlot(TimePlot):
    """Draws the curves it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._levels = [pg.InfiniteLine(level, angle=0) for level in (0.5, 1.0)]
        self._band = pg.PlotCurveItem(fillLevel=0.0, skipFiniteCheck=True)
        super().__init__("Coherence R over virtual time", "", palette, parent)
        self.getPlotItem().setYRange(0.0, 1.0 + _HEADROOM, padding=0.0)
        self.getAxis("left").setTicks([[(0.0, "0"), (0.5, "0.5"), (1.0, "1")]])
        self._band.setZValue(-30)
        self.addItem(self._band)
        for level in self._levels:
            level.setZValue(-25)
            self.addItem(level)

    def _paint_in(self, palette: Palette) -> None:
        super()._paint_in(palette)
        self._band.setBrush(pg.mkBrush(palette.noise_band))
        self._band.setPen(pg.mkPen(palette.noise_band_edge, style=Qt.PenStyle.DashLine))
        for level in self._levels:
            level.setPen(pg.mkPen(palette.lines))

    def show_data(self, curve: Curve) -> None:
        """Draw the curve, its band and the changes in sight."""
        self.show_span(curve.begin, curve.end, curve.is_whole, is_latest=curve.is_latest)
        self.show_line(curve.times, curve.values)
        self._band.setData(*stairs(curve))
        self.show_marks(curve.marks, 1.0 + _HEADROOM)
        self.viewport().update()

    def value_words(self, value: float) -> str:
        """R to three digits: it has no unit."""
        return f"R {value:.3f}"
