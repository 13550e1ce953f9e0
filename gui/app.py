"""The window from the first moment to the last: remembered, opened, kept, closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize, Qt

from experiments import AUTO, LineLog, Parameters, Session
from experiments.commands.starts import Start
from gui.controllers.autosave import Autosave
from gui.controllers.lag_probe import probe_lag
from gui.controllers.panel_loading import load_panels
from gui.controllers.preset_look import dressed
from gui.controllers.settings_keeper import SettingsKeeper
from gui.controls.screen_room import size_on_screen
from gui.kept.error_log import ErrorLog, error_log_path
from gui.kept.memory import Memory
from gui.kept.places import Places
from gui.kept.run_folder import RunFolder, run_folder_path
from gui.kept.settings import (
    Settings,
    can_be_remembered,
    load_settings,
    pictures_path,
    settings_path,
)
from gui.kept.sweep_folder import SWEEPS
from gui.laboratory import Laboratory, first_picture, open_laboratory, running
from gui.models.look import AT_FIRST, Look
from gui.models.metrics import Metrics
from gui.models.notice import Notice
from gui.models.problems import problem_of_error
from gui.models.recording_settings import RecordingSettings
from gui.picture.theme import SIZES
from gui.system.application import make_application
from gui.system.event_loop import run_app
from gui.system.interrupts import calling_on_signal, exit_code, exit_now
from gui.system.quitting import asking_to_close, close_popups
from gui.views.window import Window

_LOOK_EVERY_S: Final = 0.01

LONGEST_CLOSE_S: Final = 1.5
"""Seconds after which a close no longer waits for the workflows."""

logger = logging.getLogger(__name__)


async def show_window(
    parameters: Parameters,
    on_open: Callable[[Laboratory], None] = lambda _: None,
    on_close: Callable[[Laboratory], None] = lambda _: None,
    metrics: Metrics | None = None,
    look: Look = AT_FIRST,
    errors_to: Path | None = None,
    session: Session | None = None,
    runs_in: Path | None = None,
    record: tuple[Path, RecordingSettings] | None = None,
    beside: Callable[[Laboratory], Coroutine[Any, Any, None]] | None = None,
    population: str = AUTO,
) -> int:
    """Show the window until it is closed or a signal arrives; gives the exit code.

    Parameters
    ----------
    parameters
        What the swarm begins with.
    on_open
        Called with the laboratory before the window shows.
    on_close
        Called with it while the window still shows, when it is about to close.
    metrics
        Where readings go.
    look
        What the window looks like.
    errors_to
        File for uncaught errors; by default the one of this user.
    session
        A run to repeat.
    runs_in
        Folder where the running session is saved all the time; by default it isn't.
    record
        File to record to from the first frame on, and how.
    beside
        What goes on while the window shows, if anything; cancelled when it is about to close.
    population
        What computes the fireflies.
    """
    loop = asyncio.get_running_loop()
    closing: asyncio.Future[int] = loop.create_future()

    def close(code: int = 0) -> None:
        close_popups()
        if not closing.done():
            closing.set_result(code)

    with calling_on_signal(lambda number: close(exit_code(number))), asking_to_close(close):
        opening = open_laboratory(
            parameters, metrics, look=look, session=session, population=population
        )
        async with opening as lab:
            lab.window.closeRequested.connect(close)
            with ErrorLog(errors_to or error_log_path(), lab.pump.show_problem) as errors:
                lab.pump.on_error = errors.report
                on_open(lab)
                lab.window.workbench.hold_views_back()
                others = [
                    load_panels(
                        lab.window.workbench, first_picture(lab), lab.pump.frame_times.forget
                    )
                ]
                lab.window.show()
                if record is not None:
                    await _begin_recording(lab, closing, *record)
                if beside is not None:
                    others.append(beside(lab))
                async with running(*others), saving(lab, runs_in):
                    code = await _run_until(lab, closing)
                on_close(lab)
            # Cancelling 90,000 workflows takes too long to wait for, and they hold no resources.
            overdue = loop.call_later(LONGEST_CLOSE_S, exit_now, code)
        overdue.cancel()
        return code


async def _begin_recording(
    lab: Laboratory, closing: asyncio.Future[int], path: Path, settings: RecordingSettings
) -> None:
    """Start a recording, and wait until it takes frames, has failed, or the window closes."""
    lab.recording.start(path, settings)
    lab.pump.presenting.say("Preparing to record")
    while lab.recording.is_starting and not closing.done():
        lab.recording.take(asyncio.get_running_loop().time())
        await asyncio.sleep(_LOOK_EVERY_S)
    lab.pump.presenting.say("")


@contextlib.asynccontextmanager
async def saving(lab: Laboratory, folder: Path | None) -> AsyncIterator[None]:
    """Keep the running session saved, and offer to restore one that was cut off."""
    if folder is None:
        yield
        return
    lab.files.folder = runs = RunFolder(folder)
    if lab.current.session is None:
        lab.files.offer_to_restore()
    lab.sweeping.folder = folder.with_name(SWEEPS)
    lab.sweeping.offer_to_go_on()
    autosave = Autosave(lab.keeper, lab.current, lab.window, runs, lab.pump.painting)
    try:
        async with running(autosave.run()):
            yield
    finally:
        autosave.close()


async def _run_until(lab: Laboratory, closing: asyncio.Future[int]) -> int:
    """Run the pump until the close is asked for, or it fails; gives the exit code."""
    async with running(
        lab.pump.run(), probe_lag(lab.metrics, lambda: lab.pump.is_resting)
    ) as tasks:
        ends: set[asyncio.Future[Any]] = {*tasks, closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        failed = [task.exception() for task in tasks if task.done()]
    if not failed:
        return closing.result()
    logger.error("The run has stopped", exc_info=failed[0])
    lab.pump.presenting.say(f"Stopped by an error: {type(failed[0]).__name__}: {failed[0]}")
    if failed[0] is not None:
        lab.pump.show_problem(problem_of_error(failed[0]))
    return await closing or 1


def run_window(
    start: Start,
    *,
    look: Look | None = None,
    metrics_lines: LineLog | None = None,
    replay_speed: float | None = None,
    record: tuple[Path, RecordingSettings] | None = None,
    is_bare: bool = False,
    said_first: str = "",
    sweep: Path | None = None,
) -> int:
    """Open the window; gives the exit code.

    Parameters
    ----------
    start
        What the swarm begins with.
    look
        What the window looks like; by default as it did last time.
    replay_speed
        How fast to repeat a session, if not as fast as it was.
    record
        File to record to from the first frame on, and how.
    metrics_lines
        Where each second's metrics go as a line of JSON, if anywhere.
    is_bare
        Whether nothing at all was asked for.
    said_first
        A sentence about the look, if there is one.
    sweep
        Folder of a sweep to show.
    """
    app = make_application()
    faults: list[str] = []
    places = Places(faults.append)
    remembered = Settings()
    if (settings_file := places.find("settings", settings_path)) is not None:
        remembered = load_settings(settings_file, faults.append)
        if not faults:  # otherwise it was reported already
            places.check("settings", settings_file)
    runs_in = places.find("running sessions", run_folder_path)
    if runs_in is not None and not places.check("running sessions", runs_in / "any"):
        runs_in = None
    places.report()
    is_first_start = is_bare and not faults and remembered == Settings()
    memory = Memory(remembered, is_first_start=is_first_start)
    wanted = memory.look(look or AT_FIRST)
    asked, start = start, memory.start(start)
    if start is not asked:
        wanted, said_first = dressed(wanted, start.preset, start.parameters)

    def open_as_before(lab: Laboratory) -> None:
        if start.preset is not None:
            lab.controller.note_preset(start.preset, start.source)
            lab.window.show_toast(said_first)
        bring_back(lab.window, remembered, wanted.panels)
        for fault in faults:
            lab.window.show_notice(Notice(fault))
        lab.current.replay_speed = replay_speed
        lab.window.recordingChoiceRequested.emit(memory.recording)
        lab.places.bring_back(memory.folders)
        lab.own_presets.bring_back(remembered.presets)
        lab.recent.bring_back(remembered.recent)
        if sweep is not None:
            lab.sweeping.show(sweep)
        with contextlib.suppress(OSError):  # no home: then they have no pictures
            lab.own_presets.pictures = pictures_path("presets")
            lab.recent.pictures = pictures_path("recent")

    keepers: list[SettingsKeeper] = []

    async def keep_settings(lab: Laboratory) -> None:
        if settings_file is not None:

            def present() -> Settings | None:
                return None if lab.window.is_grid_alone else settings_of(lab)

            keepers.append(SettingsKeeper(settings_file, present))
            await keepers[0].run()

    def note_and_save(lab: Laboratory) -> None:
        for keeper in keepers:
            keeper.close(settings_of(lab))

    shown = show_window(
        start.parameters,
        open_as_before,
        note_and_save,
        Metrics(lines=metrics_lines),
        wanted,
        session=start.session,
        runs_in=runs_in,
        record=record,
        beside=keep_settings,
        population=start.population,
    )
    return run_app(shown, app)


def settings_of(lab: Laboratory) -> Settings:
    """What to remember of a window, except a full-screen grid, which hides all ways back."""
    window, preset, bench = lab.window, lab.controller.preset, lab.window.workbench
    if window.is_grid_alone:
        window.toggle_grid_alone()
    size = window.normalGeometry().size()
    if size.isEmpty():  # it has never been anything but normal
        size = window.size()
    return Settings(
        width=size.width(),
        height=size.height(),
        is_maximized=window.isMaximized(),
        arrangement=b"" if bench.is_automatic else bench.arrangement(),
        theme=lab.appearance.theme.value,
        is_calm=lab.intent.is_calm,
        drawing=lab.intent.drawing.value,
        text_scale=lab.appearance.text_scale,
        brush_width=lab.intent.brush_width,
        shape=lab.intent.shape.value,
        preset=preset if can_be_remembered(preset) else "",
        recording=lab.recording.choice,
        has_caption=window.strip.is_on,
        presets=lab.own_presets.files,
        folders=lab.places.remembered(),
        recent=lab.recent.runs,
    )


def bring_back(window: Window, settings: Settings, panels: Collection[str] | None) -> None:
    """Give a window its size, and its panels their places, all of it on the screen.

    Parameters
    ----------
    window
        The window.
    settings
        What is remembered.
    panels
        Names of those asked for; None: the ones of last time.
    """
    wanted = QSize(settings.width or SIZES.window_width, settings.height or SIZES.window_height)
    window.resize(size_on_screen(window, wanted))
    window.strip.switch(settings.has_caption)
    if settings.arrangement:
        window.workbench.arrange(settings.arrangement)
    if panels is not None:
        window.workbench.show_panels(panels)
    if settings.is_maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)
