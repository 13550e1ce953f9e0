"""The curve of a response: what a pulse adds to each phase, and the points that hands draw by."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from experiments import Points
from gui.instruments.axis_numbers import even_ticks, number_words
from gui.instruments.point_hand import PointHand
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot, reaching_over
from gui.models import drawn_points
from gui.models.response_curve import ResponseCurve
from gui.picture.theme import SIZES, Palette

_RADIUS: Final = 4.0
_REACH: Final = 9.0
"""Pixels from a point, or from the curve, at which the pointer is on it."""

_CURVE: Final = 2.0
_ROOM: Final = 1.2
_LEAST_UP: Final = 0.04
_LEAST_DOWN: Final = 0.25
"""Of what is above 0: one can draw below it too."""

_TOPS: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class ShiftPlot(SpanPlot):
    """Draws the curve it is given and the points along it, and emits where hands put these.

    What hands draw shows at once; what is in force as soon as it is told.
    """

    pointsDrawn = Signal(object)
    """All points as they should be."""
    drawingEnded = Signal()
    """The hand has let go of a point: what is drawn from now on is another step."""
    refused = Signal(str)
    """Why a point can't be added or removed."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._curve: ResponseCurve | None = None
        self._draft: Points | None = None
        self._low, self._high = -_LEAST_UP, _LEAST_UP
        self.is_locked = False
        titles = "shift, periods", "phase, periods"
        super().__init__("Response: shift over phase", *titles, "-0.000", palette, parent)
        self.hand = PointHand(self)

    # -- what there is ------------------------------------------------------------------

    @property
    def points(self) -> Points:
        """Those in force, or as the hand has them."""
        if self._draft is not None:
            return self._draft
        return () if self._curve is None else self._curve.points

    def show_data(self, curve: ResponseCurve) -> None:
        """Show the response in force; while the hand holds a point, that stays with the hand."""
        self._curve = curve
        if not self.hand.is_holding:
            self._draft = None
            self._fit()
        self.hand.keep_within(len(self.points))
        self.setAccessibleDescription(
            f"{curve.shape}, {len(curve.points)} points, shifts from {min(curve.shifts):+.3g} to "
            f"{max(curve.shifts):+.3g} periods"
        )
        self.show_anew()

    def set_locked(self, is_locked: bool) -> None:
        """Whether nothing can be drawn."""
        self.is_locked = is_locked
        if is_locked:
            self._draft = None
        self.show_anew()

    def _fit(self) -> None:
        """Let all that there is have room, upwards and downwards."""
        if self._curve is None:
            return
        shifts = [*self._curve.shifts.tolist(), *(y for _, y in self.points)]
        up = _ROOM * max(*shifts, _LEAST_UP)
        down = _ROOM * max(-min(shifts), _LEAST_DOWN * up)
        self._high, self._low = _next_round(up), -_next_round(down)

    # -- drawing by hand ----------------------------------------------------------------

    def move_point(self, k: int, phase: float, shift: float) -> None:
        """Put a point somewhere, as far as it may go."""
        self._draw(drawn_points.moved(self.points, k, phase, shift))

    def add_point(self, phase: float) -> int | None:
        """One more point of the line; which it is, None if there is no room for it."""
        points, k = drawn_points.added(self.points, phase)
        if k is None:
            is_full = len(points) >= drawn_points.MOST
            most = f"there are {drawn_points.MOST} points, and can't be more"
            self.refused.emit(most if is_full else "there is a point already")
        else:
            self._draw(points)
        return k

    def remove_point(self, k: int) -> None:
        """Take a point away; the ends stay."""
        points = drawn_points.removed(self.points, k)
        if points == self.points:
            self.refused.emit("the ends of the curve stay at phase 0 and 1")
        else:
            self._draw(points)

    def end_drawing(self) -> None:
        """The hand has let go; what is in force comes next, with room for all of it."""
        self._fit()
        self.drawingEnded.emit()
        self.show_anew()

    def _draw(self, points: Points) -> None:
        if points != self.points:
            self._draft = points
            self.refused.emit("")
            self.pointsDrawn.emit(points)
            self.show_anew()

    # -- places -------------------------------------------------------------------------

    def y_of(self, shift: float) -> float:
        """Where a shift is, in pixels."""
        area = self.area()
        return area.bottom() - (shift - self._low) / (self._high - self._low) * area.height()

    def shift_at(self, y: float) -> float:
        """Which shift is at a pixel."""
        area = self.area()
        up = (area.bottom() - y) / max(1.0, area.height())
        return self._low + up * (self._high - self._low)

    def place_of(self, k: int) -> QPointF:
        """Where a point is, in pixels."""
        phase, shift = self.points[k]
        return QPointF(self.x_of(phase), self.y_of(shift))

    def _places(self, phases: NDArray[np.float64], shifts: NDArray[np.float64]) -> list[QPointF]:
        return self.places(phases, (shifts - self._low) / (self._high - self._low))

    def _point_places(self) -> list[QPointF]:
        """Where the points are, in pixels."""
        if not self.points:
            return []
        phases, shifts = np.array(self.points).T
        return self._places(phases, shifts)

    def point_at(self, place: QPointF) -> int | None:
        """The point there, the nearest if there are several; None if there is none."""
        away = [math.hypot(place.x() - it.x(), place.y() - it.y()) for it in self._point_places()]
        if not away or min(away) > _REACH:
            return None
        return away.index(min(away))

    def is_on_curve(self, place: QPointF) -> bool:
        """Whether a place is on the curve."""
        curve, area = self._curve, self.area()
        if curve is None or not area.left() <= place.x() <= area.right():
            return False
        return abs(self.y_of(curve.shift_at(self.share_at(place.x()))) - place.y()) <= _REACH

    def look_at(self, k: int) -> None:
        """Read out a point; see it, if only a part of the curve shows."""
        phase, (begin, end) = self.points[k][0], self.span
        if not begin <= phase <= end:
            self.pan_by((phase - (begin + end) / 2.0) / (end - begin))
        self.exploring.point_to(self.x_of(phase))

    def reading_at(self, x: float, y: float) -> Reading | None:
        """The point there, or the curve: phase and shift, and what comes of it."""
        curve = self._curve
        if curve is None:
            return None
        k = self.hand.chosen if self.exploring.is_by_key else self.point_at(QPointF(x, y))
        if self.hand.is_holding:
            k = self.hand.chosen
        if k is not None and self.exploring.is_by_key and abs(self.place_of(k).x() - x) > 1.0:
            k = None  # keys have gone on from there
        if k is None:
            phase = min(max(self.share_at(x), 0.0), 1.0)
            shift, name = curve.shift_at(phase), ""
        else:
            (phase, shift), name = self.points[k], f"point {k + 1} of {len(self.points)}\n"
        what = f"{name}phase {phase:.3f}, {phase * curve.period:.2f} s\nshift {shift:+.4f} periods"
        if phase < curve.deaf_share:
            what += "\ndeaf: not heard"
        elif shift >= 1.0 - phase:
            what += "\nflashes at once"
        return Reading(self.x_of(phase), self.y_of(shift), what)

    # -- drawing ------------------------------------------------------------------------

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """The deaf part shaded, where all flash at once or begin anew, the curve, its points."""
        curve, palette = self._curve, self.plot_palette
        if curve is None:
            return False
        deaf = QRectF(area)
        deaf.setLeft(self.x_of(0.0))
        deaf.setRight(self.x_of(min(curve.deaf_share, 1.0)))
        deaf = deaf.intersected(area)
        painter.fillRect(deaf, QColor(palette.raised))
        self._paint_deaf(painter, deaf)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0))
        painter.drawLine(self._at(0.0, 0.0), self._at(1.0, 0.0))
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(self._at(0.0, 1.0), self._at(1.0, 0.0))
        if self._low < 0.0:
            painter.drawLine(self._at(0.0, 0.0), self._at(1.0, -1.0))
        painter.setPen(QPen(QColor(palette.accent), _CURVE))
        painter.drawPolyline(QPolygonF(self._places(curve.phases, curve.shifts)))
        return True

    def _paint_deaf(self, painter: QPainter, deaf: QRectF) -> None:
        """Say what the shade means, at its foot unless the dashed line passes there."""
        metrics = QFontMetricsF(self.plot_font)
        room = (metrics.horizontalAdvance("deaf") + SIZES.rhythm) / 2.0
        if deaf.width() <= 2.0 * room:
            return
        head = deaf.bottom() - metrics.height()
        passes_from, passes_to = (self.x_of(-self.shift_at(y)) for y in (head, deaf.bottom()))
        middle = deaf.center().x()
        is_free = passes_to < middle - room or passes_from > middle + room
        end = Qt.AlignmentFlag.AlignBottom if is_free else Qt.AlignmentFlag.AlignTop
        painter.setPen(QColor(self.plot_palette.muted))
        painter.drawText(deaf, Qt.AlignmentFlag.AlignHCenter | end, "deaf")

    def _at(self, phase: float, shift: float) -> QPointF:
        return QPointF(self.x_of(phase), self.y_of(shift))

    def _paint_points(self, painter: QPainter, area: QRectF, curve: ResponseCurve) -> None:
        """Filled where they were drawn; the one that is chosen larger."""
        palette, places = self.plot_palette, self._point_places()
        with reaching_over(painter, area, _RADIUS + 3.0):
            if curve.is_drawn or self._draft is not None:
                painter.setPen(QPen(QColor(palette.muted), 1.0, Qt.PenStyle.DotLine))
                painter.drawPolyline(QPolygonF(places))
            ink = QColor(palette.disabled if self.is_locked else palette.accent)
            for k, place in enumerate(places):
                is_chosen = k == self.hand.chosen and (self.hasFocus() or self.hand.is_holding)
                edge = QColor(palette.text) if is_chosen else ink
                painter.setPen(QPen(edge, 1.5))
                is_full = curve.is_drawn or self._draft is not None
                painter.setBrush(ink if is_full else QColor(palette.background))
                radius = _RADIUS + 2.0 * is_chosen
                painter.drawEllipse(place, radius, radius)

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Shifts beside it, phases below; and the points, which reach over the edges."""
        metrics = QFontMetricsF(self.plot_font)
        step, line = (self._high - self._low) / 20.0, metrics.height()
        low, high = number_words(self._low, step), number_words(self._high, step)
        self.paint_upright(painter, area, high, low)
        zero = self.y_of(0.0)
        if area.top() + line < zero < area.bottom() - 1.5 * line:
            row = QRectF(0.0, zero - line / 2.0, area.left() - 6.0, line)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, "0")
        ticks = even_ticks(
            *self.span, area.width(), lambda words: metrics.horizontalAdvance(words) + 16.0
        )
        self.paint_ticks(painter, area, ticks)
        if self._curve is not None:
            self._paint_points(painter, area, self._curve)


def _next_round(least: float) -> float:
    unit = 10.0 ** math.floor(math.log10(least))
    return next(unit * top for top in _TOPS if unit * top >= least * 0.999)
