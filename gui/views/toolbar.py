"""The toolbar: play or pause, step, reset, new seed, and the speed."""

from __future__ import annotations

import importlib.util
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from experiments import PARAMETER_FIELDS
from gui.models.recording import RecordingStatus
from gui.recording.settings import INSTALL_COMMAND
from gui.theme import SIZES, Palette
from gui.views.export_menu import ExportMenu
from gui.views.icons import icon, mark
from gui.views.menu import Menu, PanelMenu
from gui.views.preset_bar import PresetMenu
from gui.views.recording_menu import RecordingMenu
from gui.views.value_slider import ValueSlider

RECORD_KEY: Final = "Ctrl+Shift+R"
RECORD_WORDS: Final = "Record a video" + (
    "" if importlib.util.find_spec("av") else f"; needs PyAV: {INSTALL_COMMAND}"
)


class Toolbar(QWidget):
    """Buttons and the speed slider; says what is asked for, decides nothing."""

    playToggleRequested = Signal()
    stepRequested = Signal()
    resetRequested = Signal()
    newSeedRequested = Signal()
    recordToggleRequested = Signal()

    def __init__(self, presets: PresetMenu, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(SIZES.toolbar)
        self._palette = palette
        self._icons: dict[QToolButton, str] = {}
        self.play_button = self._button("pause-fill", "Pause", "Space")
        self.step_button = self._button("skip-forward", "Step to the next flash", ".")
        self.reset_button = self._button(
            "arrow-counter-clockwise",
            "Reset: same seed, from the start; what was painted stays",
            "R, without the paint Shift+R",
        )
        self.new_seed_button = self._button("dice-five", "New seed: another random start", "N")
        self.panel_menu = PanelMenu(self)
        self.panels_button = self._button("layout", "Panels to show or hide", "Ctrl+1 to Ctrl+8")
        self.panels_button.clicked.connect(self._on_panels_button_clicked)
        self.recording_menu = RecordingMenu(self)
        self.export_menu = ExportMenu(self)
        submenus = (self.panel_menu, self.recording_menu, self.export_menu)
        self.menu = Menu(presets, submenus, self)
        self.menu_button = self._button("list", "Menu: presets, themes and more", "M")
        self.menu_button.clicked.connect(self.show_menu)
        self.record_button = self._button("record", RECORD_WORDS, RECORD_KEY)
        self.record_button.clicked.connect(self.recordToggleRequested)
        self.recording = QLabel(self)
        self.recording.setObjectName("recording")
        self.recording.setAccessibleName("Recording: time, size, frames dropped")
        self.recording.hide()
        self.speed = ValueSlider(PARAMETER_FIELDS["speed"], palette, self, is_inline=True)
        self.play_button.clicked.connect(self.playToggleRequested)
        self.step_button.clicked.connect(self.stepRequested)
        self.reset_button.clicked.connect(self.resetRequested)
        self.new_seed_button.clicked.connect(self.newSeedRequested)
        self._lay_out()

    def show_playing(self, is_playing: bool) -> None:
        """Let the button offer what it would do now."""
        name, words = ("pause", "Pause") if is_playing else ("play", "Play")
        self._icons[self.play_button] = f"{name}-fill"
        self.play_button.setIcon(icon(f"{name}-fill", self._palette))
        self._describe(self.play_button, words, "Space")

    def show_recording(self, status: RecordingStatus | None) -> None:
        """Show how a recording goes; None if there is none."""
        is_on = status is not None
        if is_on is self.recording.isHidden():
            name = "stop-circle" if is_on else "record"
            self._icons[self.record_button] = name
            self.record_button.setIcon(icon(name, self._palette))
            words = "Finish the recording" if is_on else RECORD_WORDS
            self._describe(self.record_button, words, RECORD_KEY)
            self.recording.setVisible(is_on)
        if status is not None:
            mark = "\N{BLACK CIRCLE}" if status.is_running else "\N{WHITE CIRCLE}"
            self.recording.setText(f"{mark} {status.text()}")

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette = palette
        for button, icon_name in self._icons.items():
            button.setIcon(icon(icon_name, palette))
        self._logo.setPixmap(mark(palette, SIZES.logo))
        self.speed.show_style(palette, text_scale)

    def show_menu(self) -> None:
        """Open the menu below its button; this returns at once, and the run goes on."""
        self._pop_up(self.menu, self.menu_button)

    def _on_panels_button_clicked(self) -> None:
        self._pop_up(self.panel_menu, self.panels_button)

    def _pop_up(self, menu: QMenu, button: QToolButton) -> None:
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), -SIZES.rhythm // 2))

    def set_ready(self, is_ready: bool) -> None:
        """While a swarm is being made there is nothing to play or to step."""
        for button in (self.play_button, self.step_button):
            button.setEnabled(is_ready)

    def _lay_out(self) -> None:
        self._logo = logo = QLabel(self)
        logo.setPixmap(mark(self._palette, SIZES.logo))
        title = QLabel("Fireflies", self)
        title.setObjectName("title")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SIZES.rhythm, 0, 2 * SIZES.rhythm, 0)
        layout.setSpacing(SIZES.rhythm // 2)
        layout.addWidget(logo)
        layout.addWidget(title)
        layout.addSpacing(3 * SIZES.rhythm)
        for button in (
            self.play_button,
            self.step_button,
            self.reset_button,
            self.new_seed_button,
        ):
            layout.addWidget(button)
        layout.addSpacing(3 * SIZES.rhythm)
        layout.addWidget(self.speed, 1)
        layout.addWidget(self.recording)
        layout.addWidget(self.record_button)
        layout.addWidget(self.panels_button)
        layout.addWidget(self.menu_button)

    def _button(self, icon_name: str, words: str, key: str) -> QToolButton:
        button = QToolButton(self)
        self._icons[button] = icon_name
        button.setIcon(icon(icon_name, self._palette))
        button.setIconSize(QSize(SIZES.icon, SIZES.icon))
        button.setFixedSize(SIZES.button, SIZES.button)
        # A click leaves the focus where it is: the space bar goes on to mean play.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoRepeat(False)
        self._describe(button, words, key)
        return button

    def _describe(self, button: QToolButton, words: str, key: str) -> None:
        button.setToolTip(f"{words}  ({key})")
        button.setAccessibleName(words)
