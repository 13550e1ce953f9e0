"""The plot of the coherence R(t), with the band that chance alone would keep it in."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui.models.coherence_trace import Curve, Mark
from gui.theme import SIZES, Palette

_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3_600.0
_TICK_STEPS_S: Final = (
    *(5.0, 10.0, 20.0),
    *(count * _MINUTE_S for count in (1, 2, 5, 10, 20, 30)),
    *(count * _HOUR_S for count in (1, 2)),
)
_MOST_TICKS: Final = 9
_MOST_MARKS: Final = 64
_AXIS_WIDTH: Final = 40
_AXIS_HEIGHT: Final = 24
_HEADROOM: Final = 0.08


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Virtual time in seconds, minutes or hours, at round numbers."""

    def tickValues(self, low: float, high: float, _size: float) -> list[tuple[float, list[float]]]:
        """Multiples of a round step, nine at most."""
        span = high - low
        step = next((s for s in _TICK_STEPS_S if span / s <= _MOST_TICKS), _TICK_STEPS_S[-1])
        first = -(-low // step)
        return [(step, [k * step for k in range(int(first), int(high // step) + 1)])]

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        """``40 s``, ``5 min``, ``9:10 h``, the unit by the times and their distance."""
        return [time_words(value, spacing, max(values)) for value in values]


def time_words(t: float, spacing: float, longest: float) -> str:
    """A time on an axis.

    Parameters
    ----------
    t
        Virtual time, seconds.
    spacing
        Seconds between two ticks.
    longest
        The latest time on the axis, seconds.
    """
    minutes, second = divmod(round(t), 60)
    hour, minute = divmod(minutes, 60)
    if longest >= _HOUR_S:
        if spacing % _HOUR_S == 0:
            return f"{hour} h"
        words = f"{hour}:{minute:02d}"
        return f"{words} h" if spacing % _MINUTE_S == 0 else f"{words}:{second:02d}"
    if spacing % _MINUTE_S == 0:
        return f"{minutes} min"
    return f"{t:g} s" if longest < 10 * _MINUTE_S else f"{minutes}:{second:02d} min"


class CoherencePlot(pg.PlotWidget):  # type: ignore[misc]
    """Draws the curves it is given."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        time_axis = TimeAxis("bottom")
        super().__init__(parent, background=palette.background, axisItems={"bottom": time_axis})
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedHeight(SIZES.plot)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Coherence R over virtual time")
        self._palette = palette
        self._marks: list[pg.InfiniteLine] = []
        self._shown_marks: tuple[Mark, ...] = ()
        self._shown_labels: tuple[Mark, ...] = ()
        self._set_up_axes(time_axis)
        self._add_items()
        self._add_words()

    def _set_up_axes(self, time_axis: TimeAxis) -> None:
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.setContentsMargins(0, 28, 2 * SIZES.rhythm, 0)
        item.getViewBox().setDefaultPadding(0.0)
        item.setYRange(0.0, 1.0 + _HEADROOM, padding=0.0)
        item.setXRange(0.0, 30.0, padding=0.0)
        left = self.getAxis("left")
        left.setTicks([[(0.0, "0"), (0.5, "0.5"), (1.0, "1")]])
        left.setWidth(_AXIS_WIDTH)
        time_axis.setHeight(_AXIS_HEIGHT)
        for axis in (left, time_axis):
            axis.setTextPen(self._palette.muted)
            axis.setPen(self._palette.lines)
            axis.setStyle(tickLength=0, tickTextOffset=6)

    def _add_items(self) -> None:
        palette = self._palette
        self._band = pg.LinearRegionItem(
            (0.0, 0.0), "horizontal", brush=palette.noise_band, pen=None, movable=False
        )
        self._band.setZValue(-20)
        for line in self._band.lines:
            line.hide()
        self.addItem(self._band)
        for level in (0.5, 1.0):
            self.addItem(pg.InfiniteLine(level, angle=0, pen=pg.mkPen(palette.lines)))
        self._band_edge = pg.InfiniteLine(
            0.0, angle=0, pen=pg.mkPen(palette.noise_band_edge, style=Qt.PenStyle.DashLine)
        )
        self.addItem(self._band_edge)
        self._line = pg.PlotCurveItem(
            pen=pg.mkPen(palette.accent, width=1.5), antialias=True, skipFiniteCheck=True
        )
        self.addItem(self._line)

    def _add_words(self) -> None:
        self._caption = QLabel("Coherence R", self)
        self._legend = QLabel(self)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        for label in (self._caption, self._legend):
            label.setObjectName("hint")
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._legend.setText(
            f'<span style="color:{self._palette.noise_band}">\N{BLACK SQUARE}</span>'
            "  random phases stay in here 99 % of the time"
        )

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

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the words in their corners."""
        super().resizeEvent(event)
        if not hasattr(self, "_legend"):  # pyqtgraph calls this while it is being made
            return
        for label in (self._caption, self._legend):
            label.adjustSize()
        self._caption.move(2 * SIZES.rhythm, SIZES.rhythm)
        self._legend.move(self.width() - self._legend.width() - 2 * SIZES.rhythm, SIZES.rhythm)
