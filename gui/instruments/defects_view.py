"""The plot of the number of phase defects."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import short_number
from gui.instruments.defects import DefectCurve
from gui.instruments.time_plot import TimePlot
from gui.picture.theme import Palette


class DefectPlot(TimePlot):
    """Draws the curves it is given; the scale follows in round steps."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__("Phase defects over virtual time", "", palette, parent)
        self._highest = 0.0

    def show_data(self, curve: DefectCurve) -> None:
        """Draw a curve, and the changes in sight."""
        self.setAccessibleDescription(
            f"{curve.n_positive:,} positive and {curve.n_negative:,} negative ones now"
        )
        self.show_span(curve.begin, curve.end, curve.is_whole, is_latest=curve.is_latest)
        self.show_line(curve.times, curve.numbers)
        if curve.top != self._highest:
            self._highest = curve.top
            self.setYRange(0.0, 1.05 * curve.top, padding=0.0)
            levels = (0.0, curve.top / 2, curve.top)
            self.getAxis("left").setTicks([[(level, short_number(level)) for level in levels]])
            self.show_marks((), 0.0)  # as high as the scale
        self.show_marks(curve.marks, 1.05 * curve.top)

    def value_words(self, value: float) -> str:
        """A number of defects."""
        return f"{value:,.0f} {'defect' if value == 1.0 else 'defects'}"
