"""The recording menu: what recordings contain, their size, their rate and their kind of file."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gui.models.command import MenuPlace
from gui.models.recording import KIND_WORDS, RATES, SIZE_WORDS, RecordingChoice
from gui.models.recording_settings import Subject, largest_rate
from gui.views.actions import Actions

_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"
_LONGEST_FOLDER: Final = 36
_SUBJECT_WORDS: Final = {Subject.GRID: "The grid alone", Subject.WINDOW: "The whole window"}
_RATE_WORDS: Final = {fps: f"{fps} frames a second" for fps in RATES}
_GROUPS: Final[dict[str, dict[Any, str]]] = {
    "subject": _SUBJECT_WORDS,
    "size": SIZE_WORDS,
    "fps": _RATE_WORDS,
    "suffix": KIND_WORDS,
}


class RecordingMenu(QMenu):
    """A tick in each group; emits the choice as a whole."""

    choiceRequested = Signal(object)
    """The :class:`~gui.models.recording.RecordingChoice` wanted."""

    folderRequested = Signal()
    """Another folder for recordings is wanted."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__("Recordings", parent)
        self._choice = RecordingChoice()
        self._ticks: dict[tuple[str, Any], QAction] = {}
        for field, words in _GROUPS.items():
            group = QActionGroup(self)
            for value, text in words.items():
                action = self.addAction(text)
                action.setCheckable(True)
                action.setData((field, value))
                group.addAction(action)
                self._ticks[field, value] = action
            self.addSeparator()
        self._caption = self.addAction("With time, R and parameters beside the grid")
        self._caption.setCheckable(True)
        self._caption.setData(("has_caption", None))
        self.addSeparator()
        self.addActions(actions.at(MenuPlace.RECORDING))
        self._folder = self.addAction("Folder")
        self._folder.triggered.connect(self.folderRequested)
        self.setToolTipsVisible(True)
        self.triggered.connect(self._on_triggered)
        self.show_choice(self._choice)

    def show_choice(self, choice: RecordingChoice) -> None:
        """Tick what is chosen."""
        self._choice = choice
        allowed = largest_rate(choice.suffix)
        in_force = {"fps": min(choice.fps, allowed)}
        for (field, value), action in self._ticks.items():
            action.setChecked(in_force.get(field, getattr(choice, field)) == value)
        for fps, words in _RATE_WORDS.items():
            action = self._ticks["fps", fps]
            action.setEnabled(fps <= allowed)
            action.setText(
                words if fps <= allowed else f"{words}: not as {choice.suffix[1:].upper()}"
            )
        self._caption.setChecked(choice.has_caption)

    def show_folder(self, folder: str) -> None:
        """Show where recordings go: the end of the path, and all of it where one points."""
        is_long = len(folder) > _LONGEST_FOLDER
        name = f"{_MORE}{folder[-_LONGEST_FOLDER:]}" if is_long else folder
        self._folder.setText(f"Folder: {name.replace('&', '&&')}")
        self._folder.setToolTip(folder)

    def _on_triggered(self, action: QAction) -> None:
        if action.data() is None:  # it says no choice, but does something
            return
        field, value = action.data()
        if field == "has_caption":
            value = action.isChecked()
        self.choiceRequested.emit(dataclasses.replace(self._choice, **{field: value}))
