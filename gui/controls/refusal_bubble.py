"""The bubble beside a control that says for a while why a value was refused."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gui.picture.theme import SIZES

_SHOWN_MS: Final = 8_000


class RefusalBubble(QLabel):
    """Lies over what is below its control: nothing moves.

    Parameters
    ----------
    control
        What it stands at.
    host
        The widget that it lies in.
    """

    def __init__(self, control: QWidget, host: QWidget) -> None:
        super().__init__(host)
        self._control, self._host = control, host
        self.setObjectName("refusalBubble")
        self.setWordWrap(True)
        # A click means the control that lies below, whose focus takes the words away.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._focus_when_refused: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def show_reason(self, reason: str) -> None:
        """Say for a while why a value was refused; an empty reason hides it."""
        if not reason and not self.text():
            return
        self._focus_when_refused = QApplication.focusWidget()
        if reason:
            self._timer.start()
        else:
            self._timer.stop()
        self.setText(reason)
        self.setVisible(bool(reason))
        if reason:
            self._place()

    def note_focus(self, focused: QWidget | None) -> None:
        """Hide once the user moves to another control."""
        if focused is None or focused is self._focus_when_refused:
            return
        if not self._control.isAncestorOf(focused):
            self.show_reason("")

    def _place(self) -> None:
        """Below the control, or above it where there is no more room below."""
        control, host = self._control, self._host
        at = control.mapTo(host, QPoint(0, 0))
        width = min(max(control.width(), SIZES.least_panel), host.width() - at.x())
        height = self.heightForWidth(width)
        below = at.y() + control.height()
        is_below = below + height <= host.height()
        self.setGeometry(at.x(), below if is_below else at.y() - height, width, height)
        self.raise_()

    def _on_timer_timeout(self) -> None:
        self.show_reason("")
