"""The value of a parameter with its unit, to read, to type and to step."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QWidget,
)

from gui.controls.wheel import WheelSteps

_ARROW: Final = 3.5


class ValueField(QAbstractSpinBox):
    """A spin box that takes any text, and leaves it to others to judge."""

    stepRequested = Signal(int)

    typed = Signal(str)
    """The text typed, once it is confirmed by Return or by moving the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("value")
        self.setFrame(False)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._in_force = ""
        self._wheel = WheelSteps()

    def show_in_force(self, text: str) -> None:
        """Show a value, unless somebody is typing another."""
        self._in_force = text
        if not (self.hasFocus() and self.lineEdit().isModified()):
            self.undo_typing()

    def undo_typing(self) -> None:
        """Show the value in force again."""
        if self.text() != self._in_force:
            self.lineEdit().setText(self._in_force)
        self.lineEdit().setModified(False)

    def _take_typed(self) -> None:
        if self.lineEdit().isModified():
            text = self.text()
            self.undo_typing()
            self.typed.emit(text)

    # -- QAbstractSpinBox -----------------------------------------------------------------

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Both arrows are enabled; at a bound they leave the value as it is."""
        return (
            QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
            | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        )

    def stepBy(self, steps: int) -> None:
        """Ask for the value that many steps away; what was being typed is dropped."""
        self.undo_typing()
        self.stepRequested.emit(steps)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all, ready to be typed over."""
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed."""
        self._take_typed()
        super().focusOutEvent(event)
        self.undo_typing()  # Qt's own idea of the value is none at all

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes what was typed, Escape gives it up; then keys are shortcuts again."""
        if event.key() == Qt.Key.Key_Escape:
            self.undo_typing()
            self.clearFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_typed()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step the value if it has the focus; else the panel scrolls."""
        if not self.hasFocus():
            event.ignore()
            return
        if steps := self._wheel.take(event):
            self.stepBy(steps)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style sheet leaves the arrows out: they are painted here, in its colours."""
        super().paintEvent(event)
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = QColor(self.palette().color(self.foregroundRole()))
        for control, direction in (
            (QStyle.SubControl.SC_SpinBoxUp, -1.0),
            (QStyle.SubControl.SC_SpinBoxDown, 1.0),
        ):
            is_over = bool(option.activeSubControls & control) and self.underMouse()
            colour.setAlphaF(1.0 if is_over else 0.55)
            painter.setBrush(colour)
            rect: QRect = self.style().subControlRect(
                QStyle.ComplexControl.CC_SpinBox, option, control, self
            )
            middle = QPointF(rect.right() + 1.0 - _ARROW, rect.center().y() + 0.5)
            painter.drawPolygon(
                QPolygonF(
                    [
                        middle + QPointF(-_ARROW, -direction * _ARROW / 2),
                        middle + QPointF(_ARROW, -direction * _ARROW / 2),
                        middle + QPointF(0.0, direction * _ARROW / 2),
                    ]
                )
            )
