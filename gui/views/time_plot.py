"""A plot over virtual time: what those of the coherence and of the flash rate have in common."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from gui.theme import SIZES, Palette

_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3_600.0
_TICK_STEPS_S: Final = (
    *(5.0, 10.0, 20.0, 30.0),
    *(count * _MINUTE_S for count in (1, 2, 5, 10, 20, 30)),
    *(count * _HOUR_S for count in (1, 2)),
)
_MOST_TICKS: Final = 9
_TICK_ROOM: Final = 56.0  # pixels
_AXIS_WIDTH: Final = 40
_AXIS_HEIGHT: Final = 24
_LEAST_HEIGHT: Final = 96


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Virtual time in seconds, minutes or hours, at round numbers."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Multiples of a round step, as many as there is room for, nine at most."""
        span = high - low
        most = min(_MOST_TICKS, max(1.0, size / _TICK_ROOM))
        step = next((s for s in _TICK_STEPS_S if span / s <= most), _TICK_STEPS_S[-1])
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


class TimePlot(pg.PlotWidget):  # type: ignore[misc]
    """One line over virtual time; it can't be moved or zoomed, for the time goes on anyway.

    Parameters
    ----------
    name
        What it shows, for those who can't see it.
    palette
        Its colours.
    parent
        Where it stands.
    """

    def __init__(self, name: str, palette: Palette, parent: QWidget) -> None:
        self._time_axis = TimeAxis("bottom")
        super().__init__(parent, axisItems={"bottom": self._time_axis})
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.setContentsMargins(0, SIZES.rhythm // 2, 2 * SIZES.rhythm, 0)
        item.getViewBox().setDefaultPadding(0.0)
        item.setXRange(0.0, 30.0, padding=0.0)
        self.getAxis("left").setWidth(_AXIS_WIDTH)
        self._time_axis.setHeight(_AXIS_HEIGHT)
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setStyle(tickLength=0, tickTextOffset=6)
        self._line = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True)
        self.addItem(self._line)
        self._paint_in(palette)

    def show_palette(self, palette: Palette) -> None:
        """Take on the colours of a theme."""
        self._paint_in(palette)

    def _paint_in(self, palette: Palette) -> None:
        self._palette = palette
        self.setBackground(palette.background)
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setTextPen(palette.muted)
            axis.setPen(palette.lines)
        self._line.setPen(pg.mkPen(palette.accent, width=1.5))
