"""The window: toolbar, grid, panels and status line, and the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout

from experiments import Parameters
from gui.controls.focus import keep_for_focused
from gui.controls.value_control import ValueControl
from gui.instruments.controls import CONTROLS
from gui.instruments.registry import PANELS
from gui.models.brush import Brush
from gui.models.choices import with_panels
from gui.models.colouring import Colouring
from gui.models.command import key_lines
from gui.models.command_ports import WindowCommand
from gui.models.commands import COMMANDS
from gui.models.drawing import Drawing
from gui.models.exports import WindowExport
from gui.models.gallery_entry import GalleryEntry
from gui.models.look import Theme
from gui.models.marks import dots_in_sight
from gui.models.notice import Notice
from gui.models.recording import RecordingChoice, RecordingStatus
from gui.models.status_readout import StatusReadout
from gui.models.stroke_shape import StrokeShape
from gui.models.timeline import Timeline
from gui.picture.theme import NIGHT, SIZES, Palette, style_sheet
from gui.views.actions import Actions
from gui.views.app_watch import AppWatch
from gui.views.bench import Bench
from gui.views.caption_strip import CaptionStrip
from gui.views.control_panel import ControlPanel
from gui.views.file_dialogs import FileDialogs
from gui.views.file_drops import FileDrops
from gui.views.gallery import Gallery, GalleryChooser
from gui.views.grid import GridView
from gui.views.grid_alone import GridAlone
from gui.views.grid_screen import GridScreen
from gui.views.keyboard import Keyboard
from gui.views.overlays import Overlays
from gui.views.panel_views import PanelViews
from gui.views.qt_palette import qt_palette
from gui.views.status_line import StatusLine
from gui.views.status_ways import StatusWays
from gui.views.timeline_bar import TimelineBar
from gui.views.toolbar import Toolbar
from gui.views.window_picture import picture_of
from gui.views.workbench import Workbench

if TYPE_CHECKING:
    from gui.views.sweep_form import SweepFormBox, TakesSweep


class Window(GridScreen):
    """Everything there is to see; shows what it is given and emits what is asked."""

    commandRequested = Signal(object)
    """The :class:`~gui.models.command.Command` asked for, if it isn't the window's own."""
    presetRequested = Signal(str)
    """Name of a preset of the gallery."""
    filesDropped = Signal(list)
    """Addresses of what was dropped, at least one."""
    cancelRequested = Signal()
    letGoRequested = Signal()
    seekRequested = Signal(float)
    """Virtual time to go to in a run that is repeated, seconds."""
    noticeAnswered = Signal(object)
    """The :class:`~gui.models.notice.Answer` given, or None."""
    exportRequested = Signal(object, str)
    """The :class:`~experiments.ExportKind`, and the path to write to."""
    recordingChoiceRequested = Signal(object)
    closeRequested = Signal()

    def __init__(self, palette: Palette = NIGHT) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Fireflies")
        self.setMinimumSize(SIZES.least_width, SIZES.least_height)
        self.resize(SIZES.window_width, SIZES.window_height)
        self._palette, panels = palette, PANELS.values()
        self.commands = Actions(with_panels(COMMANDS.values(), panels), self)
        self.panel = ControlPanel(self.commands, palette, self)
        self.toolbar = Toolbar(self.commands, palette, self)
        self.grid = GridView(self)
        views = PanelViews({CONTROLS.name: self.panel}, panels, palette, self)
        self.timeline = TimelineBar(self.commands["branch"], palette, self)
        self.dialogs = FileDialogs(palette, self)
        self.status_line = StatusLine(self)
        self.strip = CaptionStrip(self)
        self.workbench = Workbench(self.grid, panels, views, palette, self)
        self.bench = Bench(self.workbench, self)
        keys = key_lines(self.commands.table)
        self.overlays = Overlays(self, self.grid, self.status_line, keys, palette)
        self.notice, self.toast = self.overlays.notice, self.overlays.toast
        self.sliders = {**self.panel.sliders, "speed": self.toolbar.speed}
        self.value_controls: Mapping[str, ValueControl] = {**self.panel.controls, **self.sliders}
        self._grid_alone = GridAlone(
            self,
            (self.toolbar, self.status_line),
            (self.timeline, self.workbench, self.strip, self.overlays),
            self.overlays,
        )
        ways_out = self.cancelRequested.emit, self.letGoRequested.emit
        parts = self.grid, self.overlays, self._grid_alone
        self._keyboard = Keyboard(self.commands, *parts, *ways_out)
        StatusWays(self.status_line, self.workbench, self.panel, self.commands)
        FileDrops(self).dropped.connect(self.filesDropped)
        AppWatch(self.value_controls.values(), self.workbench, self)
        self._lay_out()
        self.setStyleSheet(style_sheet(palette))  # last, or Qt would style what moves anew
        self._connect_parts()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # at first no control has the focus
        self.setFocus()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.bench, 1)
        layout.addWidget(self.strip)
        layout.addWidget(self.timeline)
        layout.addWidget(self.status_line)

    def _connect_parts(self) -> None:
        self.commands.asked.connect(self._on_commands_asked)
        self.toolbar.export_menu.exportRequested.connect(self.ask_where_to_export)
        self.toolbar.recording_menu.choiceRequested.connect(self.recordingChoiceRequested)
        self.strip.switched.connect(self._on_strip_switched)
        self.timeline.seekRequested.connect(self.seekRequested)
        self.notice.answered.connect(self.noticeAnswered)
        self.grid.cancelRequested.connect(self.cancelRequested)
        self.workbench.panelsChanged.connect(self._on_workbench_panels_changed)
        self._on_workbench_panels_changed()

    def ask(self, name: str) -> None:
        """Ask for a command by its name, as its key does."""
        self.commands[name].trigger()

    def _on_commands_asked(self, command: WindowCommand) -> None:
        if command.shows is not None:
            command.shows(self)
        else:
            self.commandRequested.emit(command)

    # -- showing ------------------------------------------------------------------------

    def is_showing(self) -> bool:
        """Whether anybody could see a picture now."""
        return self.isVisible() and not self.isMinimized()

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and a size of the text, 1 being usual."""
        self._palette = palette
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(qt_palette(palette))
        sheet = style_sheet(palette, SIZES.with_text(text_scale))
        if sheet != self.styleSheet():  # Qt would style every widget anew
            self.setStyleSheet(sheet)
        self.toolbar.show_style(palette, text_scale)
        self.status_line.show_text_scale(text_scale)
        self.workbench.show_style(palette, text_scale)
        self.timeline.show_palette(palette)
        self.overlays.show_style(palette, text_scale)
        self.grid.words.place()
        self.dialogs.show_palette(palette)
        self._fit_parts()

    def show_theme(self, theme: Theme) -> None:
        """Show which theme was chosen."""
        self.commands.show(theme=theme)

    def show_drawing(self, drawing: Drawing) -> None:
        """Show how fireflies are drawn."""
        self.commands.show(drawing=drawing)

    def show_population(self, choice: str, *, is_mirrored: bool) -> None:
        """Show what was chosen to compute the fireflies, and whether a mirror runs beside."""
        self.commands.show(population=choice, is_mirrored=is_mirrored)

    def show_calm(self, is_calm: bool) -> None:
        """Show whether changes of brightness are softened."""
        self.commands.show(is_calm=is_calm)
        self.panel.view_bar.show_calm(is_calm)
        self.grid.words.show_calm(is_calm)

    def show_brush(self, brush: Brush, width: int, shape: StrokeShape) -> None:
        """Show which brush is in the hand, how wide it is, in cells, and what is drawn with it."""
        self.panel.brush_bar.show_brush(brush, width, shape)
        self.commands.show(brush=brush, shape=shape)
        self.grid.show_brush(0 if brush is Brush.LOOK else width if shape.has_width else 1)

    def show_firefly(self, words: str) -> None:
        """Show what is known of a firefly, where it is visible."""
        self.panel.brush_bar.show_firefly(words)
        self.grid.words.show_readout("" if self.is_seen(CONTROLS.name) else words)

    def show_marks(self, status: NDArray[np.uint8]) -> None:
        """Mark the fireflies that something was done to."""
        self.grid.show_marks(status)
        self.panel.brush_bar.show_dots(dots_in_sight(status))

    def show_view(self, colouring: Colouring) -> None:
        """Show what the colours mean from now on."""
        self.panel.view_bar.show_view(colouring)
        self.commands.show(view=colouring)

    def show_timeline(self, timeline: Timeline | None) -> None:
        """Show where a run that is repeated is; None hands the controls back."""
        self.timeline.show_timeline(timeline)
        self.workbench.views.set_locked(timeline is not None)

    def picture(self, width: int, height: int) -> NDArray[np.uint8]:
        """What the window looks like now, RGBA, scaled to fit; no frame is counted for it.

        Without the story, notices and toasts, which are not about the swarm.
        """
        with QSignalBlocker(self.grid):
            return picture_of(self, width, height, without=self.overlays.passing)

    def show_recording(self, status: RecordingStatus | None) -> None:
        """Show how a recording goes; None if there is none."""
        is_paused = status is not None and status.is_paused
        self.commands.show(is_recording=status is not None, is_recording_paused=is_paused)
        self.toolbar.show_recording(status)

    def show_recording_choice(self, choice: RecordingChoice) -> None:
        """Show how recordings are made."""
        self.toolbar.recording_menu.show_choice(choice)

    def show_notice(self, notice: Notice | None) -> None:
        """Show a sentence until it is answered, after those before it; None: it was answered."""
        self.overlays.show_notice(notice)

    def show_status(self, status: StatusReadout) -> None:
        """Show a moment of the run."""
        self.status_line.show_status(status)
        self.strip.show_status(status)
        self.workbench.show_status(status)

    def show_playing(self, is_playing: bool) -> None:
        """Show whether time passes."""
        self.commands.show(is_playing=is_playing)

    def show_note(self, words: str, can_cancel: bool = False) -> None:
        """Show words over the grid, with or without a way out; none hides them."""
        self.grid.words.show_note(words, can_cancel)
        self.commands.show(is_ready=not words)

    def show_story(self, lines: Sequence[str]) -> None:
        """Show lines over the grid until the user does something; none takes them away."""
        self.overlays.show_story(lines)

    def show_parameters(self, parameters: Parameters) -> None:
        """Show the values in force."""
        self.panel.show_data(parameters)
        self.toolbar.speed.show_value(parameters.speed)

    def show_preset(self, name: str, sentence: str, usual: str = "") -> None:
        """Show which preset the run began with, no name for none; in the room of what is usual."""
        self.panel.preset_bar.show_preset(name, sentence, usual)
        self.strip.show_sentence(sentence)

    def show_refusal(self, name: str, reason: str) -> None:
        """Say next to its control why a value was refused."""
        self.value_controls[name].show_refusal(reason)

    def show_toast(self, words: str) -> None:
        """Show a sentence for a while."""
        self.overlays.show_toast(words)

    def show_gallery(self, entries: Sequence[GalleryEntry], chooser: GalleryChooser) -> None:
        """Open the gallery of presets; the run goes on."""
        Gallery(entries, chooser, self.commands, self._palette, self).open()

    def show_sweep_form(self, taker: TakesSweep) -> SweepFormBox:
        """Open the form for a sweep; the run goes on."""
        from gui.views.sweep_form import SweepFormBox

        return SweepFormBox(taker, self._palette, self)

    def show_about(self) -> None:
        """Open the box that says what this is; the run goes on."""
        from gui.views.about import AboutBox

        AboutBox(self._palette, self).open()

    @property
    def is_grid_alone(self) -> bool:
        """Whether the grid has the full screen, and all else is hidden."""
        return self._grid_alone.is_on

    def toggle_grid_alone(self) -> None:
        """The grid on a clean full screen, or not any more."""
        self._grid_alone.toggle()

    # -- asking -------------------------------------------------------------------------

    def ask_where_to_export(self, kind: WindowExport) -> None:
        """Ask for a file to export something to, beside the run, which goes on."""
        self.dialogs.ask_where_to_export(kind, partial(self.exportRequested.emit, kind))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between the parts."""
        super().resizeEvent(event)
        self._fit_parts()

    def showEvent(self, event: QShowEvent) -> None:
        """By now every part knows how large its text is."""
        super().showEvent(event)
        self._fit_parts()

    def _fit_parts(self) -> None:
        self.toolbar.fit(self.width())
        self.panel.fit(self.width())

    def event(self, event: QEvent) -> bool:
        """A focused button is pressed by the space bar, whatever that means elsewhere."""
        return keep_for_focused(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing else has handled."""
        if not self._keyboard.press(event):
            super().keyPressEvent(event)

    def _on_workbench_panels_changed(self) -> None:
        self.commands.show(panels=self.workbench.shown())

    def _on_strip_switched(self, is_on: bool) -> None:
        self.commands.show(has_caption=is_on)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for the close; the owner of the run ends it first and then closes the window."""
        event.ignore()
        self.closeRequested.emit()
