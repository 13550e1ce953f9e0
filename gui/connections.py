"""The connections of a window: what its views ask for, and who does it."""

from __future__ import annotations

from functools import partial

from gui.controllers.answering import answer_notice
from gui.controllers.drawing_response import ResponseDrawing
from gui.controllers.hand import Hand
from gui.controllers.recording import Recording
from gui.controllers.recording_folder import RecordingFolder
from gui.controllers.run_files import RunFiles
from gui.controllers.sweep_asking import SweepAsking
from gui.controllers.sweeping import Sweeping
from gui.controllers.time_zoom import TimeZoom
from gui.controllers.wishes import WishController
from gui.instruments.panel_view import DrawsResponse, ShowsRows, ShowsSweep, ShowsTime
from gui.models.recording import RecordingChoice
from gui.views.window import Window


def connect_hands(window: Window, controller: WishController, hand: Hand, files: RunFiles) -> None:
    """What is done to the grid, the controls and the window itself."""
    window.grid.pointed.connect(hand.point)
    window.grid.stroked.connect(hand.stroke)
    window.grid.strokeEnded.connect(hand.end_stroke)
    window.grid.wheelTurned.connect(hand.turn_wheel)
    window.grid.clicked.connect(hand.click)
    window.panel.brush_bar.width_row.widthRequested.connect(hand.set_width)
    window.overlays.story.ended.connect(hand.end_story)
    window.commands.asked.connect(hand.end_story)
    window.presetRequested.connect(controller.begin_preset)
    window.filesDropped.connect(files.open_dropped)
    window.noticeAnswered.connect(partial(answer_notice, window))
    window.seekRequested.connect(controller.seek)
    window.cancelRequested.connect(controller.cancel)
    window.letGoRequested.connect(hand.let_go)
    for slider in window.sliders.values():
        slider.valueMoved.connect(controller.move_value)
        slider.handleReleased.connect(controller.release_handle)
    for control in window.value_controls.values():
        control.valueTyped.connect(controller.type_value)


def connect_views(window: Window, zoom: TimeZoom, drawing: ResponseDrawing) -> None:
    """What is done in panels, as soon as each has a view."""

    def connect(_name: str, view: object) -> None:
        if isinstance(view, ShowsTime):
            view.zoomRequested.connect(zoom.zoom)
            view.panRequested.connect(zoom.move)
            view.wholeRequested.connect(zoom.show_all)
            view.latestRequested.connect(zoom.show_latest)
        if isinstance(view, ShowsRows):
            view.rowsZoomRequested.connect(zoom.zoom_rows)
            view.rowsPanRequested.connect(zoom.move_rows)
            view.allRowsRequested.connect(zoom.show_all_rows)
        if isinstance(view, DrawsResponse):
            view.pointsDrawn.connect(drawing.draw)
            view.drawingEnded.connect(drawing.end)
            view.shapeChosen.connect(drawing.choose)

    window.workbench.views.on_made(connect)


def connect_recording(window: Window, recording: Recording, folder: RecordingFolder) -> None:
    """What is chosen of recordings."""
    menu = window.toolbar.recording_menu

    def ask_for_folder() -> None:
        window.dialogs.ask_for_folder("Folder for recordings", folder.nearest(), folder.choose)

    menu.folderRequested.connect(ask_for_folder)
    menu.aboutToShow.connect(folder.show)

    def choose(choice: RecordingChoice) -> None:
        recording.choice = choice
        window.show_recording_choice(choice)

    window.recordingChoiceRequested.connect(choose)


def connect_sweep(window: Window, sweeping: Sweeping, asking: SweepAsking) -> None:
    """What is asked for of sweeps, by sliders and in their panel."""

    def ask_where_to_save() -> None:
        window.dialogs.ask_where_to_save_sweep(sweeping.stem, sweeping.save)

    def connect(_name: str, view: object) -> None:
        if not isinstance(view, ShowsSweep):
            return
        for asked, does in (
            (view.sweepRequested, asking.ask),
            (view.observableChosen, sweeping.choose),
            (view.valuesChosen, sweeping.choose_at),
            (view.runRequested, sweeping.open_run),
            (view.pauseRequested, sweeping.pause),
            (view.goOnRequested, sweeping.go_on),
            (view.stopRequested, sweeping.stop),
            (view.saveRequested, ask_where_to_save),
            (view.folderRequested, sweeping.show_folder),
        ):
            asked.connect(does)
            asked.connect(sweeping.wake)

    window.panel.sweepRequested.connect(asking.ask)
    window.workbench.views.on_made(connect)
