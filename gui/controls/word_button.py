"""A button with the word of a choice, which is cut off where there is no room for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from gui.picture.theme import SIZES

_LEAST: Final = "Abcdef\N{HORIZONTAL ELLIPSIS}"
"""What there is room for at least."""


class WordButton(QPushButton):
    """Shows what is in force, with an arrow behind it: a menu opens.

    It never makes what it is in wider than it has to be for the beginning of the word.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("preset")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow is on the right
        self.setIconSize(QSize(SIZES.small_icon, SIZES.small_icon))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def painted_word(self) -> str:
        """As much of the word as there is room for."""
        metrics, beyond = self.fontMetrics(), self.sizeHint().width() - self.width()
        if beyond <= 0:
            return self.text()
        room = metrics.horizontalAdvance(self.text()) - beyond
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def minimumSizeHint(self) -> QSize:
        """Room for the beginning of the word."""
        size, advance = self.sizeHint(), self.fontMetrics().horizontalAdvance
        beyond = max(0, advance(self.text()) - advance(_LEAST))
        return QSize(size.width() - beyond, size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As any button, but for what of the word has no room."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.painted_word
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()
