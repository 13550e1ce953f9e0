"""File dialogs: a name that says which run it is, and the last folder of each kind."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QListView,
    QToolButton,
    QTreeView,
    QWidget,
)

from experiments import PresetFile, Simulation
from experiments.export.kinds import FLASH_EXPORT, PHASE_EXPORT
from gui.app import settings_of
from gui.controllers.file_places import FilePlaces
from gui.kept.settings import Settings, load_settings, save_settings
from gui.laboratory import Laboratory
from gui.models.exports import PLOT
from gui.models.file_kinds import OPEN, PRESET, RUN, new_stem
from gui.models.look import Theme
from gui.picture.theme import DAY, NIGHT, Palette
from gui.views.window import Window
from tests.gui.conftest import InWindow
from tests.gui.contrast import contrast_ratio
from tests.gui.staged import SMALL
from tests.gui.waiting import until, until_later

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


@pytest.mark.parametrize(
    ("kind", "preset", "t", "stem"),
    [
        (FLASH_EXPORT.name, "Slow order", 163.0, "slow-order-seed7-163s-flashes"),
        (RUN, "/home/me/My swarm.toml", 0.25, "my-swarm-seed7-0.2s"),
        (PLOT.name, "", 12.5, "fireflies-seed7-12.5s-plot"),
        (PRESET, "a/../b: *?", 1e6, "a-b-seed7-1000000s"),
        (PHASE_EXPORT.name, "Träge " * 30, 3.0, "träge-" * 6 + "träg-seed7-3s-phases"),
    ],
)  # fmt: skip
def test_a_name_says_which_run_it_is_and_when(kind: str, preset: str, t: float, stem: str) -> None:
    """Preset, seed, time and kind, in letters that any file system takes."""
    assert new_stem(kind, preset, 7, t) == stem


def shown_dialog(window: Window) -> QFileDialog:
    """The file dialog that is open."""
    (dialog,) = [each for each in window.findChildren(QFileDialog) if each.isVisible()]
    return dialog


def test_each_dialog_begins_where_the_last_of_its_kind_ended(
    in_window: InWindow, tmp_path: Path
) -> None:
    """With a name that is free; a folder that has vanished falls back; the run goes on."""
    plots, runs = tmp_path / "plots", tmp_path / "runs"
    plots.mkdir()
    runs.mkdir()

    async def body(lab: Laboratory) -> None:
        window = lab.window
        lab.places.note(PLOT.name, str(plots / "before.svg"))
        lab.places.note(RUN, str(runs / "x.fireflies"))
        asked: tuple[tuple[Callable[[], object], Path, str], ...] = (
            (lambda: window.ask_where_to_export(PLOT), plots, "-plot.svg"),
            (lambda: window.ask("save run"), runs, ".fireflies"),
        )
        for ask, folder, suffix in asked:
            ask()
            dialog = shown_dialog(window)
            (chosen,) = dialog.selectedFiles()
            assert Path(chosen).parent == folder
            assert Path(chosen).name.startswith("fireflies-seed1-")
            assert chosen.endswith(suffix)
            before = lab.simulation.now
            await until_later(lab, before)
            dialog.reject()
            await until(lambda: not window.findChildren(QFileDialog))
        plots.rmdir()
        assert lab.places.folder(PLOT.name) not in (plots, tmp_path)
        assert lab.places.folder(PLOT.name).is_dir()
        window.ask_where_to_export(PHASE_EXPORT)
        dialog = shown_dialog(window)
        dialog.setDirectory(str(runs))
        dialog.accept()
        await until(lambda: not lab.exporting.is_on and any(runs.glob("*-phases.npy")))
        assert lab.places.folders[PHASE_EXPORT.name] == runs
        assert settings_of(lab).folders["phases"] == str(runs)

    in_window(body, SMALL)


@pytest.mark.skipif(sys.platform == "win32", reason="homes and users of POSIX")
def test_a_user_without_a_home_is_led_to_the_current_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody says where the documents are; the last folder counts all the same."""
    import pwd

    def nobody(_number: int) -> None:
        raise KeyError("no such user")

    for name in ("HOME", "XDG_DOCUMENTS_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    places = FilePlaces(Simulation(SMALL), str)
    assert places.folder(OPEN) == Path()
    places.bring_back({"open": "/"})
    assert places.folder(OPEN) == Path("/")


def test_a_suggested_name_is_none_that_is_there(tmp_path: Path) -> None:
    """Nobody is asked whether to replace a file by one that they haven't named."""
    simulation = Simulation(SMALL)
    simulation.run_until(5.0)
    places = FilePlaces(simulation, lambda: "Waves")
    places.note(PLOT.name, str(tmp_path / "x.svg"))
    first = places.suggest(PLOT.name, ".svg")
    assert first == tmp_path / "waves-seed1-5s-plot.svg"
    first.touch()
    assert places.suggest(PLOT.name, ".svg") == tmp_path / "waves-seed1-5s-plot 2.svg"
    assert places.suggest(PLOT.name, ".csv", "sweep-nudge") == tmp_path / "sweep-nudge.csv"


def test_a_preset_whose_name_is_no_text_is_not_remembered(
    in_window: InWindow, tmp_path: Path
) -> None:
    """All else is; the window closes as it should."""
    path = tmp_path / "settings.json"

    async def body(lab: Laboratory) -> None:
        source = os.fsdecode(b"/a\xff.toml")
        lab.controller.note_preset(PresetFile("mine", "", {}), source)
        lab.intent.is_calm = True
        save_settings(path, settings_of(lab))

    in_window(body, SMALL)
    assert (load_settings(path).preset, load_settings(path).is_calm) == ("", True)


def test_folders_are_remembered_if_they_can_be(tmp_path: Path) -> None:
    """As all settings: whole, checked when they are read; kinds nobody knows are left out."""
    path = tmp_path / "settings.json"
    places = FilePlaces(Simulation(SMALL), str)
    places.bring_back({"plot": "/a", "unheard of": "/b", "run": os.fsdecode(b"/c\xff")})
    save_settings(path, Settings(folders=places.remembered()))
    assert load_settings(path).folders == {"plot": "/a"}
    wrongs: tuple[object, ...] = (
        [],
        {"plot": 3},
        {"plot": ""},
        {"plot": "x" * 5_000},
        {str(k): "/" for k in range(17)},
    )
    for wrong in wrongs:
        path.write_text(json.dumps({"folders": wrong, "preset": "Waves"}))
        assert load_settings(path) == Settings()
    places.bring_back({"plot": "/a\0b"})
    assert places.folder(PLOT.name).is_dir()


@pytest.mark.parametrize(("theme", "palette"), [(Theme.NIGHT, NIGHT), (Theme.DAY, DAY)])
def test_file_dialogs_can_be_read_by_night_and_day(
    in_window: InWindow, theme: Theme, palette: Palette
) -> None:
    """All their text has a contrast of at least 4.5 with what is behind it."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask(f"theme {theme.value}")
        lab.window.ask("save run")
        dialog = shown_dialog(lab.window)
        await asyncio.sleep(0)
        QApplication.processEvents()
        role = QPalette.ColorRole
        for kind in (QLineEdit, QComboBox, QTreeView, QListView):
            part = dialog.findChild(kind)
            assert isinstance(part, QWidget)
            inks = part.palette()
            for text, base in ((role.Text, role.Base), (role.HighlightedText, role.Highlight)):
                pair = (inks.color(text).name(), inks.color(base).name())
                assert contrast_ratio(*pair) >= 4.5, kind
        buttons = [each for each in dialog.findChildren(QToolButton) if each.isVisible()]
        assert len(buttons) >= 6
        for button in buttons:  # the darkest or lightest pixel of its icon
            picture = button.grab().toImage()
            colours = {
                picture.pixelColor(x, y).name()
                for x in range(4, picture.width() - 4)
                for y in range(4, picture.height() - 4)
            }
            best = max(contrast_ratio(each, palette.panel) for each in colours)
            least = 4.5 if button.isEnabled() else 1.5
            assert best >= least, button.objectName()
        dialog.reject()
        await until(lambda: not lab.window.findChildren(QFileDialog))

    in_window(body, SMALL)
