"""The plot of the number of phase defects."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.instruments.count_plot import CountPlot
from gui.instruments.defects import DefectCurve
from gui.picture.theme import Palette


class DefectPlot(CountPlot):
    """Draws the curves it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__("Phase defects over virtual time", palette, parent)

    def show_data(self, curve: DefectCurve) -> None:
        """Draw a curve, and the changes in sight."""
        self.setAccessibleDescription(
            f"{curve.n_positive:,} positive and {curve.n_negative:,} negative ones now"
        )
        self.show_counts(curve, curve.numbers)

    def value_words(self, value: float) -> str:
        """A number of defects."""
        return f"{value:,.0f} {'defect' if value == 1.0 else 'defects'}"
