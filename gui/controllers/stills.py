"""Stills: pictures of the present moment, as PNG files that say what they show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import platformdirs
from numpy.typing import NDArray

from experiments import make_folder
from gui.controllers.recording import Captions, stem_of_now
from gui.controllers.screen import Screen
from gui.controllers.session_keeper import SessionKeeper
from gui.kept.places import place_of_user
from gui.models.notice import Notice, folder_answer
from gui.models.recording import RecordingChoice
from gui.models.recording_settings import Layout, Subject, free_path
from gui.picture.caption import metadata_of, present_caption
from gui.picture.composer import Composer
from gui.picture.painting import Painting
from gui.recording.embedded import SESSION_KEY


class SavePng(Protocol):
    """Writes a PNG file."""

    def __call__(self, path: Path, picture: NDArray[np.uint8], texts: Mapping[str, str]) -> None:
        """Write RGBA pixels and texts, whole or not at all."""


def pictures_folder() -> Path:
    """Where the pictures of this user are; an OSError if there is no home."""
    return place_of_user(platformdirs.user_pictures_path) / "Fireflies"


class Stills:
    """Saves pictures of what the window shows, with one key.

    Parameters
    ----------
    keeper, painting
        What runs, with its session, and what makes its pictures.
    screen
        Shows how that went.
    picture_window, captions_for, open_folder
        As for :class:`~gui.controllers.recording.Recording`.
    save_png
        Writes the file.
    folder
        Gives the folder where pictures go.
    """

    def __init__(
        self,
        keeper: SessionKeeper,
        painting: Painting,
        screen: Screen,
        picture_window: Callable[[int, int], NDArray[np.uint8]],
        captions_for: Callable[[int, int], Captions],
        open_folder: Callable[[Path], object],
        save_png: SavePng,
        folder: Callable[[], Path] = pictures_folder,
    ) -> None:
        self._simulation = keeper.simulation
        self._painting = painting
        self._screen = screen
        self._picture_window = picture_window
        self._captions_for = captions_for
        self._open_folder = open_folder
        self._save_png = save_png
        self._folder = folder
        self._keeper = keeper

    def save(self, choice: RecordingChoice) -> Path | None:
        """Save what shows now, in the size chosen for recordings; returns the file, or None."""
        picture = self._picture(choice)
        if picture is None:
            return None
        try:
            folder = self._folder()
            make_folder(folder)
            path = free_path(folder, stem_of_now(), ".png")
            self._save_png(path, picture, self._texts())
        except OSError as error:
            whose = f"{error.filename} can't be written: " if error.filename else ""
            words = f"No picture saved: {whose}{error.strerror or error}"
            self._screen.show_notice(Notice(words, about="picture"))
            return None
        answers = (folder_answer(folder, self._open_folder),)
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
