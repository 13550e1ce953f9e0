"""A plot over virtual time: what the plots of coherence and flash rate have in common."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from gui.controls.wheel import turned
from gui.instruments.time_ticks import time_ticks
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette, Sizes

_TICK_GAP: Final = 16.0  # pixels
_TEXT_OFFSET: Final = 6
_LEAST_HEIGHT: Final = 96
_WIDEST_LEVEL: Final = "0.55"
_ZOOM_OF_A_STEP: Final = 1.25
_PAN_OF_A_STEP: Final = 0.1


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
    """One line over virtual time; emits which part of the run the user wants to see.

    The wheel zooms about the pointer, dragging moves; a double click, the button and Home ask
    for the whole run. With the focus, arrows move and + and - zoom.

    Parameters
    ----------
    name
        What it shows, for screen readers.
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

    def __init__(self, name: str, palette: Palette, parent: QWidget) -> None:
        self._time_axis = TimeAxis()
        super().__init__(parent, axisItems={"bottom": self._time_axis})
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
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
        self._dragged_from: float | None = None
        self._top = SIZES.rhythm // 2
        self.all_button = QToolButton(self)
        self.all_button.setToolTip("Show all of the run  (Home, or a double click)")
        self.all_button.setAccessibleName("Show all of the run")
        self.all_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.all_button.clicked.connect(self.wholeRequested)
        self.all_button.hide()
        self._take_on_sizes(SIZES)
        self._paint_in(palette)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._paint_in(palette)
        self._take_on_sizes(SIZES.with_text(text_scale))

    def _take_on_sizes(self, sizes: Sizes) -> None:
        font = QFont(self.font())
        font.setPixelSize(sizes.small_text)
        self._font, metrics = font, QFontMetricsF(font)
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setStyle(tickFont=font)
        widest = metrics.horizontalAdvance(_WIDEST_LEVEL)
        self.getAxis("left").setWidth(round(widest) + 2 * SIZES.rhythm)
        self._time_axis.setHeight(round(metrics.height()) + _TEXT_OFFSET + 2)
        button = round(metrics.height()) + SIZES.rhythm
        self.all_button.setFixedSize(button, button)
        self.all_button.setIconSize(QSize(button - SIZES.rhythm, button - SIZES.rhythm))
        self._lay_out()

    def show_span(self, begin: float, end: float, is_whole: bool) -> None:
        """Show the time between two moments, seconds; whether that is all of the run."""
        self.setXRange(begin, end, padding=0.0)
        self.all_button.setVisible(not is_whole)

    def _paint_in(self, palette: Palette) -> None:
        self._palette = palette
        self.setBackground(palette.background)
        for axis in (self.getAxis("left"), self._time_axis):
            axis.setTextPen(palette.muted)
            axis.setPen(palette.lines)
        self._line.setPen(pg.mkPen(palette.accent, width=1.5))
        self.all_button.setIcon(icon("arrows-out-line-horizontal", palette))
        self.all_button.setStyleSheet(
            f"background: {palette.raised}; border: 1px solid {palette.lines}; border-radius: 4px;"
        )

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
        margins = (0, self._top, 2 * SIZES.rhythm, 0)
        self.getPlotItem().setContentsMargins(*margins)
        inset = 2 * SIZES.rhythm + SIZES.rhythm // 2
        self.all_button.move(
            self.width() - self.all_button.width() - inset, self._top + SIZES.rhythm // 2
        )

    # -- input --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button in its corner."""
        super().resizeEvent(event)
        if hasattr(self, "all_button"):  # pyqtgraph resizes while it is made
            self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up: less time; sideways: another."""
        sideways, up = turned(event)
        if up:
            self.zoomRequested.emit(_ZOOM_OF_A_STEP**up, self.time_at(event.position().x()))
        elif sideways:
            self._pan_by(-sideways * _PAN_OF_A_STEP)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag may begin."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().x()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the plot with the pointer."""
        if self._dragged_from is not None:
            x = event.position().x()
            self._pan_by((self._dragged_from - x) / max(1.0, self.area().width()))
            self._dragged_from = x
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag ends."""
        self._dragged_from = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All of the run."""
        self.wholeRequested.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do by keys what the wheel and the pointer do."""
        begin, end = self.viewRange()[0]
        match event.key():
            case Qt.Key.Key_Left:
                self._pan_by(-_PAN_OF_A_STEP)
            case Qt.Key.Key_Right:
                self._pan_by(_PAN_OF_A_STEP)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoomRequested.emit(_ZOOM_OF_A_STEP, (begin + end) / 2)
            case Qt.Key.Key_Minus:
                self.zoomRequested.emit(1.0 / _ZOOM_OF_A_STEP, (begin + end) / 2)
            case Qt.Key.Key_Home:
                self.wholeRequested.emit()
            case _:
                event.ignore()

    def _pan_by(self, share: float) -> None:
        begin, end = self.viewRange()[0]
        self.panRequested.emit(share * (end - begin))

    def focusInEvent(self, event: QEvent) -> None:
        """Show that keys go to it."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """A frame while keys go to it."""
        if self.hasFocus():
            painter.setPen(QColor(self._palette.accent))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(0.5, 0.5, -0.5, -0.5))
