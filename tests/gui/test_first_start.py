"""A first start: it tells its story until something is done, and shows order soon."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from experiments import Parameters, Simulation, find_preset
from experiments.commands.starts import Start
from gui.app import settings_of
from gui.kept.memory import Memory
from gui.kept.settings import Settings
from gui.laboratory import Laboratory, open_laboratory, running
from gui.models.brush import Brush
from gui.models.first_start import FIRST_PRESET, first_look, story_of
from gui.models.look import AT_FIRST, Look
from tests.experiments.simulating import simulate
from tests.gui.conftest import Run
from tests.gui.waiting import frames, until
from tests.gui.window_parts import SMALL

PLAIN = Start(Parameters(), is_plain=True)

STORY = (
    "25 fireflies, each hears its 8 neighbours.",
    "Nobody leads.",
    "Click, and some flash.",
)


def test_the_story_has_the_figures_of_the_run() -> None:
    """How many they are, and whom each of them hears."""
    assert story_of(Parameters())[0] == "2,500 fireflies, each hears its 8 neighbours."
    assert story_of(SMALL) == STORY


def test_only_a_first_start_opens_with_the_story_and_its_preset() -> None:
    """One at which nothing is remembered; later ones open what is."""
    first, later = Memory(Settings(), is_first_start=True), Memory(Settings(preset="Two islands"))
    look, start = first.look(AT_FIRST), first.start(PLAIN)
    assert (look.tells_story, look.brush, start.source) == (True, Brush.FLASH, FIRST_PRESET)
    assert start.parameters == Parameters(**find_preset(FIRST_PRESET).values)
    look, start = later.look(AT_FIRST), later.start(PLAIN)
    assert (look.tells_story, look.brush, start.source) == (False, Brush.LOOK, "Two islands")


def test_what_a_first_start_has_shown_comes_back_quietly(run: Run) -> None:
    """Its preset, and no story."""

    async def main() -> Settings:
        memory = Memory(Settings(), is_first_start=True)
        start = memory.start(PLAIN)
        async with open_laboratory(SMALL, look=memory.look(AT_FIRST)) as lab:
            assert start.preset is not None
            lab.controller.note_preset(start.preset, start.source)
            return settings_of(lab)

    memory = Memory(run(main()))
    assert memory.start(PLAIN).source == FIRST_PRESET
    assert not memory.look(AT_FIRST).tells_story


def _press_modifier(lab: Laboratory) -> None:
    QTest.keyClick(lab.window, Qt.Key.Key_Shift)


def _move(lab: Laboratory) -> None:
    QTest.mouseMove(lab.window.grid.viewport(), QPoint(200, 200))


def _click(lab: Laboratory) -> None:
    place = lab.window.grid.cell_rect(12).center().toPoint()
    QTest.mouseClick(lab.window.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)


def _press(lab: Laboratory) -> None:
    QTest.keyClick(lab.window, Qt.Key.Key_Home)


def _press_button(lab: Laboratory) -> None:
    QTest.mouseClick(lab.window.toolbar.buttons["play"], Qt.MouseButton.LeftButton)


def _command(lab: Laboratory) -> None:
    lab.window.ask("panel rate")  # as assistive programs do; it is the window's own


def in_story(run: Run, body: Callable[[Laboratory], None]) -> tuple[bool, list[str]]:
    """Whether it is still told some frames after something was done; what was done to the run."""

    async def main() -> tuple[bool, list[str]]:
        async with open_laboratory(SMALL, look=first_look(Look())) as lab:
            lab.window.show()
            await lab.pump.begin()
            async with running(lab.pump.go_on()):
                await until(lab.window.isActiveWindow)
                await until(lab.window.overlays.story.isVisible)
                assert lab.window.overlays.story.text() == "\n".join(STORY)
                body(lab)
                await frames(lab, 5)
                told = not lab.window.overlays.story.isHidden()
                assert told is lab.intent.tells_story
            return told, [str(each.what) for each in lab.simulation.interventions]

    return run(main())


@pytest.mark.parametrize("act", [_click, _press, _press_button, _command])
def test_the_story_ends_with_the_first_thing_done(
    run: Run, act: Callable[[Laboratory], None]
) -> None:
    """A click anywhere, a key, a command however it was asked for."""
    is_told, _ = in_story(run, act)
    assert not is_told


@pytest.mark.parametrize("act", [_press_modifier, _move])
def test_the_story_stays_while_nothing_is_done(run: Run, act: Callable[[Laboratory], None]) -> None:
    """Pointing somewhere, and keys that only change others, are no actions."""
    is_told, _ = in_story(run, act)
    assert is_told


def test_the_first_click_makes_fireflies_flash(run: Run) -> None:
    """It goes to the grid as if there were no story over it."""

    _, done = in_story(run, _click)
    assert len(done) == 1
    assert "FLASH_NOW" in done[0]


def test_a_picture_of_the_window_has_no_story_in_it(run: Run) -> None:
    """It tells of the program, not of the swarm."""

    def body(lab: Laboratory) -> None:
        story = lab.window.overlays.story
        at = story.mapTo(lab.window, story.rect().center())
        size = lab.window.size()
        with_story = lab.window.picture(size.width(), size.height())
        story.hide()
        without = lab.window.picture(size.width(), size.height())
        story.show()
        around = (slice(at.y() - 8, at.y() + 8), slice(at.x() - 60, at.x() + 60))
        assert (with_story[around] == without[around]).all()

    in_story(run, body)


@pytest.mark.usefixtures("compiled_unless_in_drill")
def test_order_is_seen_within_thirty_seconds_of_a_first_start() -> None:
    """On a machine that holds two thirds of the preset's speed; it is always this very run."""
    preset = find_preset(FIRST_PRESET)
    parameters = Parameters(**preset.values)
    reached = 30.0 * parameters.speed * 2 / 3

    async def body(simulation: Simulation) -> float | None:
        simulation.run_until(reached)
        simulation.sample()
        return simulation.coherence.time_to_sync  # which is known three periods later

    assert simulate(body, parameters) is not None
