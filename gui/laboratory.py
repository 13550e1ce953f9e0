"""The laboratory: what a window is made of, how it is connected, and in which order it ends."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from time import time as wall_time
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from experiments import (
    AUTO,
    MOST_SAMPLES,
    Parameters,
    Session,
    Simulation,
    program_version,
    session_of,
)
from gui.connections import connect_hands, connect_recording, connect_sweep, connect_views
from gui.controllers.asking import Asking
from gui.controllers.computing import PopulationWishes
from gui.controllers.drawing_response import ResponseDrawing
from gui.controllers.exporting import Exporting
from gui.controllers.file_places import FilePlaces
from gui.controllers.hand import Hand
from gui.controllers.mirroring import Mirroring
from gui.controllers.own_presets import OwnPresets
from gui.controllers.pump import Pump
from gui.controllers.recent_runs import RecentRuns
from gui.controllers.recording import Recording
from gui.controllers.recording_folder import RecordingFolder
from gui.controllers.run_files import RunFiles
from gui.controllers.session_keeper import SessionKeeper
from gui.controllers.stills import Stills
from gui.controllers.stops import Stops
from gui.controllers.sweep_asking import SweepAsking
from gui.controllers.sweeping import Sweeping
from gui.controllers.time_wishes import TimeWishes
from gui.controllers.time_zoom import TimeZoom
from gui.controllers.wishes import WishController
from gui.instruments.plot_file import save_plot
from gui.models.colouring import Colouring
from gui.models.command_ports import WindowCommand
from gui.models.current_run import CurrentRun
from gui.models.drawing import Drawing
from gui.models.intent import Intent
from gui.models.look import AT_FIRST, Look, Theme
from gui.models.metrics import Metrics
from gui.models.pump_state import PumpState
from gui.picture.caption_painter import CaptionPainter
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import rgba
from gui.picture.png import save_png
from gui.picture.theme import FAILED_COLOUR, NIGHT
from gui.system.awake_clock import AwakeClock
from gui.system.event_loop import FirefliesEventLoop
from gui.views.appearance import Appearance
from gui.views.window import Window

_LARGEST_DRAWN_SEED: Final = 999_999

_LONGEST_FINISH_S: Final = 1.0
"""Seconds for which a close waits for a recording; it is finished in any case."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Laboratory:
    """One window with its swarm, connected but not yet begun."""

    simulation: Simulation
    intent: Intent
    current: CurrentRun
    window: Window
    metrics: Metrics
    pump: Pump
    controller: WishController
    hand: Hand
    zoom: TimeZoom
    drawing: ResponseDrawing
    time: TimeWishes
    computing: PopulationWishes
    files: RunFiles
    own_presets: OwnPresets
    recent: RecentRuns
    recording: Recording
    stills: Stills
    exporting: Exporting
    sweeping: Sweeping
    asking_sweep: SweepAsking
    appearance: Appearance
    places: FilePlaces
    keeper: SessionKeeper

    def do(self, command: WindowCommand) -> None:
        """Do what a command is for."""
        if command.does is not None:
            command.does(self)

    def copy_command_line(self) -> None:
        """Put the command that opens a window like this one on the clipboard."""
        words = self.controller.command_line()
        QApplication.clipboard().setText(words)
        self.window.show_toast(self.controller.copied_words(words))


def draw_seed() -> int:
    """A random seed, short enough to be said aloud."""
    return 1 + secrets.randbelow(_LARGEST_DRAWN_SEED)


@contextlib.asynccontextmanager
async def open_laboratory(
    parameters: Parameters,
    metrics: Metrics | None = None,
    *,
    is_playing: bool = True,
    look: Look = AT_FIRST,
    session: Session | None = None,
    clock: AwakeClock | None = None,
    population: str = AUTO,
) -> AsyncIterator[Laboratory]:
    """Make a window and its swarm; at the end, end every run and close the window.

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
    clock
        Wall time; that of the running loop by default.
    population
        What computes the fireflies.

    Notes
    -----
    The task that drives the pump has to be stopped before the end. Cancelling
    is safe.
    """
    intent = Intent(
        is_playing=is_playing,
        view=look.view or Colouring.GLOW,
        brush=look.brush,
        brush_width=look.brush_width,
        shape=look.shape,
        is_calm=look.is_calm,
        tells_story=look.tells_story,
        drawing=look.drawing or Drawing.LIGHTS,
        population=population,
    )
    current = CurrentRun(session=session)
    simulation = Simulation(parameters, None, MOST_SAMPLES, population_choice=population)
    if session is not None:
        simulation.follow(session)
    metrics = metrics or Metrics()
    window = Window(NIGHT)
    loop = asyncio.get_running_loop()
    if clock is None:
        clock = loop.clock if isinstance(loop, FirefliesEventLoop) else AwakeClock()
    pump = Pump(
        simulation,
        intent,
        current,
        window,
        metrics,
        table_of,
        clock,
        failed_colour=rgba(FAILED_COLOUR),
    )
    controller = WishController(simulation, intent, current, pump.presenting, window, draw_seed)
    hand = Hand(simulation, intent, current, pump.presenting, window)
    zoom = TimeZoom(simulation, intent)
    drawing = ResponseDrawing(Asking(simulation, intent, current))

    def until_now() -> Session:
        return session_of(simulation, program_version())

    time = TimeWishes(simulation, intent, current, window, until_now)
    keeper = SessionKeeper(simulation)
    exporting = Exporting(keeper, metrics, window, save_plot, open_folder)
    places = FilePlaces(simulation, lambda: controller.preset)
    files = RunFiles(simulation, intent, window, controller)
    parts = (window.picture, CaptionPainter, open_folder)
    folder = RecordingFolder(places, window.toolbar.recording_menu.show_folder)
    recording = Recording(keeper, pump.painting, window, *parts, folder.present)
    stills = Stills(keeper, pump.painting, window, *parts, save_png)
    menu = window.toolbar.recent_menu
    recent = RecentRuns(simulation, current, menu, save_png, table_of, wall_time)
    files.on_saved, files.on_opened = recent.note_saved, recent.note_opened
    menu.aboutToShow.connect(recent.list)
    menu.runRequested.connect(files.open)
    menu.clearRequested.connect(recent.clear)
    computing = PopulationWishes(simulation, intent, pump.presenting, window, controller)
    mirroring = Mirroring(simulation, intent, metrics, window)
    sweeping = Sweeping(window, files, wake_from_anywhere(loop, pump.wake), open_folder)
    asking_sweep = SweepAsking(simulation, sweeping, window)
    pump.watchers += [recording, exporting, Stops(clock, window), recent, mirroring]
    pump.watchers += [sweeping, asking_sweep]
    for changed in (window.commandRequested, window.workbench.panelsChanged):
        changed.connect(pump.wake)
    appearance = Appearance(window, look.theme or Theme.SYSTEM, look.text_scale)
    pump.presenting.show()
    if look.panels is not None:
        window.workbench.show_panels(look.panels)
    connect_hands(window, controller, hand, files)
    connect_views(window, zoom, drawing)
    window.grid.painted.connect(lambda: metrics.note_paint(loop.time()))
    connect_recording(window, recording, folder)
    connect_sweep(window, sweeping, asking_sweep)
    window.exportRequested.connect(exporting.export)
    window.dialogs.places = places
    window.dialogs.fileChosen.connect(places.note)
    lab = Laboratory(
        simulation,
        intent,
        current,
        window,
        metrics,
        pump,
        controller,
        hand,
        zoom,
        drawing,
        time,
        computing,
        files,
        OwnPresets(controller, pump.painting, window, save_png),
        recent,
        recording,
        stills,
        exporting,
        sweeping,
        asking_sweep,
        appearance,
        places,
        keeper,
    )
    window.commandRequested.connect(lab.do)
    try:
        yield lab
    finally:
        window.hide()
        await mirroring.aclose()
        asking_sweep.close()
        await sweeping.aclose()
        recording.close(_LONGEST_FINISH_S)
        exporting.close()
        appearance.close()
        await simulation.aclose()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window)


def wake_from_anywhere(
    loop: asyncio.AbstractEventLoop, wake: Callable[[], object]
) -> Callable[[], None]:
    """What asks a loop from any thread to wake something that lives on it."""

    def ask() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(wake)

    return ask


def first_picture(lab: Laboratory) -> asyncio.Event:
    """What is set once the first picture of a swarm that is ready is on the screen."""
    shown = asyncio.Event()

    def note() -> None:
        if lab.pump.state is not PumpState.STARTING:
            shown.set()
            lab.window.grid.painted.disconnect(note)

    lab.window.grid.painted.connect(note)
    return shown


def open_folder(folder: Path) -> None:
    """Show a folder in the desktop's own program for that."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


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
