"""Panels shown, hidden, floated and remembered; nothing is drawn that nobody can see."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from experiments import GALLERY
from gui.instruments.registry import PANELS
from gui.laboratory import Laboratory, open_laboratory
from gui.models.commands import COMMANDS
from gui.models.look import Look
from gui.picture.theme import NIGHT
from gui.views.actions import Actions
from gui.views.control_panel import ControlPanel
from tests.gui.conftest import InWindow, Run
from tests.gui.panel_names import PANEL_NAMES, SHOWN_AT_FIRST
from tests.gui.waiting import frames, until
from tests.gui.window_parts import SMALL, overlap

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


def count_shows(lab: Laboratory) -> dict[str, int]:
    """How often each panel is given something to show from now on."""
    counts, show_in = dict.fromkeys(PANEL_NAMES, 0), lab.window.show_in

    def counting(name: str, data: object) -> None:
        counts[name] += 1
        show_in(name, data)

    lab.window.show_in = counting  # type: ignore[method-assign]
    return counts


def test_at_first_only_controls_and_coherence_show(in_window: InWindow) -> None:
    """The grid is the hero; everything else stays out of its way until wanted."""

    async def body(lab: Laboratory) -> None:
        shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
        assert shown == SHOWN_AT_FIRST

    in_window(body, SMALL)


def is_seen_or_not(lab: Laboratory, name: str, is_wanted: bool) -> bool:
    """Whether a panel is seen, or isn't, as is wanted."""
    return lab.window.is_seen(name) is is_wanted


def test_each_key_and_tick_shows_and_hides_its_panel(in_window: InWindow) -> None:
    """By its key, by the menu, and by the cross in its title."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        ticks = {name: window.commands[f"panel {name}"] for name in PANEL_NAMES}
        for name in PANEL_NAMES:
            before = window.workbench.is_shown(name)
            QTest.keySequence(window, QKeySequence(PANELS[name].key))
            assert window.workbench.is_shown(name) is not before, name
            await until(partial(is_seen_or_not, lab, name, not before))
            assert ticks[name].isChecked() is not before
            ticks[name].trigger()
            assert window.workbench.is_shown(name) is before, name
        dock = window.workbench.docks["coherence"]
        dock.title.buttons["x"].click()
        assert not window.workbench.is_shown("coherence")
        dock.title.buttons["arrow-square-out"].click()
        assert dock.isFloating()
        window.ask("arrange panels")
        assert not dock.isFloating()
        assert window.workbench.is_shown("coherence")

    in_window(body, SMALL)


def test_panels_put_away_come_back_as_wide_and_high_as_they_were(in_window: InWindow) -> None:
    """The grid alone and back, however often: no panel grows at the expense of another."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.resize(1000, 700)
        for name in ("circle", "histogram", "rate", "raster"):
            window.workbench.show_panel(name)
        await until(lambda: window.is_seen("raster"))
        row = [window.workbench.docks["coherence"], window.workbench.docks["rate"]]
        window.workbench.resizeDocks(row, [150, 300], Qt.Orientation.Horizontal)
        await frames(lab)

        def places() -> dict[str, QRect]:
            docks = window.workbench.docks.items()
            return {name: dock.geometry() for name, dock in docks if dock.isVisible()}

        before = places()
        for _ in range(2):
            window.toggle_grid_alone()
            await until(lambda: not places())
            window.toggle_grid_alone()
            await until(lambda: places() == before)

    in_window(body, SMALL)


def test_no_slider_moves_from_under_the_pointer_when_a_preset_is_changed(qtbot: QtBot) -> None:
    """What is said of a preset then takes the room of its sentence, be it longer or shorter."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = ControlPanel(Actions(tuple(COMMANDS.values()), window), NIGHT, window)
    bar = panel.preset_bar
    heights = set()
    for preset in GALLERY:
        bar.show_preset(preset.name, preset.sentence, preset.sentence)
        usual = bar.sentence.heightForWidth(270)
        changed = "Not as the preset has it: jitter, what was painted."
        bar.show_preset(f"{preset.name}, changed", changed, preset.sentence)
        assert bar.sentence.heightForWidth(270) == usual, preset.name
        heights.add(usual)
    assert len(heights) > 1  # sentences of several lengths, each with room of its own


def test_only_what_can_be_seen_is_drawn(in_window: InWindow) -> None:
    """Hidden panels are given nothing; shown ones are, while time passes; then they rest."""

    async def body(lab: Laboratory) -> None:
        window, counts = lab.window, count_shows(lab)
        for name in PANEL_NAMES:
            window.workbench.show_panel(name, name == "circle")
        await until(lambda: window.is_seen("circle"))
        await frames(lab)
        counts.update(dict.fromkeys(counts, 0))
        await until(lambda: counts["circle"] >= 3)
        assert {name for name, n in counts.items() if n} == {"circle"}
        lab.controller.toggle_play()
        await until(lambda: not lab.intent.is_playing)
        await frames(lab, len(PANEL_NAMES))  # one of them may be shown in each
        counts.update(dict.fromkeys(counts, 0))
        await frames(lab, len(PANEL_NAMES))
        assert not any(counts.values())
        window.workbench.show_panel("raster")  # what appears is drawn, also while paused
        await until(lambda: counts["raster"] == 1)

    in_window(body, SMALL)


def test_below_another_panel_nothing_is_drawn(in_window: InWindow) -> None:
    """Of stacked panels the one on top is seen."""

    async def body(lab: Laboratory) -> None:
        workbench = lab.window.workbench
        docks = workbench.docks
        workbench.show_panel("raster")
        workbench.tabifyDockWidget(docks["coherence"], docks["raster"])
        docks["raster"].raise_()
        await until(lambda: workbench.is_seen("raster"))
        await until(lambda: not workbench.is_seen("coherence"))
        assert workbench.is_shown("coherence")
        workbench.toggle_panel("coherence")  # comes to the top, and isn't hidden
        await until(lambda: workbench.is_seen("coherence"))

    in_window(body, SMALL)


@pytest.mark.parametrize("size", [(900, 600), (1280, 800), (1920, 1080)])
def test_all_panels_fit_into_every_window(run: Run, size: tuple[int, int]) -> None:
    """With everything shown nothing overlaps, and the grid stays."""

    async def main() -> None:
        look = Look(panels=frozenset(PANEL_NAMES))
        async with open_laboratory(SMALL, look=look) as lab:
            window = lab.window
            window.resize(*size)
            window.show()
            await until(lambda: (window.width(), window.height()) == size)
            await until(lambda: window.is_seen("raster"))
            docks = window.workbench.docks
            parts: list[QWidget] = [window.grid]
            parts += [docks[name] for name in PANEL_NAMES if window.is_seen(name)]
            n_stacked = sum(bool(panel.stacked_on) for panel in PANELS.values())
            assert len(parts) == 1 + len(PANEL_NAMES) - n_stacked  # of those stacked, one
            for k, one in enumerate(parts):
                assert window.rect().contains(one.geometry().translated(0, 48)), one.objectName()
                for other in parts[k + 1 :]:
                    assert not overlap(one, other, window), (one, other)
            assert min(window.grid.width(), window.grid.height()) >= 240

    run(main())


def test_a_grid_alone_hides_all_panels_and_brings_them_back(in_window: InWindow) -> None:
    """Those that were shown, and no others."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.workbench.show_panel("raster")
        window.toggle_grid_alone()
        assert not any(window.workbench.is_shown(name) for name in PANEL_NAMES)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        shown = {name for name in PANEL_NAMES if window.workbench.is_shown(name)}
        assert shown == SHOWN_AT_FIRST | {"raster"}

    in_window(body, SMALL)
