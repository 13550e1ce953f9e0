"""The folder where recordings go that have no name of their own: chosen, or this user's videos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui.controllers.file_places import FilePlaces
from gui.controllers.recording import videos_folder
from gui.models.file_kinds import RECORDING


class RecordingFolder:
    """Knows the folder, and says which it is.

    Parameters
    ----------
    places
        Remember the one chosen.
    show
        Shows its path.
    """

    def __init__(self, places: FilePlaces, show: Callable[[str], object]) -> None:
        self._places = places
        self._show = show

    def present(self) -> Path:
        """The one chosen, if it still exists, or that of this user's videos.

        Raises
        ------
        OSError
            There is no home.
        """
        return self._places.chosen(RECORDING) or videos_folder()

    def nearest(self) -> Path:
        """The same as far as it exists by now."""
        try:
            folder = self.present()
        except OSError:
            return Path()
        return next((each for each in (folder, *folder.parents) if each.is_dir()), Path())

    def choose(self, folder: str) -> None:
        """Let recordings go there from the next one on."""
        self._places.choose(RECORDING, Path(folder))
        self.show()

    def show(self) -> None:
        """Show which it is."""
        try:
            self._show(str(self.present()))
        except OSError:
            self._show("none chosen")
