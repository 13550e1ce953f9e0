"""A panel, added from outside: menu, key, help, layout and pictures follow from its declaration."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from experiments import Action, Parameters, Simulation
from gui.app import bring_back, settings_of
from gui.commands.command_line import run as parse
from gui.commands.window_options import panels
from gui.instruments.panel import Area, Instrument, Panel, RunSoFar
from gui.instruments.panel_view import make_view
from gui.instruments.registry import PANELS, side_by_side
from gui.kept.settings import Settings
from gui.laboratory import Laboratory, open_laboratory
from gui.models.look import Look
from gui.picture.theme import NIGHT, Palette
from gui.views.window import Window
from tests.gui.conftest import InWindow, Run
from tests.gui.waiting import frames, until
from tests.recipes.product_files import files_that_name

ROOT = Path(__file__).parents[2]
SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


@dataclass(frozen=True)
class DeafNow:
    """How many fireflies are deaf, and when."""

    n: int
    t: float


def deaf_now(run: RunSoFar) -> DeafNow:
    """Those whose last flash is less than the refractory time ago."""
    instant = run.instant
    deaf = instant.phases < instant.parameters.refractory
    return DeafNow(int(np.count_nonzero(deaf)), instant.t)


class DeafLabel(QLabel):
    """Says it in words."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__("nobody is known yet", parent)
        self.setObjectName("figure")

    def show_data(self, deaf: DeafNow) -> None:
        self.setText(f"{deaf.n} deaf at {deaf.t!r} s")

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """The style sheet of the window dresses it."""


def silent_label(palette: Palette, parent: QWidget) -> QLabel:
    """A widget that can be shown nothing."""
    return QLabel("", parent)


DEAF = Instrument(
    name="deaf",
    title="Deaf now",
    key="Alt+9",
    sentence="How many fireflies hear nobody at the moment",
    view=f"{__name__}:DeafLabel",
    area=Area.LEFT,
    compute=deaf_now,
    interval_s=0.05,
)


@pytest.fixture
def deaf() -> Iterator[Instrument[DeafNow]]:
    """One more panel, for the time of a test."""
    with PANELS.adding(DEAF):
        yield DEAF


def truth(simulation: Simulation) -> str:
    """What the panel should say of the present."""
    deaf = np.count_nonzero(simulation.instant.phases < simulation.parameters.refractory)
    return f"{deaf} deaf at {simulation.instant.t!r} s"


def press_its_key(window: Window) -> None:
    QTest.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)


def test_it_has_its_entry_its_key_and_its_place_in_the_help(
    deaf: Instrument[DeafNow], in_window: InWindow
) -> None:
    """In the menu of panels, on the sheet of keys, beside the button, and in its own title."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        tick = window.commands["panel deaf"]
        assert tick.text() == "Deaf now\tAlt+9"
        assert tick.toolTip() == deaf.sentence
        entries = [each.text() for each in window.toolbar.panel_menu.actions()]
        before = list(PANELS.values())[-2]
        assert entries[entries.index(tick.text()) - 1] == f"{before.title}\t{before.key}"
        sheet = window.findChild(QLabel, "gridKeys")
        assert sheet is not None
        assert f"{before.key}, Alt+9" in sheet.text()
        assert f"{before.key}, Alt+9)" in window.toolbar.buttons["panels"].toolTip()
        dock = window.workbench.docks[deaf.name]
        assert dock.title.toolTip() == f"{deaf.sentence}  (Alt+9)"
        assert not window.workbench.is_shown(deaf.name)
        press_its_key(window)
        await until(lambda: window.is_seen(deaf.name))
        assert tick.isChecked()
        assert window.workbench.dockWidgetArea(dock) is Qt.DockWidgetArea.LeftDockWidgetArea
        tick.trigger()
        assert not window.workbench.is_shown(deaf.name)

    in_window(body, SMALL)


def test_it_is_shown_what_it_computes_as_long_as_anybody_sees_it(
    deaf: Instrument[DeafNow], in_window: InWindow
) -> None:
    """While time passes, to the last instant once it doesn't; hidden it is given nothing."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        view = window.workbench.views[deaf.name]
        assert isinstance(view, DeafLabel)
        await frames(lab)
        assert view.text() == "nobody is known yet"
        press_its_key(window)
        await until(lambda: " deaf at " in view.text())
        before = view.text()
        await until(lambda: view.text() != before)
        lab.controller.toggle_play()
        await until(lambda: not lab.intent.is_playing)
        await until(lambda: view.text() == truth(lab.simulation))
        lab.simulation.act(Action.FLASH_NOW, list(range(36)))
        await until(lambda: view.text().startswith("36 deaf"))
        press_its_key(window)
        await until(lambda: not window.is_seen(deaf.name))
        lab.controller.toggle_play()
        before, now = view.text(), lab.simulation.now
        await until(lambda: lab.simulation.now > now + 0.3)
        assert view.text() == before

    in_window(body, SMALL)


def test_a_layout_remembers_it_also_where_it_is_gone_meanwhile(run: Run) -> None:
    """Where it isn't known its key means nothing, and the others stand as they did."""

    async def arranged() -> Settings:
        async with open_laboratory(SMALL) as lab:
            lab.window.show()
            press_its_key(lab.window)
            lab.window.workbench.show_panel("rate")
            return settings_of(lab)

    async def shown_again() -> tuple[frozenset[str], frozenset[str]]:
        async with open_laboratory(SMALL) as lab:
            bring_back(lab.window, settings, None)
            lab.window.show()
            before = lab.window.workbench.shown()
            press_its_key(lab.window)
            return before, lab.window.workbench.shown()

    usual = frozenset({"controls", "coherence", "rate"})
    with PANELS.adding(DEAF):
        settings = run(arranged())
    assert run(shown_again()) == (usual, usual)
    with PANELS.adding(DEAF):
        shown, toggled = run(shown_again())
    assert shown ^ toggled == {DEAF.name}
    assert shown == usual | {DEAF.name}


def test_the_command_line_shows_it(
    deaf: Instrument[DeafNow], run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    """By its name or with all; its help names it."""
    look = Look(panels=panels("deaf,rate"))
    assert deaf.name in panels("all")
    assert deaf.name in side_by_side()

    async def main() -> frozenset[str]:
        async with open_laboratory(SMALL, look=look) as lab:
            lab.window.show()
            return lab.window.workbench.shown()

    assert run(main()) == {"deaf", "rate"}
    with pytest.raises(SystemExit):
        parse(["--help"])
    assert f"of {', '.join(PANELS)} (default" in " ".join(capfd.readouterr().out.split())


def test_taken_away_it_is_gone(qtbot: QtBot) -> None:
    """No entry, no key, no name on the command line."""
    with pytest.raises(argparse.ArgumentTypeError, match="got 'deaf'"):
        panels("deaf")
    window = Window()
    qtbot.addWidget(window)
    assert DEAF.name not in window.workbench.views
    assert DEAF.title not in str([each.text() for each in window.toolbar.panel_menu.actions()])
    sheet = window.findChild(QLabel, "gridKeys")
    assert sheet is not None
    assert "Alt+9" not in sheet.text()


def test_what_is_no_view_is_refused(qtbot: QtBot) -> None:
    """When a window is made, with the name of its panel."""
    parent = QLabel()
    qtbot.addWidget(parent)
    with pytest.raises(TypeError, match="panel 'deaf' must name a widget that is a view, got"):
        make_view(replace(DEAF, view=f"{__name__}:silent_label"), NIGHT, parent)


@pytest.mark.parametrize("panel", PANELS.values(), ids=list(PANELS))
def test_a_panel_takes_a_pair_of_modules_and_a_line_of_the_registry(panel: Panel) -> None:
    """Nothing else names an instrument; those that others give something to are named by them."""
    registry = "gui/instruments/registry.py"
    lines = (ROOT / registry).read_text().splitlines()
    module, constant = f"gui.instruments.{panel.name}", panel.name.upper()
    assert lines.count(f"from {module} import {constant}") == 1
    assert [line.strip() for line in lines].count(f"{constant},") == 1
    declared_in = module.replace(".", "/") + ".py"
    assert files_that_name([panel.sentence[:50], f'"{panel.key}"']) == {declared_in}
    if isinstance(panel, Instrument):
        view_module, view = panel.view.split(":")
        assert view_module == f"{module}_view"
        pair = {declared_in, view_module.replace(".", "/") + ".py"}
        assert files_that_name([view, module]) == pair | {registry}
