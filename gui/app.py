"""The composition root: what is made, how it is connected, and in which order it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from experiments import MOST_SAMPLES, LineLog, Parameters, Session, Simulation
from experiments.commands.command_line import Start
from gui.controllers.autosave import Autosave
from gui.controllers.exporting import Exporting
from gui.controllers.file_places import FilePlaces
from gui.controllers.lag_probe import probe_lag
from gui.controllers.pump import Pump
from gui.controllers.recording import Recording
from gui.controllers.run_files import RunFiles
from gui.controllers.settings_keeper import SettingsKeeper
from gui.controllers.stills import Stills
from gui.controllers.stops import Stops
from gui.controllers.wishes import WishController
from gui.instruments.plot_file import save_plot
from gui.kept.error_log import ErrorLog, error_log_path
from gui.kept.memory import Memory
from gui.kept.places import Places
from gui.kept.run_folder import RunFolder, run_folder_path
from gui.kept.settings import Settings, can_be_remembered, load_settings, settings_path
from gui.models.intent import Intent
from gui.models.look import AT_FIRST, Look, Theme
from gui.models.metrics import Metrics
from gui.models.notice import Notice
from gui.models.problems import problem_of_error
from gui.models.recording import RecordingChoice
from gui.models.recording_settings import RecordingSettings
from gui.picture.caption_painter import CaptionPainter
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import rgba
from gui.picture.png import save_png
from gui.picture.theme import FAILED_COLOUR, NIGHT
from gui.system.application import make_application
from gui.system.awake_clock import AwakeClock
from gui.system.event_loop import FirefliesEventLoop, run_app
from gui.system.interrupts import calling_on_signal, exit_code, leave_now
from gui.system.quitting import asking_to_close, close_popups
from gui.views.appearance import Appearance
from gui.views.window import Window

_LARGEST_DRAWN_SEED: Final = 999_999

_LONGEST_FINISH_S: Final = 1.0
"""Seconds for which a close waits for a recording; it is finished in any case."""

_LOOK_EVERY_S: Final = 0.01

_LONGEST_CLOSE_S: Final = 1.5
"""Seconds after which a close doesn't wait for the workflows any more."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Laboratory:
    """One window with its swarm, connected but not yet begun."""

    simulation: Simulation
    intent: Intent
    window: Window
    metrics: Metrics
    pump: Pump
    controller: WishController
    files: RunFiles
    recording: Recording
    stills: Stills
    exporting: Exporting
    appearance: Appearance
    places: FilePlaces


def draw_seed() -> int:
    """A seed that nobody chose, short enough to be said aloud."""
    return 1 + secrets.randbelow(_LARGEST_DRAWN_SEED)


@contextlib.asynccontextmanager
async def open_laboratory(
    parameters: Parameters,
    metrics: Metrics | None = None,
    *,
    is_playing: bool = True,
    look: Look = AT_FIRST,
    session: Session | None = None,
) -> AsyncIterator[Laboratory]:
    """Make a window and its swarm; at the end, end every run and let the window go.

    Parameters
    ----------
    parameters
        What the swarm begins with.
    metrics
        Where readings go.
    is_playing
        Whether time passes at once.
    look
        What the window looks like.
    session
        A run to repeat; its parameters are the ones given.

    Notes
    -----
    Whatever task drives the pump has to be stopped before the end. Cancelling
    is safe.
    """
    intent = Intent(is_playing=is_playing, view=look.view, is_calm=look.is_calm)
    script = () if session is None else session.script()
    simulation = Simulation(parameters, script=script, most_samples=MOST_SAMPLES)
    if session is not None:
        intent.session = session
        simulation.horizon = session.end
    metrics = metrics or Metrics()
    window = Window(NIGHT)
    controller = WishController(simulation, intent, window, draw_seed)
    exporting = Exporting(simulation, metrics, window, save_plot)
    places = FilePlaces(simulation, lambda: controller.preset)
    files = RunFiles(
        simulation,
        intent,
        window,
        controller,
        open_folder=_open_folder,
        cancel_export=exporting.cancel,
    )
    loop = asyncio.get_running_loop()
    clock = loop.clock if isinstance(loop, FirefliesEventLoop) else AwakeClock()
    pump = Pump(
        simulation, intent, window, metrics, table_of, clock, failed_colour=rgba(FAILED_COLOUR)
    )
    parts = (window.picture, CaptionPainter)
    recording = Recording(simulation, pump.painting, window, *parts)
    stills = Stills(simulation, pump.painting, window, *parts, save_png)
    pump.watchers += [recording, exporting, Stops(clock, window)]
    for changed in (window.recordToggleRequested, window.workbench.panelsChanged):
        changed.connect(pump.wake)
    appearance = Appearance(window, look.theme or Theme.SYSTEM, look.text_scale)
    window.show_parameters(parameters)
    window.show_view(look.view)
    window.show_calm(look.is_calm)
    if look.panels is not None:
        window.workbench.show_panels(look.panels)
    _connect(window, controller, files)
    window.grid.painted.connect(lambda: metrics.note_paint(loop.time()))
    _connect_recording(window, recording, stills)
    window.exportRequested.connect(exporting.export)
    window.dialogs.places = places
    window.dialogs.fileChosen.connect(places.note)
    window.themeRequested.connect(appearance.choose_theme)
    window.textScaleRequested.connect(appearance.step_text)
    try:
        yield Laboratory(
            simulation,
            intent,
            window,
            metrics,
            pump,
            controller,
            files,
            recording,
            stills,
            exporting,
            appearance,
            places,
        )
    finally:
        window.hide()
        recording.close(_LONGEST_FINISH_S)
        exporting.close()
        appearance.close()
        await simulation.aclose()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window)


def _connect(window: Window, controller: WishController, files: RunFiles) -> None:
    window.playToggleRequested.connect(controller.toggle_play)
    window.stepRequested.connect(controller.step)
    window.periodStepRequested.connect(controller.step_period)
    window.brushRequested.connect(controller.choose_brush)
    window.grid.pointed.connect(controller.point)
    window.grid.stroked.connect(controller.stroke)
    window.grid.strokeEnded.connect(controller.end_stroke)
    window.grid.wheelTurned.connect(controller.turn_wheel)
    window.viewRequested.connect(controller.choose_view)
    window.undoRequested.connect(controller.undo)
    window.presetRequested.connect(controller.begin_preset)
    window.fileRequested.connect(files.open)
    window.filesDropped.connect(files.open_dropped)
    window.runSaveRequested.connect(files.save)
    window.noticeAnswered.connect(files.answer)
    window.seekRequested.connect(controller.seek)
    window.branchRequested.connect(controller.branch)
    window.presetSaveRequested.connect(controller.save_preset)
    window.calmToggleRequested.connect(controller.toggle_calm)
    window.cancelRequested.connect(controller.cancel)
    window.letGoRequested.connect(controller.let_go)
    window.grid.clicked.connect(controller.click)
    window.copyRequested.connect(lambda: _copy_command_line(window, controller))
    window.redoRequested.connect(controller.redo)
    window.resetRequested.connect(controller.reset)
    window.clearRequested.connect(controller.reset_and_clear)
    window.newSeedRequested.connect(controller.new_seed)
    for plot in (window.plot, window.rate):
        plot.zoomRequested.connect(controller.zoom_time)
        plot.panRequested.connect(controller.move_time)
        plot.wholeRequested.connect(controller.show_all_time)
    for slider in window.sliders.values():
        slider.valueMoved.connect(controller.move_value)
        slider.valueTyped.connect(controller.type_value)
        slider.handleReleased.connect(controller.release_handle)


def _connect_recording(window: Window, recording: Recording, stills: Stills) -> None:
    def choose(choice: RecordingChoice) -> None:
        recording.choice = choice
        window.show_recording_choice(choice)

    window.recordToggleRequested.connect(recording.toggle)
    window.stillRequested.connect(lambda: stills.save(recording.choice))
    window.recordingChoiceRequested.connect(choose)


def _open_folder(folder: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))


def _copy_command_line(window: Window, controller: WishController) -> None:
    words = controller.command_line()
    QApplication.clipboard().setText(words)
    window.show_toast(controller.copied_words(words))


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
    on_open: Callable[[Laboratory], None] = lambda _: None,
    on_close: Callable[[Laboratory], None] = lambda _: None,
    metrics: Metrics | None = None,
    look: Look = AT_FIRST,
    errors_to: Path | None = None,
    session: Session | None = None,
    runs_in: Path | None = None,
    record: tuple[Path, RecordingSettings] | None = None,
    beside: Callable[[Laboratory], Coroutine[Any, Any, None]] | None = None,
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
    """
    loop = asyncio.get_running_loop()
    closing: asyncio.Future[int] = loop.create_future()

    def close(code: int = 0) -> None:
        close_popups()
        if not closing.done():
            closing.set_result(code)

    with calling_on_signal(lambda number: close(exit_code(number))), asking_to_close(close):
        async with open_laboratory(parameters, metrics, look=look, session=session) as lab:
            lab.window.closeRequested.connect(close)
            with ErrorLog(errors_to or error_log_path(), lab.pump.show_problem) as errors:
                lab.pump.on_error = errors.report
                on_open(lab)
                lab.window.show()
                if record is not None:
                    await _begin_recording(lab, closing, *record)
                others = [] if beside is None else [beside(lab)]
                async with running(*others), _saving(lab, runs_in):
                    code = await _run_until(lab, closing)
                on_close(lab)
            # Cancelling 90,000 workflows takes longer than anybody waits, and they hold nothing.
            overdue = loop.call_later(_LONGEST_CLOSE_S, leave_now, code)
        overdue.cancel()
        return code


async def _begin_recording(
    lab: Laboratory, closing: asyncio.Future[int], path: Path, settings: RecordingSettings
) -> None:
    """Start a recording, and wait until it can take the first frame, or won't, or all closes."""
    lab.recording.start(path, settings)
    lab.window.show_note("Preparing to record")
    while lab.recording.is_starting and not closing.done():
        lab.recording.take(asyncio.get_running_loop().time())
        await asyncio.sleep(_LOOK_EVERY_S)
    lab.window.show_note("")


@contextlib.asynccontextmanager
async def _saving(lab: Laboratory, folder: Path | None) -> AsyncIterator[None]:
    """Keep the running session saved, and offer to restore one that was cut off."""
    if folder is None:
        yield
        return
    lab.files.folder = runs = RunFolder(folder)
    if lab.intent.session is None:
        lab.files.offer_to_restore()
    autosave = Autosave(lab.simulation, lab.intent, lab.window, runs, lab.pump.painting)
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
    lab.window.show_note(f"Stopped by an error: {type(failed[0]).__name__}: {failed[0]}")
    if failed[0] is not None:
        lab.pump.show_problem(problem_of_error(failed[0]))
    return await closing or 1


def run_window(
    start: Start,
    *,
    look: Look | None = None,
    screenshot: Path | None = None,
    after: float | None = None,
    metrics_lines: LineLog | None = None,
    replay_speed: float | None = None,
    record: tuple[Path, RecordingSettings] | None = None,
) -> int:
    """Open the window, or save a picture of it; gives the exit code.

    Parameters
    ----------
    start
        What the swarm begins with.
    look
        What the window looks like; by default as it did last time, and for a picture
        as it does at first.
    screenshot
        Where to save a picture of the window instead of showing it.
    after
        Virtual seconds to run before the picture; none if not given.
    replay_speed
        How fast to repeat a session, if not as fast as it was.
    record
        File to record to from the first frame on, and how.
    metrics_lines
        Where each second's metrics go as a line of JSON, if anywhere.
    """
    app = make_application()
    if screenshot is not None:
        from gui.commands.screenshot import take_screenshot

        picture = take_screenshot(start, screenshot, after or 0.0, look or AT_FIRST)
        return run_app(picture, app)
    faults: list[str] = []
    places = Places(faults.append)
    remembered = Settings()
    if (settings_file := places.find("settings", settings_path)) is not None:
        remembered = load_settings(settings_file, faults.append)
        if not faults:  # otherwise it has been said already
            places.check("settings", settings_file)
    runs_in = places.find("running sessions", run_folder_path)
    if runs_in is not None and not places.check("running sessions", runs_in / "any"):
        runs_in = None
    places.report()
    memory = Memory(remembered)
    wanted = memory.look(look or AT_FIRST)
    start = memory.start(start)

    def open_as_before(lab: Laboratory) -> None:
        if start.preset is not None:
            lab.controller.note_preset(start.preset, start.source)
        memory.bring_back(lab.window, wanted.panels)
        for fault in faults:
            lab.window.show_notice(Notice(fault))
        lab.intent.replay_speed = replay_speed
        lab.window.recordingChoiceRequested.emit(memory.recording)
        lab.places.bring_back(memory.folders)

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
    )
    return run_app(shown, app)


def settings_of(lab: Laboratory) -> Settings:
    """What to remember of a window; not that the grid was alone, which hides all ways back."""
    window, preset = lab.window, lab.controller.preset
    if window.is_grid_alone:
        window.toggle_grid_alone()
    size = window.normalGeometry().size()
    if size.isEmpty():  # it has never been anything but normal
        size = window.size()
    return Settings(
        width=size.width(),
        height=size.height(),
        is_maximized=window.isMaximized(),
        arrangement=window.workbench.arrangement(),
        theme=lab.appearance.theme.value,
        is_calm=lab.intent.is_calm,
        text_scale=lab.appearance.text_scale,
        preset=preset if can_be_remembered(preset) else "",
        recording=lab.recording.choice,
        folders=lab.places.remembered(),
    )
