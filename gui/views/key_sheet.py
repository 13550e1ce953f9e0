"""The sheet that says what the keys do."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from gui.views.menu import SHORTCUTS


class KeySheet(QScrollArea):
    """Two columns, as large as they are, or scrolled where the window is smaller."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keySheet")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("What the keys do")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrows and page keys scroll it
        self._table = QLabel(_table(SHORTCUTS), self)
        self._table.setObjectName("gridKeys")
        self._table.setTextFormat(Qt.TextFormat.RichText)
        self.setWidget(self._table)
        self.hide()

    def size_in(self, room: QSize) -> QSize:
        """What it takes of a room: all its words if they fit, with scroll bars if not."""
        wanted, bar = self._table.sizeHint(), self.verticalScrollBar().sizeHint().width()
        is_lower, is_narrower = wanted.height() > room.height(), wanted.width() > room.width()
        return (wanted + QSize(bar * is_lower, bar * is_narrower)).boundedTo(room)


def _table(rows: Sequence[tuple[str, str]]) -> str:
    """Two columns as rich text; a key is never broken into two lines."""
    cells = (
        f"<tr><td style='padding: 2px 24px 2px 0; white-space: nowrap'>{html.escape(left)}</td>"
        f"<td style='padding: 2px 0; white-space: nowrap'>{html.escape(right)}</td></tr>"
        for left, right in rows
    )
    return f"<table>{''.join(cells)}</table>"
