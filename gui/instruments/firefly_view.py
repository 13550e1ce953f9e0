"""The phase of one firefly over time, drawn, with who it is in words."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from experiments import Fate, Nudge
from gui.instruments.firefly import FireflyPicture
from gui.instruments.mark_strip import mark_colour, words_of_marks
from gui.instruments.reading import Reading
from gui.instruments.span_plot import SpanPlot
from gui.instruments.time_ticks import exact_time_words, time_ticks
from gui.models.portrait import place_words
from gui.picture.theme import SIZES, Palette

_HEADROOM: Final = 1.12
_FLASH: Final = 4.0  # radius, pixels
_NUDGE: Final = 2.5
_MISSED: Final = 4.0  # height of the tick of a pulse that was not heard
_REACH: Final = 6.0
_INEXACT: Final = "earlier phases aren't known exactly"


def _fate_words(nudge: Nudge) -> str:
    """What became of a pulse."""
    if nudge.fate is Fate.DEAF:
        return "not heard, deaf"
    if nudge.fate is Fate.LOST:
        return "lost on its way"
    if not nudge.by:
        return "heard, to no effect"
    return f"nudged by {nudge.by:.3g} s" if nudge.by > 0.0 else f"put back by {-nudge.by:.3g} s"


class PhasePlot(SpanPlot):
    """The curve: it rises, jumps where a pulse nudged it, and falls back at its flash."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._picture: FireflyPicture | None = None
        titles = "phase (s)", "virtual time"
        super().__init__("Phase of the firefly held", *titles, "0.00", palette, parent)

    def show_data(self, picture: FireflyPicture) -> None:
        """Show the last periods of a firefly."""
        self._picture = picture
        self.show_anew()

    # -- places -------------------------------------------------------------------------

    def x_at(self, t: float) -> float:
        """Where a time is, in pixels."""
        assert self._picture is not None
        begin, end = self._picture.begin, self._picture.end
        return self.x_of((t - begin) / (end - begin))

    def y_at(self, phase: float) -> float:
        """Where a phase is, in pixels."""
        area = self.area()
        return area.bottom() - phase / self._top() * area.height()

    def _top(self) -> float:
        """Phase at the upper edge, seconds."""
        assert self._picture is not None
        course = self._picture.course
        highest = 0.0 if course is None or not len(course.phases) else float(course.phases.max())
        return _HEADROOM * max(self._picture.period, min(highest, 4.0 * self._picture.period))

    def reading_at(self, x: float, _y: float) -> Reading | None:
        """The time, the phase, and what happened there: a flash, a nudge, a change."""
        picture = self._picture
        if picture is None or picture.course is None:
            return None
        course, area = picture.course, self.area()
        begin, end = picture.begin, picture.end
        t = begin + self.share_at(x) * (end - begin)
        reach = _REACH / max(1.0, area.width()) * (self.span[1] - self.span[0]) * (end - begin)
        flashes = [each for each in course.flashes if abs(each - t) <= reach]
        nudges = [each for each in course.nudges if abs(each.t - t) <= reach]
        told = ""
        if flashes:
            t = min(flashes, key=lambda each: abs(each - t))
            told = "flash"
        elif nudges:
            nudge = min(nudges, key=lambda each: (each.fate is not Fate.HEARD, abs(each.t - t)))
            t, place = nudge.t, place_words(nudge.sender, picture.side)
            told = f"{_fate_words(nudge)}: {place}"
        phase = course.phase_at(t)
        if np.isnan(phase):
            return None
        words = f"{exact_time_words(t)}   phase {phase:.2f} s" + (f"\n{told}" if told else "")
        changes = words_of_marks([self.x_at(each.t) for each in picture.marks], picture.marks, x)
        words = f"{words}\n{changes}" if changes else words
        return Reading(self.x_at(t), self.y_at(phase), words)

    # -- drawing ------------------------------------------------------------------------

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """The deaf part, the end of the cycle, changes, the curve, nudges, flashes."""
        picture, palette = self._picture, self.plot_palette
        if picture is None or picture.course is None:
            return False
        deaf = QRectF(area)
        deaf.setTop(self.y_at(picture.refractory))
        painter.fillRect(deaf, QColor(palette.panel))
        painter.setPen(QPen(QColor(palette.lines), 1.0))
        due = self.y_at(picture.period)
        painter.drawLine(QLineF(area.left(), due, area.right(), due))
        for mark in picture.marks:
            x = self.x_at(mark.t)
            style = Qt.PenStyle.DashLine if mark.is_found else Qt.PenStyle.DotLine
            painter.setPen(QPen(mark_colour(mark, palette), 1.0, style))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        course = picture.course
        points = [
            QPointF(self.x_at(t), self.y_at(phase))
            for t, phase in zip(course.times.tolist(), course.phases.tolist(), strict=True)
        ]
        painter.setPen(QPen(QColor(palette.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        self._paint_nudges(painter, area)
        painter.setPen(QPen(QColor(palette.background), 1.0))
        painter.setBrush(QColor(palette.accent))
        for t in course.flashes:
            painter.drawEllipse(QPointF(self.x_at(t), due), _FLASH, _FLASH)
        if not course.is_exact:
            self.paint_note(painter, area, _INEXACT)
        return True

    def _paint_nudges(self, painter: QPainter, area: QRectF) -> None:
        """Dots where the phase jumped; short lines at the lower edge for what was not heard."""
        assert self._picture is not None
        assert self._picture.course is not None
        course = self._picture.course
        painter.setBrush(QColor(self.plot_palette.text))
        for nudge in course.nudges:
            x = self.x_at(nudge.t)
            if nudge.fate is Fate.HEARD:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QPointF(x, self.y_at(nudge.phase)), _NUDGE, _NUDGE)
            else:
                painter.setPen(QPen(QColor(self.plot_palette.muted), 1.0))
                painter.drawLine(QLineF(x, area.bottom(), x, area.bottom() - _MISSED))

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Phases beside it, times below."""
        picture = self._picture
        if picture is None:
            return
        metrics = QFontMetricsF(self.plot_font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for phase in (0.0, picture.period):
            y, line = self.y_at(phase), metrics.height()
            column = QRectF(0.0, y - line / 2, area.left() - 6.0, line)
            painter.drawText(column, right, f"{phase:.3g}")
        span = picture.end - picture.begin
        begin, end = (picture.begin + share * span for share in self.span)
        ticks = time_ticks(
            max(0.0, begin),
            max(end, 1e-3),
            area.width(),
            lambda words: metrics.horizontalAdvance(words) + 16.0,
        )
        self.paint_ticks(painter, area, [((t - picture.begin) / span, each) for t, each in ticks])


class FireflyView(QWidget):
    """The curve, and below it who it is in words, or that nobody is held."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.plot = PhasePlot(palette, self)
        self.label = QLabel(self)
        self.label.setObjectName("hint")
        self.label.setAccessibleName("The firefly held")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.label)
        margins = 2 * SIZES.rhythm, SIZES.rhythm // 2, 2 * SIZES.rhythm, SIZES.rhythm
        self.label.setContentsMargins(*margins)
        self.plot.hide()

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self.plot.show_style(palette, text_scale)

    def show_data(self, picture: FireflyPicture) -> None:
        """Show a firefly, or that nobody is held."""
        self.label.setText(picture.words)
        self.plot.setVisible(picture.course is not None)
        self.plot.show_data(picture)
