"""The window: toolbar, grid, panel, plot and status line, and the keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from experiments import Parameters
from gui.frame_buffer import Frame
from gui.models.brush import Brush
from gui.models.coherence_trace import Curve
from gui.models.status import Status
from gui.models.view import View
from gui.theme import NIGHT, SIZES, Palette, style_sheet
from gui.views.coherence_plot import CoherencePlot
from gui.views.grid import GridView
from gui.views.panel import Panel
from gui.views.status_line import StatusLine
from gui.views.toolbar import Toolbar
from gui.views.value_slider import ValueSlider


class Window(QWidget):
    """Everything there is to see; shows what it is given and emits what is asked."""

    playToggleRequested = Signal()
    stepRequested = Signal()
    periodStepRequested = Signal()
    undoRequested = Signal()
    redoRequested = Signal()
    presetRequested = Signal(str)
    copyRequested = Signal()
    resetRequested = Signal()
    newSeedRequested = Signal()
    viewRequested = Signal(object)
    brushRequested = Signal(object)
    menuRequested = Signal()
    gridAloneRequested = Signal()
    shortcutsRequested = Signal()
    closeRequested = Signal()

    def __init__(self, palette: Palette = NIGHT) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Fireflies")
        self.setMinimumSize(SIZES.least_width, SIZES.least_height)
        self.resize(SIZES.window_width, SIZES.window_height)
        self.setStyleSheet(style_sheet(palette))
        self.toolbar = Toolbar(palette, self)
        self.grid = GridView(self)
        self.panel = Panel(self)
        self.plot = CoherencePlot(palette, self)
        self.status_line = StatusLine(palette, self)
        self.sliders: Mapping[str, ValueSlider] = {
            **self.panel.sliders,
            "speed": self.toolbar.speed,
        }
        self._is_grid_alone = self._was_maximized = False
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # at first no control has the focus
        self.setFocus()

    def _lay_out(self) -> None:
        pictures = QVBoxLayout()
        pictures.setSpacing(0)
        pictures.addWidget(self.grid, 1)
        pictures.addWidget(self.plot)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(pictures, 1)
        middle.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addLayout(middle, 1)
        layout.addWidget(self.status_line)

    def _connect(self) -> None:
        for request, key in (
            (self.playToggleRequested, Qt.Key.Key_Space),
            (self.stepRequested, Qt.Key.Key_Period),
            (self.periodStepRequested, Qt.Key.Key_Comma),
            (self.undoRequested, QKeySequence.StandardKey.Undo),
            (self.gridAloneRequested, Qt.Key.Key_F11),
            (self.shortcutsRequested, "?"),
            (self.redoRequested, "Ctrl+Y"),
            (self.redoRequested, "Ctrl+Shift+Z"),
            (self.resetRequested, Qt.Key.Key_R),
            (self.newSeedRequested, Qt.Key.Key_N),
            (self.menuRequested, Qt.Key.Key_M),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)  # a key held down must not flash the grid
            shortcut.activated.connect(request)
        for number, view in enumerate(View, start=1):
            shortcut = QShortcut(QKeySequence(str(number)), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(partial(self.viewRequested.emit, view))
        self.panel.brush_bar.brushRequested.connect(self.brushRequested)
        self.panel.view_bar.viewRequested.connect(self.viewRequested)
        self.toolbar.playToggleRequested.connect(self.playToggleRequested)
        self.toolbar.stepRequested.connect(self.stepRequested)
        self.toolbar.resetRequested.connect(self.resetRequested)
        self.toolbar.newSeedRequested.connect(self.newSeedRequested)
        menu = self.toolbar.menu
        menu.undoRequested.connect(self.undoRequested)
        menu.redoRequested.connect(self.redoRequested)
        menu.periodStepRequested.connect(self.periodStepRequested)
        menu.presetRequested.connect(self.presetRequested)
        menu.copyRequested.connect(self.copyRequested)
        menu.gridAloneRequested.connect(self.gridAloneRequested)
        menu.shortcutsRequested.connect(self.shortcutsRequested)
        self.menuRequested.connect(self.toolbar.show_menu)
        self.gridAloneRequested.connect(self.toggle_grid_alone)
        self.shortcutsRequested.connect(self.grid.toggle_keys)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_app_focus_changed)

    # -- showing ------------------------------------------------------------------------

    def is_showing(self) -> bool:
        """Whether anybody could see a picture now."""
        return self.isVisible() and not self.isMinimized()

    def show_frame(self, frame: Frame) -> None:
        """Show a picture of the swarm."""
        self.grid.show_picture(frame.rgba)
        self.grid.show_evened(frame.is_evened)

    def show_brush(self, brush: Brush, width: int) -> None:
        """Show which brush is in the hand, and how wide it is, in cells."""
        self.panel.brush_bar.show_brush(brush)
        self.grid.show_brush(0 if brush is Brush.LOOK else width)

    def show_firefly(self, words: str) -> None:
        """Show what is known of the firefly under the pointer."""
        self.panel.brush_bar.show_firefly(words)

    def show_view(self, view: View) -> None:
        """Show what the colours mean from now on."""
        self.panel.view_bar.show_view(view)

    def show_curve(self, curve: Curve) -> None:
        """Show the coherence over time."""
        self.plot.show_curve(curve)

    def show_status(self, status: Status) -> None:
        """Show a moment of the run."""
        self.status_line.show_status(status)

    def show_playing(self, is_playing: bool) -> None:
        """Show whether time passes."""
        self.toolbar.show_playing(is_playing)

    def show_note(self, words: str) -> None:
        """Show words over the grid; none hides them."""
        self.grid.show_note(words)
        self.toolbar.set_ready(not words)

    def show_figures(self, figures: Mapping[str, str]) -> None:
        """Show what the window measured of itself, by metric."""
        self.panel.show_figures(figures)

    def show_parameters(self, parameters: Parameters) -> None:
        """Show the values in force."""
        for name, slider in self.sliders.items():
            slider.show_value(getattr(parameters, name))

    def show_refusal(self, name: str, reason: str) -> None:
        """Say next to a slider why a value was refused."""
        self.sliders[name].show_refusal(reason)

    def clear_refusals(self) -> None:
        """Take all refusals back."""
        for slider in self.sliders.values():
            if slider.refusal():
                slider.show_refusal("")

    def show_toast(self, words: str) -> None:
        """Show a sentence for a while."""
        self.grid.show_toast(words)

    def toggle_grid_alone(self) -> None:
        """The grid on a clean full screen, for projectors and recorders; and back."""
        self._is_grid_alone = not self._is_grid_alone
        for part in (self.toolbar, self.panel, self.plot, self.status_line):
            part.setVisible(not self._is_grid_alone)
        if self._is_grid_alone:
            self._was_maximized = self.isMaximized()
            self.showFullScreen()
            self.show_toast("F11 or Esc: back")
        elif self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()

    # -- asking -------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the full screen."""
        if event.key() == Qt.Key.Key_Escape and self._is_grid_alone:
            self.toggle_grid_alone()
        else:
            super().keyPressEvent(event)

    def _on_app_focus_changed(self, _before: QWidget | None, focused: QWidget | None) -> None:
        for slider in self.sliders.values():
            slider.note_focus(focused)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for the close; whoever owns the run ends it first and then lets the window go."""
        event.ignore()
        self.closeRequested.emit()
