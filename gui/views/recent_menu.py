"""The menu of the runs that were saved or opened lately, with their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QWidget

from gui.models.recent_run import RecentRun


class RecentMenu(QMenu):
    """An entry for each run; emits which is wanted, and that all are to be forgotten."""

    runRequested = Signal(str)
    """The file of a run."""

    clearRequested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Recent runs", parent)
        self.setObjectName("recent")
        self.setToolTipsVisible(True)
        self.triggered.connect(self._on_triggered)
        self.show_runs(())

    def show_runs(self, runs: Sequence[tuple[RecentRun, Path]]) -> None:
        """List runs, each with the file of its picture, which need not be there."""
        self.clear()
        for run, picture in runs:
            action = self.addAction(run.words.replace("&", "&&"))
            if picture.is_file():
                action.setIcon(QIcon(str(picture)))
            action.setToolTip(run.file)
            action.setData(run.file)
        if not runs:
            self.addAction("None yet: S saves a run").setEnabled(False)
            return
        self.addSeparator()
        self.addAction("Clear the list")

    def _on_triggered(self, action: QAction) -> None:
        if action.data() is None:
            self.clearRequested.emit()
        else:
            self.runRequested.emit(action.data())
