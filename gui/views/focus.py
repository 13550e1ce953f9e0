"""Who has a key first: the control with the focus, then the window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def keep_for_focused(event: QEvent) -> bool:
    """Keep a key that presses the focused button from the window's shortcuts; whether it is so.

    To be asked by a window of every event that nobody below has taken.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    is_kept = focused_button() is not None and event.key() == Qt.Key.Key_Space
    if is_kept:
        event.accept()
    return is_kept


def press_focused(event: QKeyEvent) -> bool:
    """Let Return press the focused button, as the space bar does; whether there is one."""
    button = focused_button()
    if button is None or event.key() not in _ENTER:
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


def focused_button() -> QAbstractButton | None:
    """The button that has the focus, if one has."""
    focused = QApplication.focusWidget()
    return focused if isinstance(focused, QAbstractButton) else None
