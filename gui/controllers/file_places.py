"""File places: the last folder of each kind of file, and a name for a new one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from experiments import Simulation
from gui.kept.places import place_of_user
from gui.kept.settings import can_be_remembered
from gui.models.file_kinds import file_kinds, new_stem
from gui.models.recording_settings import free_path


class FilePlaces:
    """Suggests a place for a file, and remembers where the last one of its kind was.

    Parameters
    ----------
    simulation
        What runs, for names.
    preset
        Gives the name or file of the preset it began with.

    Attributes
    ----------
    folders
        The last folder by kind.
    """

    def __init__(self, simulation: Simulation, preset: Callable[[], str]) -> None:
        self._simulation = simulation
        self._preset = preset
        self.folders: dict[str, Path] = {}

    def bring_back(self, folders: Mapping[str, str]) -> None:
        """Use what was remembered last time; kinds that only another version knows are ignored."""
        for kind in file_kinds():
            if kind in folders:
                self.folders[kind] = Path(folders[kind])

    def remembered(self) -> dict[str, str]:
        """What to remember for next time, except folders whose names aren't valid text."""
        named = {kind: str(folder) for kind, folder in self.folders.items()}
        return {kind: name for kind, name in named.items() if can_be_remembered(name)}

    def folder(self, kind: str) -> Path:
        """The folder of the last file of a kind, if it still exists; else the documents' folder."""
        if (last := self.chosen(kind)) is not None:
            return last
        for find in (platformdirs.user_documents_path, Path.home):
            with contextlib.suppress(OSError):  # there is no home
                if _is_there(folder := place_of_user(find)):
                    return folder
        return Path()

    def chosen(self, kind: str) -> Path | None:
        """The folder of the last file of a kind, if there was one and it still exists."""
        last = self.folders.get(kind)
        return last if last is not None and _is_there(last) else None

    def choose(self, kind: str, folder: Path) -> None:
        """A folder was chosen for files of a kind."""
        self.folders[kind] = folder.absolute()

    def suggest(self, kind: str, suffix: str, stem: str = "") -> Path:
        """A file that doesn't exist yet, named after the run as it is now, if it has no name."""
        simulation = self._simulation
        stem = stem or new_stem(kind, self._preset(), simulation.initial.seed, simulation.instant.t)
        return free_path(self.folder(kind), stem, suffix)

    def note(self, kind: str, file: str) -> None:
        """A file was chosen."""
        self.folders[kind] = Path(file).absolute().parent


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):  # a zero byte in a name that was remembered
        return False
