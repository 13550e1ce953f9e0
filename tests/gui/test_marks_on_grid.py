"""Marks on the grid: what was done to fireflies, which one is pinned, which has failed."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from experiments import Action, Status
from experiments.population.workflow_population import WorkflowPopulation
from gui.instruments.failures_view import ProblemList
from gui.laboratory import Laboratory
from gui.models.colouring import Colouring
from gui.picture.theme import FAILED_COLOUR, MARK_COLOURS
from tests.gui.conftest import InWindow
from tests.gui.waiting import frames, until
from tests.gui.window_parts import SMALL, pixel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


def has_status(lab: Laboratory, firefly: int, flag: Status) -> bool:
    """Whether that was done to it."""
    return bool(lab.simulation.status[firefly] & flag)


def test_what_brushes_did_is_marked_until_it_is_undone(in_window: InWindow) -> None:
    """A dot in the middle, in the colour of what was done."""

    async def body(lab: Laboratory) -> None:
        for flag, action in (
            (Status.SILENT, Action.SILENT),
            (Status.BLIND, Action.BLIND),
            (Status.PACEMAKER, Action.PACEMAKER),
        ):
            lab.intent.touch(action, {7})
            await until(partial(has_status, lab, 7, flag))
            await frames(lab)
            assert pixel(lab, 7).name() == MARK_COLOURS[flag].lower()
            assert not lab.simulation.status[8]
        lab.intent.touch(Action.REVIVE, {7})
        await until(lambda: not lab.simulation.status[7])
        await frames(lab)
        assert not lab.window.grid.marks.isVisible()

    in_window(body, SMALL, is_playing=False)


def test_a_click_holds_on_to_a_firefly_and_escape_lets_go(in_window: InWindow) -> None:
    """Wherever the pointer goes; a click on the same one lets go too."""

    async def body(lab: Laboratory) -> None:
        window, intent = lab.window, lab.intent
        label = window.panel.brush_bar.firefly_label
        lab.hand.click(2.5, 1.5)
        lab.hand.point(float("nan"), float("nan"))
        await until(lambda: label.text().startswith("Firefly 7:"))
        assert window.grid.pin.path().boundingRect().getRect() == (2.0, 1.0, 1.0, 1.0)
        assert window.grid.around.path().boundingRect().getRect() == (1.0, 0.0, 3.0, 3.0)
        window.workbench.show_panel("controls", False)
        await until(lambda: window.grid.words.readout.text().startswith("Firefly 7:"))
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await until(lambda: not window.grid.words.readout.text())
        assert intent.pinned is None
        assert window.grid.pin.path().isEmpty()
        lab.hand.click(2.5, 1.5)
        lab.hand.click(2.9, 1.1)
        assert intent.pinned is None

    in_window(body, SMALL)


def test_a_failed_firefly_is_shown_named_and_its_traceback_is_a_click_away(
    in_window: InWindow,
) -> None:
    """In its own colour in every view; the rest goes on."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        await until(lambda: simulation.now > 0.2)

        assert isinstance(simulation.population, WorkflowPopulation)
        swarm = simulation.population.swarm
        original = swarm.flash

        def broken(i: int) -> None:
            if i == 12:
                raise KeyError("no wings")
            original(i)

        swarm.flash = broken  # type: ignore[method-assign]
        await until(lambda: simulation.failures)
        now = simulation.now
        await until(lambda: simulation.now > now + 0.2)
        for view in Colouring:
            lab.controller.choose_view(view)
            await frames(lab)
            assert pixel(lab, 12).name() == FAILED_COLOUR.lower(), view
        assert "firefly 12" in window.status_line.labels["state"].text()
        assert "firefly 12 has failed; the rest goes on" in window.toast.text()
        window.status_line.problemsRequested.emit()
        assert window.workbench.is_shown("failures")
        problems = window.workbench.views["failures"]
        assert isinstance(problems, ProblemList)
        assert problems.list.item(0).text() == "firefly 12 failed: KeyError: 'no wings'"
        assert "in broken" in problems.detail.toPlainText()
        assert len(simulation.failures) == 1

    in_window(body, SMALL)


def test_calm_softens_every_change_and_can_be_taken_back(in_window: InWindow) -> None:
    """By its key: a flash is no longer full at once, nor as bright."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        lab.controller.step()
        await until(lambda: lab.intent.steps == 0)
        _, ids, _ = lab.simulation.flashes.read()
        flashed = int(ids[-1])
        await until(lambda: pixel(lab, flashed).lightness() > 200)
        QTest.keyClick(window, Qt.Key.Key_C)
        await until(lambda: pixel(lab, flashed).lightness() < 100)
        assert lab.intent.is_calm
        assert window.commands["calm"].isChecked()
        QTest.keyClick(window, Qt.Key.Key_C)
        await until(lambda: pixel(lab, flashed).lightness() > 200)

    in_window(body, SMALL, is_playing=False)
