"""The plot of the number of phase defects."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from gui.instruments.count_plot import CountPlot
from gui.instruments.defects import DefectCurve
from gui.picture.theme import Palette

_ROUNDING: Final = 1e-9


class DefectPlot(CountPlot):
    """Draws the curves it is given, over a logarithmic axis.

    A third of all squares at first, and a few spirals in the end: both can be read.
    """

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__("Phase defects over virtual time", palette, parent)

    def show_data(self, curve: DefectCurve) -> None:
        """Draw a curve, and the changes in sight."""
        self.setAccessibleDescription(
            f"{curve.n_positive:,} positive and {curve.n_negative:,} negative ones now"
        )
        self.show_counts(curve, curve.numbers)

    def heights_of(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decades of one more than there are, so that none has a place too."""
        return np.log10(1.0 + counts)

    def levels_to(self, top: float) -> tuple[float, ...]:
        """None, and the powers of ten: 1 only where there are few, as it is close to none."""
        most = math.floor(math.log10(top) + _ROUNDING)
        return 0.0, *(10.0**k for k in range(most > 1, most + 1))

    def value_words(self, value: float) -> str:
        """A number of defects, from where it is along the axis."""
        value = round(10.0**value - 1.0)
        return f"{value:,} {'defect' if value == 1 else 'defects'}"
