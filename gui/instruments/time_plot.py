"""A plot over virtual time: what the plots of coherence and flash rate have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from gui.instruments.axis_text import paint_titles, time_margin, title_room
from gui.instruments.exploring import Exploring
from gui.instruments.mark_strip import paint_strip, strip_height, words_of_marks
from gui.instruments.panel_view import LEAST_HEIGHT
from gui.instruments.reading import Reading
from gui.instruments.time_sign import TimeSign
from gui.instruments.time_ticks import exact_time_words, part_words, time_ticks
from gui.models.coherence_trace import Mark
from gui.picture.theme import SIZES, Palette, Sizes

_TICK_GAP: Final = 16.0  # pixels
_TEXT_OFFSET: Final = 6
_REACH: Final = 16.0  # pixels beyond the line where it is still read


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Virtual time in round units, with as many labels as there is room for."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._words: dict[float, str] = {}
        self._spacing = 1.0

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Round times; see :func:`~gui.instruments.time_ticks.time_ticks`."""
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        ticks = time_ticks(low, high, size, lambda s: metrics.horizontalAdvance(s) + _TICK_GAP)
        self._words = dict(ticks)
        return [(1.0, list(self._words))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The words for these times."""
        return [self._words.get(value, "") for value in values]


class TimePlot(pg.PlotWidget):  # type: ignore[misc]
    """One line over virtual time, and the changes; emits which part of the run is wanted.

    It is explored as :class:`~gui.instruments.exploring.Exploring` says; End follows the present.

    Parameters
    ----------
    name
        What it shows, for screen readers.
    title
        What stands beside the upright axis: the quantity with its unit.
    palette
        Its colours.
    parent
        Where it stands.
    """

    zoomRequested = Signal(float, float)
    """A factor, above 1 to see less time, and the time that stays put, seconds."""
    panRequested = Signal(float)
    """Seconds by which to show later times."""
    wholeRequested = Signal()
    latestRequested = Signal()

    def __init__(self, name: str, title: str, palette: Palette, parent: QWidget) -> None:
        self._time_axis = TimeAxis()
        super().__init__(parent, axisItems={"bottom": self._time_axis})
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setAccessibleName(name)
        self._title = title
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.getViewBox().setDefaultPadding(0.0)
        item.setXRange(0.0, 30.0, padding=0.0)
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setStyle(tickLength=0, tickTextOffset=_TEXT_OFFSET, hideOverlappingLabels=False)
        self._line = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True)
        # Piece by piece: as one path, a line that goes up and down a thousand times takes Qt half
        # a second, since it looks for every place where it crosses itself.
        self._line.setSegmentedLineMode("on")
        self.addItem(self._line)
        self._times = self._values = np.empty(0)
        self._marks: tuple[Mark, ...] = ()
        self._mark_lines, self._found_lines = (
            pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True) for _ in range(2)
        )
        for lines in (self._mark_lines, self._found_lines):
            lines.setZValue(-20)  # below the line
            self.addItem(lines)
        self._top = SIZES.rhythm // 2
        self.sign = TimeSign(palette, self)
        self.sign.wholeRequested.connect(self.wholeRequested)
        self.sign.latestRequested.connect(self.latestRequested)
        self._take_on_sizes(SIZES)
        self._paint_in(palette)
        self._exploring = Exploring(self, self.viewport(), palette)
        self.read_out = self._exploring.read_out

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._paint_in(palette)
        self._take_on_sizes(SIZES.with_text(text_scale))
        self.sign.show_style(palette, text_scale)
        self.read_out.show_style(palette, text_scale)
        self._lay_out()

    def _take_on_sizes(self, sizes: Sizes) -> None:
        font = QFont(self.font())
        font.setPixelSize(sizes.small_text)
        self._font = font
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setStyle(tickFont=font)
        self.getAxis("left").setWidth(time_margin(font))
        self._make_room_for_marks()
        self._lay_out()

    def _paint_in(self, palette: Palette) -> None:
        self._palette = palette
        self.setBackground(palette.background)
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setTextPen(palette.muted)
            axis.setPen(palette.lines)
        pixel = self.devicePixelRatioF()  # in those of the screen, which the widths of pens are in
        self._line.setPen(pg.mkPen(palette.accent, width=1.5 * pixel))
        dots, dashes = Qt.PenStyle.DotLine, Qt.PenStyle.DashLine
        self._mark_lines.setPen(pg.mkPen(palette.muted, width=pixel, style=dots))
        self._found_lines.setPen(pg.mkPen(palette.accent, width=pixel, style=dashes))
        self.viewport().update()

    # -- showing ------------------------------------------------------------------------

    def show_line(self, times: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Draw a line: seconds, and values in the unit of the upright axis; both ``(m,)``."""
        self._times, self._values = times, values
        self._line.setData(times, values)
        self._exploring.refresh()

    def show_span(
        self, begin: float, end: float, is_whole: bool, *, is_latest: bool = False
    ) -> None:
        """Show the time between two moments, seconds; whether that is all, or the latest of it."""
        self.setXRange(begin, end, padding=0.0)
        self.sign.show_part("" if is_whole else part_words(begin, end), is_latest=is_latest)
        self._place_sign()

    def show_marks(self, marks: Sequence[Mark], top: float) -> None:
        """Show changes, and order reached, as lines from 0 to `top` and in a strip above."""
        if tuple(marks) == self._marks:
            return
        self._marks = tuple(marks)
        for is_found, lines in ((False, self._mark_lines), (True, self._found_lines)):
            times = [mark.t for mark in marks if mark.is_found is is_found]
            lines.setData(np.repeat(times, 2), np.tile([0.0, top], len(times)))
        self._make_room_for_marks()
        self.viewport().update()

    def _make_room_for_marks(self) -> None:
        """A strip above the plot, as long as there are any."""
        top = SIZES.rhythm // 2 + strip_height(self._font, self._marks)
        if top != self._top:
            self._top = top
            self._lay_out()

    def value_words(self, value: float) -> str:
        """A value of the line with its name or unit."""
        raise NotImplementedError

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The point of the line that is nearest in time, and the changes there."""
        if not len(self._times):
            return None
        t = self.time_at(x)
        k = int(np.searchsorted(self._times, t))
        near = [j for j in (k - 1, k) if 0 <= j < len(self._times)]
        k = min(near, key=lambda j: abs(self._times[j] - t))
        at = self.x_of(float(self._times[k]))
        area = self.area()
        if abs(at - x) > _REACH and not self._times[0] <= t <= self._times[-1]:
            return None  # still to come
        if not area.left() - 1.0 <= at <= area.right() + 1.0:
            return None
        value = float(self._values[k])
        low, high = self.viewRange()[1]
        y = area.bottom() - (value - low) / (high - low) * area.height()
        words = f"{exact_time_words(float(self._times[k]))}   {self.value_words(value)}"
        changes = self.words_at(x)
        return Reading(at, y, f"{words}\n{changes}" if changes else words)

    def words_at(self, x: float) -> str:
        """What was changed at a pixel, or close to it; empty if nothing was."""
        return words_of_marks([self.x_of(mark.t) for mark in self._marks], self._marks, x)

    # -- places -------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the line is drawn, in pixels."""
        box = self.getPlotItem().getViewBox()
        return QRectF(box.mapRectToScene(box.boundingRect()))

    def x_of(self, t: float) -> float:
        """Where a time is, in pixels."""
        area, (begin, end) = self.area(), self.viewRange()[0]
        return float(area.left() + (t - begin) / (end - begin) * area.width())

    def time_at(self, x: float) -> float:
        """Which time is at a pixel."""
        area, (begin, end) = self.area(), self.viewRange()[0]
        return float(begin + (x - area.left()) / max(1.0, area.width()) * (end - begin))

    def _lay_out(self) -> None:
        self.getPlotItem().setContentsMargins(0, self._top, 2 * SIZES.rhythm, 0)
        row = QFontMetricsF(self._font).height() + _TEXT_OFFSET + 2
        self._time_axis.setHeight(round(row + title_room(self._font, self.height())))
        # Now, and not after the next paint: what is painted over the plot goes by its area.
        self.getPlotItem().layout.activate()
        self._place_sign()

    def _place_sign(self) -> None:
        inset = 2 * SIZES.rhythm + SIZES.rhythm // 2
        self.sign.place(self.width() - inset, self._top + SIZES.rhythm // 2, self.width())

    # -- input --------------------------------------------------------------------------

    def zoom_by(self, factor: float, x: float, _y: float) -> None:
        """Ask for less or more of the run, about the time at a pixel."""
        self.zoomRequested.emit(factor, self.time_at(x))

    def pan_by(self, share: float) -> None:
        """Ask for a later part of the run, by a share of what is shown."""
        begin, end = self.viewRange()[0]
        self.panRequested.emit(share * (end - begin))

    def show_all(self) -> None:
        """Ask for all of the run."""
        self.wholeRequested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End leads to the present; all else is for others."""
        if event.key() == Qt.Key.Key_End:
            self.latestRequested.emit()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """On a screen of another scale lines stay as wide to the eye."""
        if event.type() is QEvent.Type.DevicePixelRatioChange and hasattr(self, "sign"):
            self._paint_in(self._palette)
        return bool(super().event(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sign in its corner."""
        super().resizeEvent(event)
        if hasattr(self, "sign"):  # pyqtgraph resizes while it is made
            self._lay_out()

    def focusInEvent(self, event: QEvent) -> None:
        """Show that keys go to it."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """The titles of the axes, the strip of changes, and a frame while keys go to it."""
        area = self.area()
        room = QRectF(self.viewport().rect())
        paint_titles(painter, room, area, self._title, self._font, self._palette)
        if self._marks:
            places = [self.x_of(mark.t) for mark in self._marks]
            paint_strip(painter, area, places, self._marks, self._font, self._palette)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
