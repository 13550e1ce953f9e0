"""A plot of a count over virtual time, whose scale begins at 0 and follows in round steps."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import short_number
from gui.instruments.time_plot import TimePlot
from gui.models.coherence_trace import Mark
from gui.picture.theme import Palette


class CountCurve(Protocol):
    """What is shown of a count, whatever is counted.

    Attributes
    ----------
    times
        Points of the line, seconds, shape ``(m,)``.
    begin, end
        Virtual time at the edges, seconds.
    top
        Count at the upper edge, a round number.
    is_whole, is_latest
        Whether it shows all of the run, or follows the present.
    marks
        Changes in sight, and when all had come into step.
    """

    @property
    def times(self) -> NDArray[np.float64]: ...
    @property
    def begin(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def is_whole(self) -> bool: ...
    @property
    def is_latest(self) -> bool: ...
    @property
    def marks(self) -> tuple[Mark, ...]: ...


class CountPlot(TimePlot):
    """Draws the curves it is given.

    Parameters
    ----------
    name
        What it shows, for screen readers.
    palette
        Its colours.
    parent
        Where it stands.
    """

    def __init__(self, name: str, palette: Palette, parent: QWidget) -> None:
        super().__init__(name, "", palette, parent)
        self._highest = 0.0

    def show_counts(self, curve: CountCurve, counts: NDArray[np.float64]) -> None:
        """Draw a curve through counts, shape ``(m,)``, and the changes in sight."""
        self.show_span(curve.begin, curve.end, curve.is_whole, is_latest=curve.is_latest)
        self.show_line(curve.times, self.heights_of(counts))
        levels = self.levels_to(curve.top)
        heights = self.heights_of(np.array(levels))
        highest = float(self.heights_of(np.array([curve.top]))[0])
        if curve.top != self._highest:
            self._highest = curve.top
            self.setYRange(0.0, 1.05 * highest, padding=0.0)
            words = map(short_number, levels)
            self.getAxis("left").setTicks([list(zip(heights.tolist(), words, strict=True))])
            self.show_marks((), 0.0)  # as high as the scale
        self.show_marks(curve.marks, 1.05 * highest)

    def heights_of(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where counts are along the upright axis, from 0 on."""
        return counts

    def levels_to(self, top: float) -> tuple[float, ...]:
        """Counts that stand beside the axis."""
        return 0.0, top / 2, top
