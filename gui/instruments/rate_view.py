"""The plot of the flashes per second."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import short_number
from gui.instruments.rate import RateCurve
from gui.instruments.time_plot import TimePlot
from gui.picture.theme import Palette


class RatePlot(TimePlot):
    """Draws the curves it is given; the scale follows in round steps."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__("Flashes per second of virtual time", "", palette, parent)
        self._highest = 0.0

    def show_data(self, curve: RateCurve) -> None:
        """Draw a curve, and the changes in sight."""
        self.show_span(curve.begin, curve.end, curve.is_whole, is_latest=curve.is_latest)
        self.show_line(curve.times, curve.rates)
        if curve.top != self._highest:
            self._highest = curve.top
            self.setYRange(0.0, 1.05 * curve.top, padding=0.0)
            levels = (0.0, curve.top / 2, curve.top)
            self.getAxis("left").setTicks([[(level, short_number(level)) for level in levels]])
            self.show_marks((), 0.0)  # as high as the scale
        self.show_marks(curve.marks, 1.05 * curve.top)

    def value_words(self, value: float) -> str:
        """Flashes per second of virtual time."""
        return f"{value:,.0f} flashes/s"
