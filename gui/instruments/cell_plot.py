"""A plot of cells: its axes, the pointer and the keys on it; what is in the cells others paint."""

from __future__ import annotations

import math
import textwrap
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from gui.controls.wheel import turned
from gui.instruments.cell_axes import TICK, paint_axes, upright_room
from gui.instruments.cell_sight import CellSight
from gui.instruments.exploring import PAN_OF_A_STEP, ZOOM_OF_A_STEP
from gui.instruments.read_out import ReadOut
from gui.instruments.reading import Reading
from gui.instruments.sweep_line import paint_line
from gui.instruments.sweep_map import MapPicture, paint_legend, paint_scale, scale_room
from gui.models.sweep_shown import SweepShown
from gui.picture.theme import SIZES, Palette

_NOTHING: Final = (
    "No sweep yet: right-click a slider and choose Sweep, or press the button above. "
    "The model is run for many values, and what comes of them is mapped here."
)
_LEAST_HEIGHT: Final = 48
_FEWEST, _MOST, _MARGIN = 24, 60, 6
"""Letters in a line of what is read out, and at its ends."""

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ZOOMS: Final = {
    Qt.Key.Key_Plus: ZOOM_OF_A_STEP,
    Qt.Key.Key_Equal: ZOOM_OF_A_STEP,
    Qt.Key.Key_Minus: 1.0 / ZOOM_OF_A_STEP,
}
_KEYS: Final = (*_ARROWS, *_ENTER, *_ZOOMS, Qt.Key.Key_Home, Qt.Key.Key_End)
_PLAIN: Final = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
"""With which keys are for the plot: on many keyboards plus is one with Shift."""


class CellPlot(QWidget):
    """Draws a sweep as it is given it; a cell is pointed at, or reached by the arrows.

    The wheel and ``+`` and ``-`` show fewer or more cells, dragging moves, a double click shows
    all, and so does Home. While a part shows, a click opens its cell only once it can't be the
    first half of a double click.

    Attributes
    ----------
    sight
        Which cells show.
    """

    cellOpened = Signal(int, int)
    """Place of a cell that was clicked, or on which Return was pressed."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Map of the sweep")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(SIZES.instrument, _LEAST_HEIGHT)
        self.shown: SweepShown | None = None
        self.cell: tuple[int, int] | None = None
        self._pointed: tuple[int, int] | None = None
        self._pressed: tuple[int, int] | None = None
        self._pulled_from: QPointF | None = None
        self._is_pulled = False
        self.sight = CellSight()
        self._clicking = QTimer(self)
        self._clicking.setObjectName("single click")
        self._clicking.setSingleShot(True)
        self._clicking.timeout.connect(self._open_cell)
        self._picture = MapPicture()
        self.read_out = ReadOut(palette, self)
        self.show_style(palette, 1.0)

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(2 * SIZES.instrument, 3 * SIZES.instrument // 2)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette = palette
        self.plot_font = QFont(self.font())
        self.plot_font.setPixelSize(SIZES.with_text(text_scale).small_text)
        self.read_out.show_style(palette, text_scale)
        self.update()

    def show_data(self, shown: SweepShown) -> None:
        """Show a sweep as it is now."""
        if self.shown is None or self.shown.shape != shown.shape:
            self.cell = self._pointed = None
        self.shown = shown
        self.sight.take_shape(shown.shape)
        self._show_anew()

    def _show_anew(self) -> None:
        self._read()
        self.update()

    # -- places -------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the picture is, in pixels."""
        metrics, shown = QFontMetricsF(self.plot_font), self.shown
        line = metrics.height()
        left = right = 2.0 * SIZES.rhythm
        bottom = 2.0 * line + TICK + SIZES.rhythm
        if shown is not None:
            left = upright_room(metrics, shown, self.sight.upright)
            right = scale_room(metrics, shown) if shown.is_map else right
            bottom += line + SIZES.rhythm / 2.0  # for the legend, be there one or not
        return QRectF(self.rect()).adjusted(left, SIZES.rhythm + line / 2.0, -right, -bottom)

    def rect_of(self, x: int, y: int) -> QRectF:
        """Where a cell is, in pixels."""
        return self.sight.rect_of(self.area(), x, y)

    def cell_under(self, place: QPointF) -> tuple[int, int] | None:
        """The cell at a pixel, if there is one."""
        return None if self.shown is None else self.sight.cell_at(self.area(), place)

    # -- hands --------------------------------------------------------------------------

    def _read(self) -> None:
        """Say what is known of the cell that is pointed at, or that keys have led to."""
        shown, at = self.shown, self._pointed or (self.cell if self.hasFocus() else None)
        if shown is None or at is None:
            self.read_out.show_reading(None, self.area())
            return
        words, rect = shown.words_at(*at), self.rect_of(*at)
        letters = max(_FEWEST, int(self.width() / QFontMetricsF(self.plot_font).averageCharWidth()))
        lines = [textwrap.fill(line, min(letters - _MARGIN, _MOST)) for line in words.split("\n")]
        y = rect.center().y()
        if not shown.is_map:
            y = self._height_of(shown, at[0])
        if not self.area().contains(rect.center().x(), y):
            rect, y = rect.intersected(self.area()), self.area().center().y()
        self.read_out.show_reading(
            Reading(rect.center().x(), y, "\n".join(lines), has_lines=False), self.area()
        )
        if at == self.cell:
            self.setAccessibleDescription(words.replace("\n", "; "))

    def _height_of(self, shown: SweepShown, x: int) -> float:
        area, mean = self.area(), shown.averages.means[x, 0]
        share = 0.0 if math.isnan(mean) else (mean - shown.low) / (shown.high - shown.low)
        return float(area.bottom() - share * area.height())

    def _move_to(self, cell: tuple[int, int]) -> None:
        n_x, n_y = self.sight.shape
        self.cell = min(max(cell[0], 0), n_x - 1), min(max(cell[1], 0), n_y - 1)
        self.sight.show_cell(self.cell)
        self._pointed = None
        self._read()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What is known of the cell there is said; a part that shows is pulled along."""
        if self._pulled_from is not None:
            self._pull(event.position())
        pointed = self.cell_under(event.position())
        if pointed != self._pointed:
            self._pointed = pointed
            self.setCursor(
                Qt.CursorShape.ArrowCursor if pointed is None else Qt.CursorShape.PointingHandCursor
            )
            self._read()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._pointed = None
        self._read()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A cell is clicked once the button is let go on it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self.cell_under(event.position())
            self._pulled_from, self._is_pulled = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the run of a cell that was clicked."""
        pressed, self._pressed, self._pulled_from = self._pressed, None, None
        if self._is_pulled or pressed is None or pressed != self.cell_under(event.position()):
            return
        self.cell = pressed
        self.update()
        if self.sight.is_whole:
            self._open_cell()
        else:
            self._clicking.start(QApplication.doubleClickInterval())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all cells; where they do, it is one more click."""
        if self.sight.is_whole:
            self.mousePressEvent(event)
            return
        self._clicking.stop()
        self.sight.show_all()
        self._show_anew()

    def _open_cell(self) -> None:
        if self.cell is not None:
            self.cellOpened.emit(*self.cell)

    def _pull(self, to: QPointF) -> None:
        assert self._pulled_from is not None
        by, area = to - self._pulled_from, self.area()
        is_far = by.manhattanLength() >= QApplication.startDragDistance()
        if self.sight.is_whole or not (is_far or self._is_pulled):
            return
        self._pulled_from, self._is_pulled = to, True
        self.sight.pan_by(-by.x() / max(1.0, area.width()), by.y() / max(1.0, area.height()))
        self._show_anew()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Show fewer or more cells, about the one there."""
        sideways, up = turned(event)
        if up:
            self.sight.zoom_by(ZOOM_OF_A_STEP**up, self.area(), event.position())
        elif sideways:
            self.sight.pan_by(-sideways * PAN_OF_A_STEP, 0.0)
        self._pointed = self.cell_under(event.position())
        self._show_anew()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of cells from the shortcuts of the window."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_plain = not event.modifiers() & ~_PLAIN
            if self.shown is not None and is_plain and event.key() in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move from cell to cell, Return opens a run."""
        key, (x, y) = Qt.Key(event.key()), self.cell or (0, 0)
        if self.shown is None or event.modifiers() & ~_PLAIN:
            super().keyPressEvent(event)
        elif key in _ZOOMS:
            area = self.area()
            about = area.center() if self.cell is None else self.rect_of(*self.cell).center()
            self.sight.zoom_by(_ZOOMS[key], area, about)
            self._show_anew()
        elif key is Qt.Key.Key_Home and not self.sight.is_whole:
            self.sight.show_all()
            self._show_anew()
        elif key in _ARROWS:
            right, up = _ARROWS[key] if self.cell is not None else (0, 0)
            self._move_to((x + right, y + up))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move_to((0 if key is Qt.Key.Key_Home else self.sight.shape[0] - 1, y))
        elif key in _ENTER and self.cell is not None:
            self.cellOpened.emit(*self.cell)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By key it begins at a cell."""
        super().focusInEvent(event)
        is_by_key = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if is_by_key and self.shown is not None:
            self._move_to(self.cell or (0, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What keys have led to is said no more."""
        super().focusOutEvent(event)
        self._read()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is read out moves with its cell."""
        super().resizeEvent(event)
        self.read_out.setGeometry(self.rect())
        self._read()

    # -- drawing ------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The cells, what is written beside them, and a frame around the one that is looked at."""
        painter = QPainter(self)
        palette, shown, area = self._palette, self.shown, self.area()
        painter.fillRect(self.rect(), QColor(palette.background))
        painter.setFont(self.plot_font)
        if shown is None:
            painter.setPen(QColor(palette.muted))
            room = self.rect().adjusted(16, 16, -16, -16)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, _NOTHING)
        elif area.width() > 0.0 and area.height() > 0.0:
            if shown.is_map:
                self._picture.paint(painter, area, self.sight, shown, palette)
                paint_scale(painter, area, shown, palette)
            else:
                paint_line(painter, area, self.sight, shown, palette)
            paint_axes(painter, area, self.rect(), self.sight, shown, palette)
            paint_legend(painter, self.rect(), shown, palette)
            self._paint_cursor(painter)
        if self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_cursor(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self.area().adjusted(-3.0, -3.0, 3.0, 3.0))
        for cell, colour in (
            (self.cell, self._palette.accent),
            (self._pointed, self._palette.text),
        ):
            if cell is not None:
                rect = self.rect_of(*cell)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for out, ink, width in ((1.0, self._palette.background, 3.0), (1.0, colour, 1.5)):
                    painter.setPen(QPen(QColor(ink), width))
                    painter.drawRect(rect.adjusted(-out, -out, out, out))
        painter.restore()
