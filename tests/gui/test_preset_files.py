"""Presets: saved, dropped, chosen in a dialog, with what was done at t = 0."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
)

from experiments import Action, FireflyAction, Status
from gui.laboratory import Laboratory
from gui.views.window import Window
from tests.gui.conftest import InWindow
from tests.gui.waiting import frames, until, until_later
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen

CONTROL = Qt.KeyboardModifier.ControlModifier


def drop(window: Window, path: Path) -> None:
    """Drop a file on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), actions, data, buttons, keys))
    QApplication.sendEvent(
        window, QDropEvent(QPointF(50, 50), actions, data, buttons, keys, QEvent.Type.Drop)
    )


def test_saved_settings_come_back_by_dropping_the_file(in_window: InWindow, tmp_path: Path) -> None:
    """All values; the run begins anew with them, and the window says which preset it is."""
    path = tmp_path / "mine.toml"

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        lab.controller.type_value("nudge", "0.07")
        await until(lambda: simulation.parameters.nudge == 0.07)
        lab.controller.save_preset(str(path))
        lab.controller.type_value("nudge", "0.01")
        await until(lambda: simulation.parameters.nudge == 0.01)
        drop(window, path)
        await until(lambda: simulation.parameters.nudge == 0.07)
        assert simulation.parameters == SMALL.replace(nudge=0.07)
        assert window.panel.preset_bar.button.text() == "mine"

    in_window(body, SMALL)


def test_a_bad_file_dropped_is_refused_in_one_sentence_and_nothing_changes(
    in_window: InWindow, tmp_path: Path
) -> None:
    """Not a preset, or values that are not allowed, or a grid too large, or an opening outside."""
    bad = {
        "noise.toml": "]]",
        "values.toml": "[parameters]\nnudge = 9.0\n",
        "large.toml": "[parameters]\nside = 1200\n",
        "outside.toml": '[parameters]\nside = 9\n[[opening]]\naction = "silent"\nx = 9\ny = 0\n'
        "width = 1\nheight = 1\n",
    }

    async def body(lab: Laboratory) -> None:
        window, before = lab.window, lab.simulation.parameters
        for name, contents in bad.items():
            (tmp_path / name).write_text(contents)
            drop(window, tmp_path / name)
            words = window.toast.text()
            assert words.startswith("Not opened: "), words
            assert name in words
            assert "\n" not in words
        drop(window, tmp_path / "missing.toml")
        assert "missing.toml" in window.toast.text()
        lab.controller.save_preset(str(tmp_path / "no" / "folder.toml"))
        assert window.toast.text().startswith("Not saved: ")
        await frames(lab)
        assert lab.intent.restart is None
        assert lab.simulation.parameters == before

    in_window(body, SMALL)


def test_dialogs_open_beside_the_run(in_window: InWindow) -> None:
    """To open and to save; time goes on behind them, and Escape closes them."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        for key, modifiers in (
            (Qt.Key.Key_O, CONTROL),
            (Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.ShiftModifier),
        ):
            window.activateWindow()  # no window manager does it here
            await until(window.isActiveWindow)
            QTest.keyClick(window, key, modifiers)
            await until(lambda: any(d.isVisible() for d in window.findChildren(QFileDialog)))
            (dialog,) = [d for d in window.findChildren(QFileDialog) if d.isVisible()]
            now = lab.simulation.now
            await until_later(lab, now + 0.1)
            dialog.reject()
            await until(lambda: not window.findChildren(QFileDialog))

    in_window(body, SMALL)


def test_an_opening_is_done_at_t_0_and_again_after_a_reset(in_window: InWindow) -> None:
    """Two islands: the walls are silent and blind from the beginning, and marked on the grid."""

    async def body(lab: Laboratory) -> None:
        simulation = lab.simulation
        lab.controller.begin_preset("Two islands")
        for _ in range(2):
            await until(lambda: simulation.parameters.side == 40 and simulation.now > 0.0)
            walls = simulation.status.reshape(40, 40)[:, [0, 20]]
            assert (walls == Status.SILENT | Status.BLIND).all()
            assert simulation.interventions[0].t == 0.0
            what = simulation.interventions[0].what
            assert isinstance(what, FireflyAction)
            assert what.action is Action.SILENT
            assert lab.controller.command_line() == "fireflies --preset two-islands"
            lab.controller.reset()
            await until(lambda: lab.intent.restart is None)
        lab.controller.type_value("side", "5")
        await until(lambda: simulation.parameters.side == 5 and simulation.now > 0.0)
        assert not simulation.status.any()
        assert "islands" not in lab.window.panel.preset_bar.button.text()

    in_window(body, SMALL)
