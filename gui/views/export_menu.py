"""What can be taken away from a run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.models.exports import EXPORTS, ExportName


class ExportMenu(QMenu):
    """One entry for each kind of export."""

    exportRequested = Signal(object)
    """The :class:`~gui.models.exports.ExportName` wanted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Export", parent)
        self.setToolTipsVisible(True)
        for name, words in EXPORTS.items():
            action = self.addAction(f"{words.title}\N{HORIZONTAL ELLIPSIS}")
            action.setToolTip(words.sentence)
            action.setData(name.value)
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self, action: QAction) -> None:
        self.exportRequested.emit(ExportName(action.data()))
