"""The track of a slider: a handle that goes to where it is pressed, and steps asked for by keys."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QStylePainter, QWidget

from gui.controls.wheel import WheelSteps

_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}

_ENDS: Final = {Qt.Key.Key_Home: 0.0, Qt.Key.Key_End: 1.0}

_FINENESS: Final = 1_000_000_000
"""Places of the handle, which Qt counts: many more than pixels."""

_DRAGGING: Final = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)

_SLIDER: Final = QStyle.ComplexControl.CC_Slider
_GROOVE: Final = QStyle.SubControl.SC_SliderGroove
_HANDLE: Final = QStyle.SubControl.SC_SliderHandle


class Track(QSlider):
    """The slider itself, from 0 to 1; keys ask for steps of the value instead of moving it."""

    positionChanged = Signal(float)
    """Where the handle is now, from 0 to 1."""

    stepRequested = Signal(int)

    endRequested = Signal(float)
    """Position of the end, 0 or 1."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _FINENESS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._wheel = WheelSteps()
        self.valueChanged.connect(self._on_value_changed)

    def position(self) -> float:
        """Where the handle is, from 0 to 1."""
        return self.value() / _FINENESS

    def set_position(self, position: float) -> None:
        """Move the handle, from 0 to 1."""
        self.setValue(round(position * _FINENESS))

    def _on_value_changed(self, value: int) -> None:
        self.positionChanged.emit(value / _FINENESS)

    # -- input --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and page keys step the value, Home and End take it to an end."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepRequested.emit(_STEPS[key])
        elif key in _ENDS:
            self.endRequested.emit(_ENDS[key])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step the value if it has the focus; else the panel scrolls."""
        if not self.hasFocus():
            event.ignore()
            return
        if steps := self._wheel.take(event):
            self.stepRequested.emit(steps)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle, wherever it is pressed: it comes there."""
        if event.button() not in _DRAGGING or event.buttons() != event.button():
            event.ignore()
            return
        self.setSliderDown(True)
        self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The handle goes with the pointer that holds it."""
        if self.isSliderDown():
            self._follow(event.position())
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the handle."""
        if self.isSliderDown() and not event.buttons():
            self.setSliderDown(False)
        else:
            event.ignore()

    def _follow(self, at: QPointF) -> None:
        """The middle of the handle comes to where the pointer is."""
        option = self._option()
        groove, handle = (
            self.style().subControlRect(_SLIDER, option, part, self) for part in (_GROOVE, _HANDLE)
        )
        along = round(at.x()) - groove.x() - handle.width() // 2
        room = groove.width() - handle.width()
        self.setSliderPosition(
            QStyle.sliderValueFromPosition(0, _FINENESS, along, room, option.upsideDown)
        )

    # -- painting -----------------------------------------------------------------------

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Groove and handle, which lights up wherever the pointer could take hold of it."""
        option = self._option()
        option.subControls = _GROOVE | _HANDLE
        nothing = QStyle.SubControl.SC_None
        option.activeSubControls = _HANDLE if self.underMouse() else nothing
        painter = QStylePainter(self)
        painter.drawComplexControl(_SLIDER, option)
