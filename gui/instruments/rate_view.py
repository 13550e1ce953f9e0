"""The plot of the flashes per second."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.instruments.count_plot import CountPlot
from gui.instruments.rate import RateCurve
from gui.models.status_readout import rate_words
from gui.picture.theme import Palette


class RatePlot(CountPlot):
    """Draws the curves it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__("Flashes per second of virtual time", palette, parent)

    def show_data(self, curve: RateCurve) -> None:
        """Draw a curve, and the changes in sight."""
        self.show_counts(curve, curve.rates)

    def value_words(self, value: float) -> str:
        """Flashes per second of virtual time."""
        return rate_words(value)
