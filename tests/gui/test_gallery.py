"""The gallery: presets with their pictures, to be chosen by hand, by key and by ear."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from experiments import GALLERY, Preset, slug
from gui.app import settings_of
from gui.kept.settings import load_settings, save_settings
from gui.laboratory import Laboratory
from gui.models.gallery_entry import GalleryEntry
from gui.picture.preset_pictures import FOLDER, own_picture, shipped_picture
from gui.recording.preset_picture import draw_preset
from gui.views.gallery import Gallery
from tests.gui.application import focused
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen

_QUICK = (
    *("first-light", "small-swarm", "charge", "one-after-another", "ring"),
    *("late-and-inhibiting", "two-groups", "small-world", "avalanches", "two-islands"),
)
"""What is soon there: both views, silent fireflies, and pixels that several fireflies share."""


def pixels_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """RGB of a picture in a file, shape ``(h, w, 3)``."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBA8888)
    assert not image.isNull(), path
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows.reshape(image.height(), image.width(), 4)[..., :3].copy()


def opened(lab: Laboratory) -> Gallery:
    """The gallery, by its key."""
    QTest.keyClick(lab.window, Qt.Key.Key_G)
    gallery = lab.window.findChild(Gallery)
    assert isinstance(gallery, Gallery)
    return gallery


def entry_at(gallery: Gallery, row: int) -> GalleryEntry:
    """What stands in a row."""
    entry: GalleryEntry = gallery.list.item(row).data(Qt.ItemDataRole.UserRole)
    return entry


@pytest.mark.parametrize(
    "preset",
    [
        pytest.param(
            each, id=slug(each.name), marks=pytest.mark.drill(alone=slug(each.name) not in _QUICK)
        )
        for each in GALLERY
    ],
)
def test_the_picture_of_a_preset_is_one_of_its_run(preset: Preset) -> None:
    """Drawn anew it is the same; ``scripts/preset_pictures.py`` draws it where it isn't."""
    assert (
        pixels_of(shipped_picture(preset.name)) == asyncio.run(draw_preset(preset))[..., :3]
    ).all()


def test_every_preset_has_a_small_picture_and_no_picture_is_left_over() -> None:
    """Of some kilobytes each, which is all that the program grows by."""
    assert {path.stem for path in FOLDER.iterdir()} == {slug(each.name) for each in GALLERY}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 25_000 * len(GALLERY)


def test_a_preset_is_chosen_by_arrow_keys_and_return(in_window: InWindow) -> None:
    """The gallery closes, and the run begins with it; the button tells its name."""

    async def body(lab: Laboratory) -> None:
        gallery = opened(lab)
        await until(lambda: gallery.list.hasFocus())
        row = next(k for k, each in enumerate(GALLERY) if each.name == "Small swarm")
        while gallery.list.currentRow() != row:
            before = gallery.list.currentRow()
            QTest.keyClick(focused(), Qt.Key.Key_Right)
            if gallery.list.currentRow() == before:
                QTest.keyClick(focused(), Qt.Key.Key_Down)
            assert gallery.list.currentRow() > before
        QTest.keyClick(focused(), Qt.Key.Key_Return)
        await until(lambda: lab.simulation.parameters.period == 5.0)
        assert lab.window.panel.preset_bar.button.text() == "Small swarm"
        await until(lambda: lab.window.findChild(Gallery) is None)

    in_window(body, SMALL)


def test_screen_readers_are_told_name_and_sentence(in_window: InWindow) -> None:
    """Of each, in the order in which they stand."""

    async def body(lab: Laboratory) -> None:
        gallery = opened(lab)
        role = Qt.ItemDataRole.AccessibleTextRole
        told = [gallery.list.item(k).data(role) for k in range(gallery.list.count())]
        assert told == [f"{each.name}: {each.sentence}" for each in GALLERY]
        assert gallery.list.accessibleName() == "Presets"
        gallery.close()

    in_window(body, SMALL)


def test_ones_own_stands_in_it_until_it_is_removed(in_window: InWindow, tmp_path: Path) -> None:
    """With a picture of the moment when it was saved; its file stays."""
    path = tmp_path / "mine.toml"

    async def body(lab: Laboratory) -> None:
        own = lab.own_presets
        own.pictures = tmp_path / "pictures"
        await until(lambda: lab.pump.painting.latest is not None)
        own.save(str(path))
        gallery = opened(lab)
        row = gallery.list.count() - 1
        entry = entry_at(gallery, row)
        assert (entry.name, entry.source, entry.is_own) == ("mine", str(path), True)
        assert entry.picture == own_picture(own.pictures, str(path))
        assert pixels_of(entry.picture).shape == (168, 168, 3)
        assert not gallery.remove_button.isEnabled()  # the first one is the product's
        gallery.list.setCurrentRow(row)
        assert gallery.remove_button.isEnabled()
        QTest.keyClick(gallery.list, Qt.Key.Key_Delete)
        assert gallery.list.count() == len(GALLERY)
        assert (own.files, path.exists(), entry.picture.exists()) == ((), True, False)
        gallery.close()

    in_window(body, SMALL)


def test_ones_own_is_remembered_and_chosen(in_window: InWindow, tmp_path: Path) -> None:
    """The latest first; one whose file is gone says so, and nothing begins."""
    paths = [tmp_path / "one.toml", tmp_path / "two.toml"]
    settings = tmp_path / "settings.json"

    async def body(lab: Laboratory) -> None:
        for path in (*paths, paths[0]):
            lab.own_presets.save(str(path))
        save_settings(settings, settings_of(lab))
        assert load_settings(settings).presets == tuple(map(str, paths))
        lab.own_presets.bring_back(load_settings(settings).presets)
        paths[1].unlink()
        first, second = lab.own_presets.entries()[-2:]
        assert (first.name, second.name) == ("one", "two")
        assert "can't be opened any more" in second.sentence
        lab.controller.type_value("nudge", "0.01")
        await until(lambda: lab.simulation.parameters.nudge == 0.01)
        lab.own_presets.choose(first)
        await until(lambda: lab.simulation.parameters.nudge == SMALL.nudge)
        lab.own_presets.choose(second)
        assert lab.window.toast.text().startswith("Not opened")

    in_window(body, SMALL)


def test_what_is_not_saved_does_not_stand_in_it(in_window: InWindow, tmp_path: Path) -> None:
    """As where there is no such folder."""

    async def body(lab: Laboratory) -> None:
        lab.own_presets.save(str(tmp_path / "nowhere" / "mine.toml"))
        assert lab.own_presets.files == ()

    in_window(body, SMALL)


@pytest.mark.parametrize("size", [(600, 400), (1280, 800)])
def test_it_fits_into_the_window(in_window: InWindow, size: tuple[int, int]) -> None:
    """Its buttons whole, however small that is; the list scrolls."""

    async def body(lab: Laboratory) -> None:
        lab.window.resize(*size)
        await until(lambda: (lab.window.width(), lab.window.height()) == size)
        gallery = opened(lab)
        await until(gallery.isVisible)
        assert gallery.width() <= size[0]
        assert gallery.height() <= size[1]
        for button in gallery.findChildren(QPushButton):
            assert gallery.rect().contains(button.geometry()), button.text()
            assert button.width() >= button.sizeHint().width(), button.text()
        gallery.close()

    in_window(body, SMALL)


def test_it_opens_on_the_preset_that_the_run_began_with(
    in_window: InWindow, tmp_path: Path
) -> None:
    """In sight, whichever it is, one's own among them; on the first where there is none."""

    async def body(lab: Laboratory) -> None:
        async def row_shown() -> int:
            gallery = opened(lab)
            await until(gallery.isVisible)
            row = gallery.list.currentRow()
            card = gallery.list.visualItemRect(gallery.list.item(row))
            assert gallery.list.viewport().rect().contains(card)
            gallery.close()
            await until(lambda: lab.window.findChild(Gallery) is None)
            return row

        assert await row_shown() == 0
        lab.controller.begin_preset(GALLERY[-1].name)
        assert await row_shown() == len(GALLERY) - 1
        lab.own_presets.save(str(tmp_path / "mine.toml"))
        lab.controller.open_preset(str(tmp_path / "mine.toml"))
        assert await row_shown() == len(GALLERY)

    in_window(body, SMALL)
