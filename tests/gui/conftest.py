"""What every test of the window is held to: nothing left behind, nothing failing unseen."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Protocol, TypeVar

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from experiments import Parameters
from gui.laboratory import Laboratory, open_laboratory, running
from gui.system.application import make_application
from gui.system.event_loop import run_app
from tests.gui.waiting import until

T = TypeVar("T")


class Run(Protocol):
    """Runs a coroutine to its end on a fresh loop inside Qt's, and gives what it returns."""

    def __call__(self, main: Coroutine[Any, Any, T]) -> T: ...


class InWindow(Protocol):
    """Runs an async test body with a window that shows a running swarm.

    The body gets the laboratory.
    """

    def __call__(
        self,
        body: Callable[[Laboratory], Coroutine[Any, Any, T]],
        parameters: Parameters,
        *,
        is_playing: bool = True,
    ) -> T: ...


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as the product makes it, which a test elsewhere may have made already."""
    return make_application()


@pytest.fixture
def qtbot(qtbot: QtBot) -> Iterator[QtBot]:
    """As pytest-qt has it, but what is given to it lives until it is closed.

    pytest-qt doesn't hold on to widgets, and goes on handling events after a test has let go
    of them: the collector would find a window in the middle of its own painting.
    """
    held: list[QWidget] = []
    add_widget = qtbot.addWidget

    def hold_and_add(widget: QWidget, **options: Any) -> None:
        held.append(widget)
        add_widget(widget, **options)

    qtbot.addWidget = hold_and_add  # type: ignore[method-assign]
    yield qtbot
    held.clear()


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A widget or a running timer that outlives its test fails it, and a button held down."""
    if not {"qapp", "qtbot", "run"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("qapp")
    widgets, timers = set(QApplication.topLevelWidgets()), set(running_timers())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()  # menus of pyqtgraph are cycles
    left = set(QApplication.topLevelWidgets()) - widgets
    pressed = QApplication.mouseButtons()
    assert not left, f"widgets outlived the test: {left}"
    assert pressed == Qt.MouseButton.NoButton, f"the test left a mouse button down: {pressed}"
    left_timers = set(running_timers()) - timers
    assert not left_timers, f"timers outlived the test: {left_timers}"


def running_timers() -> Iterator[str]:
    """Names of the timers that run, each with its address."""
    for each in gc.get_objects():
        if type(each) is QTimer:
            try:
                if each.isActive():
                    yield f"{each.objectName() or 'unnamed'} at {id(each):#x}"
            except RuntimeError:  # its C++ part is gone
                continue


@pytest.fixture
def run(qapp: QApplication) -> Run:
    """Run a coroutine to its end on a fresh loop inside Qt's.

    An exception that only the loop's exception handler saw fails the test, and
    so does an asyncio task that is still there at the end.
    """

    def run_to_end(main: Coroutine[Any, Any, T]) -> T:
        unseen: list[dict[str, Any]] = []

        async def watched() -> T:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: unseen.append(context))
            result = await main
            await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"asyncio tasks outlived the test: {left}"
            return result

        result = run_app(watched(), qapp)
        assert not unseen, f"unseen exceptions on the loop: {unseen}"
        return result

    return run_to_end


@pytest.fixture
def in_window(run: Run) -> InWindow:
    """As `InWindow` says; by default the swarm plays."""

    def open_and_run(
        body: Callable[[Laboratory], Coroutine[Any, Any, T]],
        parameters: Parameters,
        *,
        is_playing: bool = True,
    ) -> T:
        async def main() -> T:
            async with open_laboratory(parameters, is_playing=is_playing) as lab:
                lab.window.show()
                await lab.pump.begin()
                async with running(lab.pump.go_on()) as (pump,):
                    await until(lab.window.isActiveWindow)  # which moves the focus
                    result = await body(lab)
                    assert not pump.done(), "the pump has stopped"
            return result

        return run(main())

    return open_and_run
