"""The dialogs that ask for a file, beside the run, which goes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHeaderView, QToolButton, QTreeView, QWidget

from experiments import SESSION_SUFFIX
from gui.models.exports import WindowExport
from gui.models.file_kinds import OPEN, PRESET, RUN, SWEEP_RESULT
from gui.picture.icons import icon
from gui.picture.theme import Palette

_FILES: Final = f"Presets, runs and recordings (*.toml *{SESSION_SUFFIX} *.mp4 *.webm *.gif *.png)"

_SIZE: Final = (800, 480)
_ICONS: Final = {
    "backButton": "arrow-left",
    "forwardButton": "arrow-right",
    "toParentButton": "arrow-up",
    "newFolderButton": "folder-plus",
    "listModeButton": "squares-four",
    "detailModeButton": "list",
}
"""The buttons of Qt's dialog, and what they look like."""


class FilePlacesPort(Protocol):
    """Knows where files are, and suggests names for new ones."""

    def folder(self, kind: str) -> Path: ...
    def suggest(self, kind: str, suffix: str, stem: str = "") -> Path: ...


class FileDialogs(QObject):
    """Opens one dialog after the other over a window.

    Parameters
    ----------
    palette
        Colours of the icons.
    parent
        The window.

    Attributes
    ----------
    places
        Where the dialogs begin; if None, where Qt's do.
    """

    fileChosen = Signal(str, str)
    """The kind of file, see :mod:`~gui.models.file_kinds`, and the path."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._palette = palette
        self.places: FilePlacesPort | None = None

    def show_palette(self, palette: Palette) -> None:
        """Take on the colours of a theme: those of the next dialog."""
        self._palette = palette

    def ask_for_file(self, then: Callable[[str], object]) -> None:
        """Ask for a file to open."""
        dialog = self._dialog("Open a preset or a run", _FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if self.places is not None:
            dialog.setDirectory(str(self.places.folder(OPEN)))
        self._open(dialog, OPEN, then)

    def ask_where_to_save(self, then: Callable[[str], object]) -> None:
        """Ask for a file to save the settings to."""
        self._ask(PRESET, "Save the settings as a preset", "Presets", (".toml",), then)

    def ask_where_to_save_run(self, then: Callable[[str], object]) -> None:
        """Ask for a file to save the run to."""
        self._ask(RUN, "Save the run until now", "Runs", (SESSION_SUFFIX,), then)

    def ask_where_to_save_sweep(self, stem: str, then: Callable[[str], object]) -> None:
        """Ask for a file to save the table or the picture of a sweep to, with a name for it."""
        suffixes = (".csv", ".parquet", ".svg")
        title = "Save the table of the sweep, or its picture"
        self._ask(SWEEP_RESULT, title, "Tables and pictures", suffixes, then, stem)

    def ask_for_folder(self, title: str, begin: Path, then: Callable[[str], object]) -> None:
        """Ask for a folder, from another one on."""
        dialog = self._dialog(title, "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setDirectory(str(begin))
        dialog.fileSelected.connect(then)
        dialog.open()

    def ask_where_to_export(self, kind: WindowExport, then: Callable[[str], object]) -> None:
        """Ask for a file to export something to."""
        self._ask(kind.name, f"Export: {kind.title}", kind.title, kind.formats, then)

    def _ask(
        self,
        kind: str,
        title: str,
        holds: str,
        suffixes: tuple[str, ...],
        then: Callable[[str], object],
        stem: str = "",
    ) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in suffixes)
        dialog = self._dialog(title, f"{holds} ({patterns})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffixes[0].removeprefix("."))
        if self.places is not None:
            suggested = self.places.suggest(kind, suffixes[0], stem)
            dialog.setDirectory(str(suggested.parent))
            dialog.selectFile(suggested.name)
        self._open(dialog, kind, then)

    def _dialog(self, title: str, patterns: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, "", patterns)
        # The system's own dialogs may run a loop of their own, in which no firefly would move.
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.resize(*_SIZE)
        for name, icon_name in _ICONS.items():  # Qt's own are black
            button = dialog.findChild(QToolButton, name)
            if button is not None:
                button.setIcon(icon(icon_name, self._palette))
        table = dialog.findChild(QTreeView)
        if table is not None:  # else dates are cut off, beside empty room
            table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return dialog

    def _open(self, dialog: QFileDialog, kind: str, then: Callable[[str], object]) -> None:
        dialog.fileSelected.connect(partial(self.fileChosen.emit, kind))
        dialog.fileSelected.connect(then)
        dialog.open()
