"""The composition root: what is made, how it is connected, and in which order it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from experiments import Parameters, Simulation, command_line_of
from gui.controllers.lag_probe import probe_lag
from gui.controllers.pump import Pump
from gui.controllers.session import SessionController
from gui.event_loop import run_app
from gui.interrupts import calling_on_signal, exit_code, leave_now
from gui.metrics import Metrics
from gui.models.intent import Intent
from gui.theme import NIGHT
from gui.views.icons import app_icon
from gui.views.tables import table_of
from gui.views.window import Window

_LARGEST_DRAWN_SEED: Final = 999_999

_LONGEST_CLOSE_S: Final = 1.5
"""Seconds after which a close doesn't wait for the workflows any more."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """One window with its swarm, connected but not yet begun."""

    simulation: Simulation
    intent: Intent
    window: Window
    metrics: Metrics
    pump: Pump
    controller: SessionController


def make_application() -> QApplication:
    """The one application of this process, in the window's style."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["fireflies"])
    app.setApplicationName("fireflies")
    app.setApplicationDisplayName("Fireflies")
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(app_icon(NIGHT)))
    return app


def draw_seed() -> int:
    """A seed that nobody chose, short enough to be said aloud."""
    return 1 + secrets.randbelow(_LARGEST_DRAWN_SEED)


@contextlib.asynccontextmanager
async def open_session(
    parameters: Parameters, metrics: Metrics | None = None, *, is_playing: bool = True
) -> AsyncIterator[Session]:
    """Make a window and its swarm; at the end, end every run and let the window go.

    Notes
    -----
    Whatever task drives the pump has to be stopped before the end. Cancelling
    is safe.
    """
    intent = Intent(is_playing=is_playing)
    simulation = Simulation(parameters)
    metrics = metrics or Metrics()
    window = Window(NIGHT)
    controller = SessionController(simulation, intent, window, draw_seed)
    pump = Pump(simulation, intent, window, metrics, table_of)
    window.show_parameters(parameters)
    _connect(window, controller, metrics)
    try:
        yield Session(simulation, intent, window, metrics, pump, controller)
    finally:
        window.hide()
        await simulation.aclose()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window)


def _connect(window: Window, controller: SessionController, metrics: Metrics) -> None:
    window.playToggleRequested.connect(controller.toggle_play)
    window.stepRequested.connect(controller.step)
    window.periodStepRequested.connect(controller.step_period)
    window.brushRequested.connect(controller.choose_brush)
    window.grid.pointed.connect(controller.point)
    window.grid.stroked.connect(controller.stroke)
    window.grid.wheelTurned.connect(controller.turn_wheel)
    window.viewRequested.connect(controller.choose_view)
    window.undoRequested.connect(controller.undo)
    window.presetRequested.connect(controller.begin_preset)
    window.copyRequested.connect(lambda: _copy_command_line(window, controller))
    window.redoRequested.connect(controller.redo)
    window.resetRequested.connect(controller.reset)
    window.newSeedRequested.connect(controller.new_seed)
    for slider in window.sliders.values():
        slider.valueMoved.connect(controller.move_value)
        slider.valueTyped.connect(controller.type_value)
        slider.handleReleased.connect(controller.release_handle)
    window.grid.painted.connect(lambda: metrics.note_paint(time.monotonic()))


def _copy_command_line(window: Window, controller: SessionController) -> None:
    words = command_line_of(controller.settings())
    QApplication.clipboard().setText(words)
    window.show_toast(f"Copied: {words}")


@contextlib.asynccontextmanager
async def running(
    *coroutines: Coroutine[Any, Any, None],
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run coroutines as tasks; at the end, cancel them and wait until they have ended."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def show_window(
    parameters: Parameters,
    on_open: Callable[[Session], None] = lambda _: None,
    metrics: Metrics | None = None,
) -> int:
    """Show the window until it is closed or a signal arrives; gives the exit code."""
    loop = asyncio.get_running_loop()
    closing: asyncio.Future[int] = loop.create_future()

    def close(code: int = 0) -> None:
        if not closing.done():
            closing.set_result(code)

    with calling_on_signal(lambda number: close(exit_code(number))):
        async with open_session(parameters, metrics) as session:
            session.window.closeRequested.connect(close)
            session.window.show()
            on_open(session)
            code = await _run_until(session, closing)
            # Cancelling 90,000 workflows takes longer than anybody waits, and they hold nothing.
            overdue = loop.call_later(_LONGEST_CLOSE_S, leave_now, code)
        overdue.cancel()
        return code


async def _run_until(session: Session, closing: asyncio.Future[int]) -> int:
    """Run the pump until the close is asked for, or it fails; gives the exit code."""
    async with running(session.pump.run(), probe_lag(session.metrics)) as tasks:
        ends: set[asyncio.Future[Any]] = {*tasks, closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        failed = [task.exception() for task in tasks if task.done()]
    if not failed:
        return closing.result()
    logger.error("The run has stopped", exc_info=failed[0])
    session.window.show_note(f"Stopped by an error: {type(failed[0]).__name__}: {failed[0]}")
    return await closing or 1


def run_window(
    parameters: Parameters,
    *,
    screenshot: Path | None = None,
    after: float | None = None,
    metrics_lines: TextIO | None = None,
) -> int:
    """Open the window, or save a picture of it; gives the exit code.

    Parameters
    ----------
    parameters
        What the swarm begins with.
    screenshot
        Where to save a picture of the window instead of showing it.
    after
        Virtual seconds to run before the picture; none if not given.
    metrics_lines
        Where each second's metrics go as a line of JSON, if anywhere.
    """
    app = make_application()
    if screenshot is not None:
        from gui.screenshot import take_screenshot

        return run_app(take_screenshot(parameters, screenshot, after or 0.0), app)
    return run_app(show_window(parameters, metrics=Metrics(lines=metrics_lines)), app)
