"""The sheet that says what the keys do."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget


class KeySheet(QScrollArea):
    """Two columns, as large as they are; where the window is smaller, broken and scrolled.

    Parameters
    ----------
    rows
        Keys, and what they do.
    parent
        What it lies over.
    """

    def __init__(self, rows: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setObjectName("keySheet")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What the keys do")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrows and page keys scroll it
        self._table = QLabel(self)
        self._table.setObjectName("gridKeys")
        self._table.setTextFormat(Qt.TextFormat.RichText)
        self._break_lines(False)
        self._table.hide()
        self.hide()

    def size_in(self, room: QSize) -> QSize:
        """What it takes of a room: all its words if they fit, with a scroll bar if not.

        Where it is too wide, it is broken into lines.
        """
        if self.widget() is None:  # only now: to lay out so many lines takes its time
            self.setWidget(self._table)
            self._table.show()
        bar, frame = self.verticalScrollBar().sizeHint().width(), 2 * self.frameWidth()
        room = room - QSize(frame, frame)
        self._break_lines(False)
        wanted = self._table.sizeHint()
        if wanted.width() + bar > room.width():
            self._break_lines(True)
            width = room.width() - bar
            wanted = QSize(width, self._table.heightForWidth(width))
        is_lower = wanted.height() > room.height()
        return (wanted + QSize(bar * is_lower, 0)).boundedTo(room) + QSize(frame, frame)

    def _break_lines(self, is_narrow: bool) -> None:
        if not self._table.text() or is_narrow is not self._table.wordWrap():
            self._table.setWordWrap(is_narrow)
            self._table.setText(_table(self._rows, "normal" if is_narrow else "nowrap"))


def _table(rows: Sequence[tuple[str, str]], wrapping: str) -> str:
    """Two columns as rich text, with the CSS value for white space in the first."""
    cells = (
        f"<tr><td style='padding: 2px 24px 2px 0; white-space: {wrapping}'>{html.escape(left)}</td>"
        f"<td style='padding: 2px 0'>{html.escape(right)}</td></tr>"
        for left, right in rows
    )
    return f"<table>{''.join(cells)}</table>"
