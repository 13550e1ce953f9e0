"""The toast: a sentence that shows for as long as it takes to read it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

_READING_MS: Final = 3_000
_READING_MS_PER_CHARACTER: Final = 60


class Toast(QLabel):
    """Says what was done, or why it wasn't, over the picture."""

    gone = Signal()
    """It has been read, or isn't true any more."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("gridToast")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self)
        self._timer.setObjectName("toast")
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go)
        self.hide()

    def show_words(self, words: str) -> None:
        """Show a sentence; none hides the one before."""
        self.setText(words)
        self.setVisible(bool(words))
        self._timer.start(_READING_MS + _READING_MS_PER_CHARACTER * len(words))

    def show_text(self, pixels: int) -> None:
        """Write so high, or as the theme has it if 0."""
        self.setStyleSheet(f"font-size: {pixels}px;" if pixels else "")

    def take_back(self, words: str) -> None:
        """Hide a sentence that isn't true any more, if it still shows."""
        if self.text() == words:
            self._timer.stop()
            self._go()

    def _go(self) -> None:
        self.hide()
        self.gone.emit()
