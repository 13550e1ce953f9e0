"""The menu of what can be exported from a run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.models.exports import window_exports


class ExportMenu(QMenu):
    """One entry for each kind of export."""

    exportRequested = Signal(object)
    """The :class:`~experiments.ExportKind` wanted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Export", parent)
        self.setToolTipsVisible(True)
        self._kinds = window_exports()
        for name, kind in self._kinds.items():
            action = self.addAction(f"{kind.title}\N{HORIZONTAL ELLIPSIS}")
            action.setToolTip(kind.sentence)
            action.setData(name)
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self, action: QAction) -> None:
        self.exportRequested.emit(self._kinds[action.data()])
