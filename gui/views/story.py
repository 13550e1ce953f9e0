"""The story: some lines over the grid that tell a newcomer what there is to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gui.picture.theme import SIZES

_ACTIONS: Final = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.TouchBegin,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
    QEvent.Type.ShortcutOverride,  # of a shortcut it is all that an event filter sees
    QEvent.Type.DragEnter,
)
_MODIFIERS: Final = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)
_HEIGHT_SHARE: Final = 0.3
"""Of the room above the middle of the lines."""


class Story(QLabel):
    """Shows lines until anything is done anywhere in the program; nothing goes to them."""

    ended = Signal()
    """Something was done."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("gridStory")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show lines below each other; none hide it."""
        app = QApplication.instance()
        assert app is not None
        self.setText("\n".join(lines))
        self.setVisible(bool(lines))
        if lines:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def place_in(self, room: QRect) -> None:
        """Stand in the middle of the upper part of a room, wrapped where that is narrow."""
        most = room.width() - 4 * SIZES.rhythm
        self.setWordWrap(False)
        self.adjustSize()
        if self.width() > most:
            self.setWordWrap(True)
            self.resize(most, self.heightForWidth(most))
        left = room.center().x() - self.width() // 2
        top = room.top() + round(_HEIGHT_SHARE * room.height()) - self.height() // 2
        self.move(QPoint(left, max(top, room.top() + 2 * SIZES.rhythm)))
        self.raise_()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notice that something is done; a key that only changes others does nothing yet."""
        is_modifier = isinstance(event, QKeyEvent) and event.key() in _MODIFIERS
        if event.type() in _ACTIONS and not is_modifier:
            self.ended.emit()
        return False
