"""A picture of the moment, as a PNG file that says what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import platformdirs
from numpy.typing import NDArray

from experiments import Simulation, in_place_of
from gui.controllers.painting import Painting
from gui.controllers.recording import OPEN_FOLDER, Captions, metadata_of, new_stem, present_caption
from gui.controllers.screen import Screen
from gui.controllers.session_keeper import SessionKeeper
from gui.models.notice import Notice
from gui.models.recording import RecordingChoice
from gui.recording.composer import Composer
from gui.recording.embedded import SESSION_KEY
from gui.recording.settings import Layout, Subject, free_path


class SavePng(Protocol):
    """Writes a PNG file."""

    def __call__(self, path: Path, picture: NDArray[np.uint8], texts: Mapping[str, str]) -> bool:
        """Whether RGBA pixels and texts could be written."""


def pictures_folder() -> Path:
    """Where the pictures of this user are."""
    return platformdirs.user_pictures_path() / "Fireflies"


class Stills:
    """Saves pictures of what shows, with one key.

    Parameters
    ----------
    simulation, painting
        What runs, and who makes its pictures.
    screen
        Where it shows how that went.
    picture_window, captions_for
        As for :class:`~gui.controllers.recording.Recording`.
    save_png
        Writes the file.
    folder
        Gives the folder where pictures go.
    """

    def __init__(
        self,
        simulation: Simulation,
        painting: Painting,
        screen: Screen,
        picture_window: Callable[[int, int], NDArray[np.uint8]],
        captions_for: Callable[[int, int], Captions],
        save_png: SavePng,
        folder: Callable[[], Path] = pictures_folder,
    ) -> None:
        self._simulation = simulation
        self._painting = painting
        self._screen = screen
        self._picture_window = picture_window
        self._captions_for = captions_for
        self._save_png = save_png
        self._folder = folder
        self._keeper = SessionKeeper(simulation)

    def save(self, choice: RecordingChoice) -> Path | None:
        """Save what shows now, of the size chosen for recordings; the file, if there is one."""
        picture = self._picture(choice)
        if picture is None:
            return None
        try:
            folder = self._folder()
            folder.mkdir(parents=True, exist_ok=True)
            path = free_path(folder, new_stem(), ".png")
            with in_place_of(path) as temporary:
                if not self._save_png(temporary, picture, self._texts()):
                    raise OSError(0, "it can't be written", str(path))
        except OSError as error:
            self._screen.show_notice(Notice(f"No picture saved: {error.strerror}", about="picture"))
            return None
        answers = (("Open folder", f"{OPEN_FOLDER}{folder}"),)
        self._screen.show_notice(Notice(f"Picture saved: {path}", answers, "picture"))
        return path

    def _picture(self, choice: RecordingChoice) -> NDArray[np.uint8] | None:
        settings = choice.settings()
        if settings.subject is Subject.WINDOW:
            return self._picture_window(settings.width, settings.height)
        grid, place = self._painting.latest, Layout.of(settings).caption
        if grid is None:
            return None
        caption = None
        if place is not None:
            drawn = self._captions_for(place.width, place.height)
            caption = drawn.draw(present_caption(self._simulation))
        return Composer(settings).compose(grid, caption)

    def _texts(self) -> dict[str, str]:
        texts = metadata_of(self._simulation.parameters)
        if self._simulation.is_complete:
            texts[SESSION_KEY] = self._keeper.snapshot().contents().decode()
        return texts
