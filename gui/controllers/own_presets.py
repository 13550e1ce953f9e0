"""The user's own presets: saved with a picture, and shown in the gallery until they are removed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments import GALLERY, PresetError, load_preset, make_folder, one_line, slug
from gui.controllers.wishes import WishController
from gui.kept.settings import can_be_remembered
from gui.models.gallery_entry import GalleryEntry
from gui.picture.painting import Painting
from gui.picture.preset_pictures import own_picture, preset_picture, shipped_picture

MOST_OWN: Final = 50
"""Files that are remembered, the latest."""


class GalleryPort(Protocol):
    """What shows entries to choose from, and asks for the choice."""

    def show_gallery(self, entries: tuple[GalleryEntry, ...], chooser: OwnPresets) -> None: ...


class OwnPresets:
    """Saves presets, and opens the gallery, in which they stand beside those of the product.

    Parameters
    ----------
    controller
        Saves and begins presets.
    painting
        Has the present picture.
    window
        Shows the gallery.
    save_picture
        Writes RGBA pixels, shape ``(h, w, 4)``, and texts by name to a file.

    Attributes
    ----------
    files
        Those in the gallery, the latest first.
    pictures
        The folder of their pictures; None if there is no place for any.
    """

    def __init__(
        self,
        controller: WishController,
        painting: Painting,
        window: GalleryPort,
        save_picture: Callable[[Path, NDArray[np.uint8], Mapping[str, str]], object],
    ) -> None:
        self._save_picture = save_picture
        self._controller = controller
        self._painting = painting
        self._window = window
        self.files: tuple[str, ...] = ()
        self.pictures: Path | None = None

    def bring_back(self, files: Iterable[str]) -> None:
        """Show those that were remembered."""
        self.files = tuple(dict.fromkeys(files))[:MOST_OWN]

    def save(self, file: str) -> None:
        """Write what one sees to a preset file, and show it in the gallery from now on."""
        if not self._controller.save_preset(file):
            return
        whole = str(Path(file).absolute())
        if can_be_remembered(whole):
            self.bring_back((whole, *self.files))
        picture = self._painting.latest
        if self.pictures is not None and picture is not None:
            with contextlib.suppress(OSError):  # then it has none
                make_folder(self.pictures)
                drawn = preset_picture(picture)
                self._save_picture(
                    own_picture(self.pictures, whole), drawn, {"title": Path(file).stem}
                )

    def remove(self, file: str) -> None:
        """Show a preset in the gallery no more; its file stays."""
        self.files = tuple(each for each in self.files if each != file)
        if self.pictures is not None:
            with contextlib.suppress(OSError):
                own_picture(self.pictures, file).unlink(missing_ok=True)

    def choose(self, entry: GalleryEntry) -> None:
        """Begin anew with a preset."""
        begin = self._controller.open_preset if entry.is_own else self._controller.begin_preset
        begin(entry.source)

    def open(self) -> None:
        """Open the gallery, beside the run, which goes on."""
        self._window.show_gallery(self.entries(), self)

    def entries(self) -> tuple[GalleryEntry, ...]:
        """All there are to choose from: the user's own come last."""
        shipped = (
            GalleryEntry(
                each.name,
                each.sentence,
                each.name,
                shipped_picture(each.name),
                is_current=slug(each.name) == slug(self._controller.preset),
            )
            for each in GALLERY
        )
        return (*shipped, *map(self._own_entry, self.files))

    def _own_entry(self, file: str) -> GalleryEntry:
        folder = self.pictures or Path()
        present = self._controller.preset
        entry = partial(
            GalleryEntry,
            source=file,
            picture=own_picture(folder, file),
            is_own=True,
            is_current=bool(present) and str(Path(present).absolute()) == file,
        )
        try:
            preset = load_preset(Path(file))
        except PresetError as error:
            return entry(Path(file).stem, f"It can't be opened any more: {error}.")
        name = one_line(preset.name) or Path(file).stem
        return entry(name, one_line(preset.description) or f"Saved as {one_line(file)}.")
