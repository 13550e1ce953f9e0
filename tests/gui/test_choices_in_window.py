"""Parameters that are a choice: menus in the panel, and the controls that go with a choice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from experiments import Parameters
from gui.laboratory import Laboratory
from tests.gui.conftest import InWindow
from tests.gui.waiting import frames, until

SMALL = Parameters(side=12)


def shown_controls(lab: Laboratory) -> set[str]:
    """Names of the parameters whose controls are there to be used."""
    panel = lab.window.panel
    return {name for name, control in panel.controls.items() if control.isVisibleTo(panel)}


def test_a_menu_chooses_the_response_of_the_running_swarm(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No new swarm; the nudge gives way to what the other response needs."""
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # no grabs without a screen

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 0.0)
        choice = lab.window.panel.choices["response"]
        assert choice.button.text() == "Constant"
        assert {"nudge"} <= shown_controls(lab)
        assert shown_controls(lab).isdisjoint({"b", "eps", "strength"})
        QTest.mouseClick(choice.button, Qt.MouseButton.LeftButton)
        menu = choice.findChild(QMenu)
        assert isinstance(menu, QMenu)
        assert [each.text() for each in menu.actions() if each.isChecked()] == ["Constant"]
        population = lab.simulation.population
        wanted = next(each for each in menu.actions() if each.data() == "mirollo-strogatz")
        wanted.trigger()
        menu.close()
        await until(lambda: lab.simulation.parameters.response == "mirollo-strogatz")
        await until(lambda: choice.button.text() == "Mirollo-Strogatz")
        assert lab.simulation.population is population
        assert {"b", "eps"} <= shown_controls(lab)
        assert "nudge" not in shown_controls(lab)
        QTest.keyClick(choice.button, Qt.Key.Key_Up)
        await until(lambda: "strength" in shown_controls(lab))
        assert lab.simulation.parameters.response == "multiplicative"

    in_window(body, SMALL)


def test_a_topology_begins_a_new_swarm(in_window: InWindow) -> None:
    """With its own parameters beside it: a ring has no radius."""

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 0.0)
        before = lab.simulation.population
        assert "radius" in shown_controls(lab)
        lab.window.panel.choices["topology"].valueTyped.emit("topology", "ring")
        await until(lambda: lab.simulation.population is not before and lab.simulation.now > 0.0)
        assert lab.simulation.parameters.topology == "ring"
        await until(lambda: "k" in shown_controls(lab))
        assert "radius" not in shown_controls(lab)

    in_window(body, SMALL)


@pytest.mark.parametrize("side", [12])
def test_what_does_not_go_together_is_refused_in_words(in_window: InWindow, side: int) -> None:
    """A square wider than the grid; what is in force stays, and is shown."""

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 0.0)
        slider = lab.window.panel.sliders["radius"]
        slider.valueTyped.emit("radius", "6")
        await until(lambda: bool(slider.refusal()))
        await frames(lab)
        assert slider.refusal() == "Radius does not go with the side (12), not 6"
        assert lab.simulation.parameters.radius == 1

    in_window(body, Parameters(side=side))


def test_edges_are_called_by_what_they_are_of_the_topology_in_force(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grid that closes upon itself is a torus, a ring isn't; in the menu as on the button."""
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # no grabs without a screen

    async def body(lab: Laboratory) -> None:
        panel = lab.window.panel
        edges = panel.choices["edges"]

        async def words() -> list[str]:
            QTest.mouseClick(edges.button, Qt.MouseButton.LeftButton)
            menu = edges.findChild(QMenu)
            assert isinstance(menu, QMenu)
            found = [each.text() for each in menu.actions()]
            assert [each.text() for each in menu.actions() if each.isChecked()] == [
                edges.button.text()
            ]
            menu.close()
            await until(lambda: edges.findChild(QMenu) is None)
            return found

        await until(lambda: edges.button.text() == "Torus")
        assert await words() == ["Torus", "Open"]
        lab.controller.type_value("topology", "ring")
        await until(lambda: edges.button.text() == "Closed")
        assert edges.button.accessibleName() == "Edges: Closed"
        assert await words() == ["Closed", "Open"]
        QTest.keyClick(edges.button, Qt.Key.Key_Down)
        await until(lambda: lab.simulation.parameters.edges == "open")
        await until(lambda: edges.button.text() == "Open")

    in_window(body, SMALL)
