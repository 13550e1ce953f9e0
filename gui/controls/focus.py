"""The focus: the control that has it gets a key first, and is brought into sight."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget

from gui.picture.theme import SIZES

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def keep_for_focused(event: QEvent) -> bool:
    """Keep a key that presses the focused button from the window's shortcuts; whether it is so.

    A window calls this with every event that no child of it has accepted.
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


def bring_to_sight(focused: QWidget) -> None:
    """Scroll a control into view that was reached by keyboard.

    Qt does so for a step from one control to another of the same scroll area alone. What the
    pointer presses is seen already, and stays below the pointer.
    """
    if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
        _bring(focused)


def lead_to(control: QWidget) -> None:
    """Give the focus to a control, and scroll it into view, whatever asked for that."""
    control.setFocus(Qt.FocusReason.ShortcutFocusReason)
    _bring(control)


def _bring(focused: QWidget) -> None:
    part = focused
    while not part.isWindow() and (parent := part.parentWidget()) is not None:
        if isinstance(parent, QScrollArea):
            _scroll_to(focused, parent)
        part = parent


def _scroll_to(focused: QWidget, area: QScrollArea) -> None:
    """All of it, or its upper left corner: Qt's own goes by where text would be entered."""
    content = area.widget()
    if content is None or not content.isAncestorOf(focused):
        return
    rect = focused.rect().translated(focused.mapTo(content, QPoint()))
    across, down = rect.width() // 2 + SIZES.rhythm, rect.height() // 2 + 4 * SIZES.rhythm
    area.ensureVisible(rect.center().x(), rect.center().y(), across, down)
