"""The time line of a run that is repeated: drag it, or hand the controls back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from gui.controls.wheel import WheelSteps
from gui.models.timeline import Timeline
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette

_STEPS: Final = 10_000
_MARK_HEIGHT: Final = 5


class TimeSlider(QSlider):
    """A slider from the beginning to the end, with a mark wherever something was done."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _STEPS)
        self.setPageStep(_STEPS // 20)
        self.setSingleStep(_STEPS // 200)
        self.setAccessibleName("Time line of the run that is repeated")
        self._marks: tuple[float, ...] = ()
        self._wheel = WheelSteps()
        self.show_palette(palette)

    def show_palette(self, palette: Palette) -> None:
        """Take on the colours of a theme."""
        self._colour = QColor(palette.accent)
        self.update()

    def show_marks(self, shares: tuple[float, ...]) -> None:
        """Where to draw marks, as shares of the length."""
        if shares != self._marks:
            self._marks = shares
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click leads straight there, and the handle can be dragged on from it."""
        if event.button() == Qt.MouseButton.LeftButton:
            room = self._room()
            value = QStyle.sliderValueFromPosition(
                0, _STEPS, round(event.position().x()) - room.left(), room.width()
            )
            self.setSliderPosition(value)
            self.sliderMoved.emit(value)
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go forth and back in steps, as the arrow keys do."""
        if steps := self._wheel.take(event):
            self.setValue(self.value() + steps * self.singleStep())
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The slider, and the marks above its groove."""
        room, painter = self._room(), QPainter(self)
        painter.setPen(QPen(self._colour, 1.0))
        for share in self._marks:
            x = room.left() + round(share * room.width())
            painter.drawLine(x, 1, x, 1 + _MARK_HEIGHT)
        painter.end()
        super().paintEvent(event)

    def _room(self) -> QRect:
        """Where the middle of the handle can be."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control = QStyle.ComplexControl.CC_Slider
        groove = self.style().subControlRect(
            control, option, QStyle.SubControl.SC_SliderGroove, self
        )
        handle = self.style().subControlRect(
            control, option, QStyle.SubControl.SC_SliderHandle, self
        )
        half = handle.width() // 2
        return groove.adjusted(half, 0, -half, 0)


class TimelineBar(QWidget):
    """Shows how far a repeated run is; emits where to go; a button branches off."""

    seekRequested = Signal(float)
    """Virtual time to go to, seconds."""

    def __init__(self, branch: QAction, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._end = 0.0
        self._is_away = self._is_wanted = False
        self.title = QLabel("REPLAY", self)
        self.title.setObjectName("caption")
        self.slider = TimeSlider(palette, self)
        self.slider.valueChanged.connect(self._on_slider_value_changed)
        self.slider.sliderMoved.connect(self._on_slider_moved)
        self.time = QLabel(self)
        self.time.setObjectName("muted")
        self.words = QLabel(self)
        self.words.setObjectName("muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.branch_button = QPushButton("Branch here", self)
        self.branch_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.branch_button.setIconSize(QSize(SIZES.small_icon, SIZES.small_icon))
        self.branch_button.setToolTip(
            "Stop repeating: from here on the controls are yours, and it is a new run  "
            f"({branch.shortcut().toString()})"
        )
        self.branch_button.clicked.connect(branch.trigger)
        self.words.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(2 * SIZES.rhythm, SIZES.rhythm // 2, 2 * SIZES.rhythm,
                                  SIZES.rhythm // 2)  # fmt: skip
        layout.setHorizontalSpacing(2 * SIZES.rhythm)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(1, 1)
        for column, widget in enumerate((self.title, self.slider, self.time)):
            layout.addWidget(widget, 0, column)
        layout.addWidget(self.branch_button, 0, 3)
        layout.addWidget(self.words, 1, 0, 1, 4)  # below: they are long, and often there are none
        self.show_palette(palette)
        self.hide()

    def show_palette(self, palette: Palette) -> None:
        """Take on the colours of a theme."""
        self.slider.show_palette(palette)
        self.branch_button.setIcon(icon("git-branch", palette))

    def put_away(self, is_away: bool) -> None:
        """Hide it, whether there is something to show or not; or show it again if there is."""
        self._is_away = is_away
        self.setVisible(self._is_wanted and not is_away)

    def show_timeline(self, timeline: Timeline | None) -> None:
        """Show where a repeated run is; None if none is."""
        self._is_wanted = timeline is not None
        self.put_away(self._is_away)
        if timeline is None:
            return
        self._end = timeline.end
        span = max(timeline.end, 1e-9)
        self.slider.show_marks(tuple(t / span for t in timeline.marks))
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setValue(round(_STEPS * min(1.0, timeline.t / span)))
            self.slider.blockSignals(False)
        self.time.setText(f"{_clock(timeline.t)} of {_clock(timeline.end)}")
        self.words.setText(timeline.words)
        self.words.setVisible(bool(timeline.words))
        style = "failed" if timeline.is_wrong else "muted"
        if self.words.objectName() != style:
            self.words.setObjectName(style)
            self.style().unpolish(self.words)
            self.style().polish(self.words)

    def _on_slider_moved(self, value: int) -> None:
        self.seekRequested.emit(self._end * value / _STEPS)

    def _on_slider_value_changed(self, value: int) -> None:
        if not self.slider.isSliderDown():  # a key, or the wheel
            self.seekRequested.emit(self._end * value / _STEPS)


def _clock(t: float) -> str:
    minutes, seconds = divmod(int(t), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
