"""Settings: size, panels, theme, calm, text and brush, from one window to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.app import bring_back, settings_of
from gui.kept.memory import Memory
from gui.kept.settings import Settings, load_settings, save_settings
from gui.laboratory import open_laboratory
from gui.models.look import Look, Theme
from gui.models.stroke_shape import StrokeShape
from gui.picture.theme import DAY
from tests.gui.conftest import Run
from tests.gui.panel_names import PANEL_NAMES, SHOWN_AT_FIRST
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


def test_size_panels_theme_calm_text_and_brush_are_remembered(run: Run, tmp_path: Path) -> None:
    """Through a file, from one window to the next."""
    path = tmp_path / "deep" / "settings.json"

    async def first() -> None:
        async with open_laboratory(SMALL) as lab:
            window = lab.window
            window.show()
            window.resize(1111, 777)
            window.workbench.show_panel("rate")
            window.workbench.show_panel("coherence", False)
            lab.appearance.choose_theme(Theme.DAY)
            lab.appearance.step_text(2)
            lab.controller.toggle_calm()
            lab.hand.choose_shape(StrokeShape.LINE)
            lab.hand.set_width(11)
            lab.controller.begin_preset("Waves")
            save_settings(path, settings_of(lab))

    async def second() -> None:
        memory = Memory(load_settings(path))
        async with open_laboratory(SMALL, look=memory.look(Look())) as lab:
            window = lab.window
            bring_back(window, load_settings(path), None)
            window.show()
            room = window.screen().availableGeometry()
            assert window.width() == min(1111, room.width() - 16)  # less its frame
            assert window.height() == min(777, room.height() - 48)
            assert window.workbench.is_shown("rate")
            assert not window.workbench.is_shown("coherence")
            assert lab.appearance.palette is DAY
            assert lab.appearance.text_scale == 1.2
            assert lab.intent.is_calm
            assert window.commands["calm"].isChecked()
            assert lab.intent.shape is StrokeShape.LINE
            assert lab.intent.brush_width == 11

    async def asked_for_otherwise() -> None:
        memory = Memory(load_settings(path))
        look = memory.look(Look(theme=Theme.SYSTEM, panels=frozenset({"raster"})))
        async with open_laboratory(SMALL, look=look) as lab:
            bring_back(lab.window, load_settings(path), look.panels)
            lab.window.show()
            shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
            assert shown == {"raster"}
            assert lab.appearance.theme is Theme.SYSTEM

    run(first())
    run(second())
    run(asked_for_otherwise())
    assert load_settings(path).preset == "Waves"


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"{",
        b"null",
        b"[1, 2]",
        b'{"width": -4}',
        b'{"width": 1e99}',
        b'{"theme": "pink"}',
        b'{"brush_width": 0}',
        b'{"text_scale": 40}',
        b'{"arrangement": "%%%"}',
        b'{"is_calm": "perhaps"}',
        b"\xff\xfe\x00",
        b"[" * 50_000,
        b" " * 200_000,
    ],
)
def test_damaged_settings_are_ignored(tmp_path: Path, contents: bytes) -> None:
    """As if there were none; a folder in their place too."""
    path = tmp_path / "settings.json"
    path.write_bytes(contents)
    assert load_settings(path) == Settings()
    assert load_settings(tmp_path) == Settings()


def test_an_arrangement_that_makes_no_sense_changes_nothing(run: Run) -> None:
    """Qt refuses it, and the panels stay as they are."""

    async def main() -> None:
        async with open_laboratory(SMALL) as lab:
            bring_back(lab.window, Settings(arrangement=b"no panels at all"), None)
            lab.window.show()
            shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
            assert shown == SHOWN_AT_FIRST

    run(main())


def test_settings_that_can_t_be_saved_are_no_trouble(tmp_path: Path) -> None:
    """Where a file stands in the way of the folder."""
    (tmp_path / "file").write_text("in the way")
    save_settings(tmp_path / "file" / "settings.json", Settings())
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_grid_alone_is_not_remembered(run: Run) -> None:
    """Whoever closes the window so finds the panels again next time."""

    async def main() -> None:
        async with open_laboratory(SMALL) as lab:
            lab.window.show()
            lab.window.toggle_grid_alone()
            settings = settings_of(lab)
        async with open_laboratory(SMALL) as lab:
            bring_back(lab.window, settings, None)
            lab.window.show()
            shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
            assert shown == SHOWN_AT_FIRST

    run(main())
