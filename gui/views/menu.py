"""The menu: what has no place on the toolbar, and the presets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from experiments import Preset

SHORTCUTS: Final = (
    ("Space", "play or pause"),
    (".", "step to the next flash"),
    (",", "step by one period"),
    ("R", "reset: same seed, from the start"),
    ("N", "new seed: another random start"),
    ("Ctrl+Z, Ctrl+Y", "undo and redo a change of a parameter"),
    ("1, 2, 3, 4", "views: glow, phase, local order, lateness"),
    ("M", "presets and more"),
    ("F11", "the grid alone, on the full screen"),
    ("?", "show or hide these keys"),
)
"""Keys and what they do, for people."""


class Menu(QMenu):
    """Emits what is asked; the words name the keys that do the same."""

    undoRequested = Signal()
    redoRequested = Signal()
    periodStepRequested = Signal()
    copyRequested = Signal()
    gridAloneRequested = Signal()
    shortcutsRequested = Signal()
    presetRequested = Signal(str)
    """Name of the preset."""

    def __init__(self, presets: Sequence[Preset], parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._add_presets(presets)
        self.addSeparator()
        self._add("Step by one period", ",", self.periodStepRequested)
        self._add("Undo", "Ctrl+Z", self.undoRequested)
        self._add("Redo", "Ctrl+Y", self.redoRequested)
        self.addSeparator()
        self._add("Copy as a command line", "", self.copyRequested)
        self._add("Grid alone, full screen", "F11", self.gridAloneRequested)
        self._add("Keys", "?", self.shortcutsRequested)

    def _add_presets(self, presets: Sequence[Preset]) -> None:
        submenu = QMenu("Presets", self)
        submenu.setToolTipsVisible(True)
        for preset in presets:
            action = submenu.addAction(preset.name)
            action.setToolTip(preset.sentence)
            action.setData(preset.name)
        submenu.triggered.connect(self._on_submenu_triggered)
        self.addMenu(submenu)

    def _add(self, words: str, key: str, request: Signal) -> None:
        # The key is shown as part of the words: the window's own shortcut does the work.
        shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        action = self.addAction(f"{words}\t{shown}" if key else words)
        action.triggered.connect(request)

    def _on_submenu_triggered(self, action: object) -> None:
        self.presetRequested.emit(action.data())  # type: ignore[attr-defined]
