"""Cancelling what is being made: the swarm before comes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from experiments import Action, Status
from gui.laboratory import Laboratory
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


@pytest.mark.workflows
@pytest.mark.slow
def test_while_40_000_are_made_the_window_answers_shows_progress_and_can_cancel(
    in_window: InWindow,
) -> None:
    """Cancelled, the swarm before is made again."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        simulation.population_choice = "workflows"
        lab.controller.type_value("side", "200")
        note, button = window.grid.words.note, window.grid.words.cancel_button
        await until(lambda: "of 40,000" in note.text() and button.isVisible())
        seen = {note.text()}
        await until(lambda: note.text() not in seen)
        QTest.keyClick(window, Qt.Key.Key_Space)  # it answers
        assert not lab.intent.is_playing
        QTest.keyClick(window, Qt.Key.Key_Space)
        button.click()
        await until(lambda: not note.text())
        assert simulation.parameters == SMALL
        assert not button.isVisible()
        assert "Cancelled" in window.toast.text()
        await until(lambda: simulation.now > 0.1)

    in_window(body, SMALL)


def test_a_cancel_when_nothing_is_made_changes_nothing(in_window: InWindow) -> None:
    """Nor does it spoil the next swarm."""

    async def body(lab: Laboratory) -> None:
        lab.window.cancelRequested.emit()
        lab.controller.type_value("side", "6")
        await until(lambda: lab.simulation.parameters.side == 6 and lab.simulation.now > 0)

    in_window(body, SMALL)


def test_a_cancelled_swarm_gives_way_to_the_one_before_with_all_its_changes(
    in_window: InWindow,
) -> None:
    """What was changed while it ran is in force again, and it goes on where it was left."""

    async def body(lab: Laboratory) -> None:
        simulation = lab.simulation
        lab.controller.type_value("nudge", "0.03")
        await until(lambda: simulation.parameters.nudge == 0.03)
        lab.intent.touch(Action.SILENT, {7})
        await until(lambda: simulation.status.any())
        changed = lab.window.panel.preset_bar.button.text()
        lab.controller.begin_preset("Huge swarm")
        await until(lambda: "of 19,881" in lab.window.grid.words.note.text())
        lab.window.cancelRequested.emit()
        await until(lambda: not lab.window.grid.words.note.text() and simulation.now > 0.0)
        assert simulation.parameters == SMALL.replace(nudge=0.03)
        assert simulation.status[7] == Status.SILENT
        assert len(simulation.interventions) == 2
        button = lab.window.panel.preset_bar.button
        await until(lambda: button.text() == changed)

    in_window(body, SMALL)
