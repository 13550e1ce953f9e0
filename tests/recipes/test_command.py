"""A command, added from outside: key, menu entry, button and their words follow from it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from experiments import Parameters
from gui.laboratory import Laboratory
from gui.models.command import Bar, Button, Command, MenuEntry, MenuPlace, Situation, same
from gui.models.command_ports import LaboratoryPort, WindowCommand
from gui.models.commands import COMMANDS
from gui.views.window import Window
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.recipes.product_files import files_that_name

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)
WORDS = ("Slow motion", "Half as fast as life", "slow motion: half the speed")


def slow_down(lab: LaboratoryPort) -> None:
    """By what the window's own commands have no need of."""
    assert isinstance(lab, Laboratory)
    lab.controller.move_value("speed", 0.5)


SLOW_MOTION: WindowCommand = Command(
    "slow motion",
    slow_down,
    keys=("Ctrl+Shift+M",),
    line=WORDS[2],
    entries=(MenuEntry(MenuPlace.RUN, WORDS[0], WORDS[1]),),
    button=Button(Bar.END, same("timer", WORDS[0])),
    is_enabled=lambda now: now.is_playing,
)


@pytest.fixture
def slow_motion() -> Iterator[WindowCommand]:
    """One more command, for the time of a test."""
    with COMMANDS.adding(SLOW_MOTION):
        yield SLOW_MOTION


def entry_of(lab: Laboratory) -> QAction | None:
    """Its entry in the menu, if there is one."""
    found = [each for each in lab.window.toolbar.run_menu.actions() if WORDS[0] in each.text()]
    return found[0] if found else None


def keys_listed(window: Window) -> str:
    """What is written on the sheet of keys."""
    sheet = window.findChild(QLabel, "gridKeys")
    assert sheet is not None
    return sheet.text()


def press(lab: Laboratory) -> None:
    """Its key, wherever the focus is."""
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(lab.window, Qt.Key.Key_M, both)


def test_it_has_a_key_an_entry_a_button_and_a_line_and_does_what_it_should(
    slow_motion: WindowCommand, in_window: InWindow
) -> None:
    """By each of them it is asked for, and while it can't be by none."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.activateWindow()
        await until(window.isActiveWindow)
        entry, button = entry_of(lab), window.toolbar.buttons[slow_motion.name]
        assert entry is not None
        assert entry.text() == f"{WORDS[0]}\tCtrl+Shift+M"
        assert entry.toolTip() == WORDS[1]
        assert button.toolTip() == f"{WORDS[0]}  (Ctrl+Shift+M)"
        assert button.accessibleName() == WORDS[0]
        assert not button.icon().isNull()
        ways: tuple[Callable[[], object], ...]
        ways = (lambda: press(lab), entry.trigger, button.click)
        listed = keys_listed(window)
        assert listed.count("Ctrl+Shift+M</td>") == listed.count(WORDS[2]) == 1
        for ask in ways:
            ask()
            await until(lambda: lab.simulation.parameters.speed == 0.5)
            lab.controller.move_value("speed", 1.0)
            await until(lambda: lab.simulation.parameters.speed == 1.0)
        lab.controller.toggle_play()
        await until(lambda: not button.isEnabled())
        assert not entry.isEnabled()
        asked: list[WindowCommand] = []
        window.commandRequested.connect(asked.append)
        for ask in ways:
            ask()
        assert asked == []
        lab.controller.toggle_play()
        await until(button.isEnabled)
        assert entry.isEnabled()
        press(lab)
        assert asked == [slow_motion]

    in_window(body, SMALL)


def test_without_it_nothing_of_it_is_left(in_window: InWindow) -> None:
    """Taken away again, a window has no key, entry, button or line of it."""

    async def body(lab: Laboratory) -> None:
        asked: list[WindowCommand] = []
        lab.window.commandRequested.connect(asked.append)
        assert entry_of(lab) is None
        assert SLOW_MOTION.name not in lab.window.toolbar.buttons
        assert WORDS[2] not in keys_listed(lab.window)
        press(lab)
        assert asked == []
        with pytest.raises(KeyError):
            lab.window.ask(SLOW_MOTION.name)

    in_window(body, SMALL)


def words_of(command: WindowCommand) -> set[str]:
    """All that is said of a command, as its words stand in code."""
    said = {command.line} | {each for entry in command.entries for each in (entry.words,)}
    if command.button is not None:
        said |= {command.button.face(Situation(is_playing=on)).words for on in (True, False)}
    return {f'"{words}"' for words in said if words}


def doer_of(command: WindowCommand) -> str:
    """The file in which that is defined which a command calls first of all."""
    assert command.does is not None
    part, method = command.does.__code__.co_names[:2]
    owner = typing.get_type_hints(Laboratory)[part]
    return str(inspect.getsourcefile(getattr(owner, method)))


@pytest.mark.parametrize(
    "name", ["step", "step period", "new seed", "undo", "reset and clear", "calm", "record"]
)
def test_a_command_takes_its_declaration_and_what_it_does(name: str) -> None:
    """Two files of the product: the table, and the controller."""
    command = COMMANDS[name]
    assert isinstance(command, Command)
    named = files_that_name(words_of(command))
    assert named == {"gui/models/commands.py"}, named
    doer = doer_of(command)
    assert "/gui/controllers/" in doer.replace("\\", "/")
    assert len(named | {doer}) <= 2
