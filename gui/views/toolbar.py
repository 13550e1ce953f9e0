"""The toolbar: play or pause, step, reset, new seed, and the speed."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from experiments import PARAMETER_FIELDS
from gui.controls.value_slider import ValueSlider
from gui.instruments.panel import Panel, keys_in_words
from gui.models.recording import RecordingStatus
from gui.models.recording_settings import INSTALL_COMMAND
from gui.picture.icons import icon, mark
from gui.picture.theme import SIZES, Palette
from gui.views.export_menu import ExportMenu
from gui.views.menu import Menu, PanelMenu
from gui.views.preset_bar import PresetMenu
from gui.views.recording_menu import RecordingMenu

RECORD_KEY: Final = "Ctrl+Shift+R"
RECORD_WORDS: Final = "Record a video" + (
    "" if importlib.util.find_spec("av") else f"; needs PyAV: {INSTALL_COMMAND}"
)

_Place = tuple[int, int, int, int, Qt.AlignmentFlag]
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_ALL = Qt.AlignmentFlag(0)
_PLACES: Final[dict[int, tuple[_Place, ...]]] = {
    1: ((0, 0, 1, 1, _ALL), (0, 1, 1, 1, _ALL), (0, 2, 1, 1, _ALL), (0, 3, 1, 1, _ALL)),
    2: ((0, 0, 1, 3, _LEFT), (1, 0, 1, 2, _ALL), (1, 2, 1, 2, _RIGHT), (0, 3, 1, 1, _RIGHT)),
    3: ((0, 0, 1, 3, _LEFT), (1, 0, 1, 4, _ALL), (2, 0, 1, 4, _LEFT), (0, 3, 1, 1, _RIGHT)),
}
"""Row, column, how many of both, and the side it keeps to: of the first buttons, the speed, a
recording, the last ones; by the number of rows there are."""


class Toolbar(QWidget):
    """Buttons and the speed slider; says what is asked for, decides nothing.

    Attributes
    ----------
    n_rows
        How many it takes by now, from 1 to 3.
    """

    playToggleRequested = Signal()
    stepRequested = Signal()
    resetRequested = Signal()
    newSeedRequested = Signal()
    recordToggleRequested = Signal()

    def __init__(
        self, presets: PresetMenu, panels: Collection[Panel], palette: Palette, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._palette, self._sizes = palette, SIZES
        self.n_rows, self._room = 1, SIZES.window_width
        self._icons: dict[QToolButton, str] = {}
        self.play_button = self._button("pause-fill", "Pause", "Space")
        self.step_button = self._button("skip-forward", "Step to the next flash", ".")
        self.reset_button = self._button(
            "arrow-counter-clockwise",
            "Reset: same seed, from the start; what was painted stays",
            "R, without the paint Shift+R",
        )
        self.new_seed_button = self._button("dice-five", "New seed: another random start", "N")
        self.panel_menu = PanelMenu(panels, self)
        self.panels_button = self._button("layout", "Panels to show or hide", keys_in_words(panels))
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
            self.fit(self._room)
        if status is not None:
            mark = "\N{BLACK CIRCLE}" if status.is_running else "\N{WHITE CIRCLE}"
            self.recording.setText(f"{mark} {status.text()}")
            self.fit(self._room)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette, self._sizes = palette, SIZES.with_text(text_scale)
        for button, icon_name in self._icons.items():
            button.setIcon(icon(icon_name, palette))
            self._size(button)
        self._logo.setPixmap(mark(palette, self._sizes.logo))
        self.speed.show_style(palette, text_scale)
        self.fit(self._room)

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

    def fit(self, width: int) -> None:
        """Take as many rows as it needs, without the name where that would cost one.

        To be called from outside of any layout: a height that changes while the window's
        parts are being placed leaves this one where it isn't.
        """
        self._room = width
        self._title.setVisible(self._rows_needed(with_title=True) == 1)
        n_rows = self._rows_needed(with_title=False)
        if n_rows != self.n_rows:
            self.n_rows = n_rows
            for part, place in zip(self._parts, _PLACES[n_rows], strict=True):
                self._grid.removeItem(part)
                self._grid.addLayout(part, *place)
            self._order_tabs()
        margin = 0 if n_rows == 1 else SIZES.rhythm // 2
        self._grid.setContentsMargins(2 * SIZES.rhythm, margin, 2 * SIZES.rhythm, margin)
        self._grid.invalidate()
        wanted = self._grid.minimumSize().height()
        self.setFixedHeight(self._sizes.toolbar if n_rows == 1 else wanted)

    def _order_tabs(self) -> None:
        """Let Tab go through it as it is read, row by row."""
        begin = [self.play_button, self.step_button, self.reset_button, self.new_seed_button]
        speed = [self.speed.track, self.speed.value_field, self.speed.reset_button]
        end = [self.record_button, self.panels_button, self.menu_button]
        rows = [*begin, *speed, *end] if self.n_rows == 1 else [*begin, *end, *speed]
        for before, after in itertools.pairwise(rows):
            self.setTabOrder(before, after)

    def _rows_needed(self, *, with_title: bool) -> int:
        gap, margins = self._grid.horizontalSpacing(), self._grid.contentsMargins()
        room = self._room - margins.left() - margins.right()
        begin, speed, recording, end = (part.minimumSize().width() for part in self._parts)
        if with_title is self._title.isHidden():
            title = self._title.sizeHint().width() + SIZES.rhythm // 2
            begin += title if with_title else -title
        if begin + speed + recording + end + 3 * gap <= room:
            return 1
        return 2 if speed + recording + gap <= room else 3

    def _lay_out(self) -> None:
        self._logo = QLabel(self)
        self._logo.setPixmap(mark(self._palette, SIZES.logo))
        self._title = QLabel("Fireflies", self)
        self._title.setObjectName("title")
        begin = self._row(self._logo, self._title)
        begin.addSpacing(2 * SIZES.rhythm)
        for button in (
            self.play_button,
            self.step_button,
            self.reset_button,
            self.new_seed_button,
        ):
            begin.addWidget(button)
        self._parts = (
            begin,
            self._row(self.speed),
            self._row(self.recording),
            self._row(self.record_button, self.panels_button, self.menu_button),
        )
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2 * SIZES.rhythm, 0, 2 * SIZES.rhythm, 0)
        self._grid.setHorizontalSpacing(2 * SIZES.rhythm)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        for part, place in zip(self._parts, _PLACES[1], strict=True):
            self._grid.addLayout(part, *place)
        self._order_tabs()

    def _row(self, *widgets: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SIZES.rhythm // 2)
        for widget in widgets:
            row.addWidget(widget)
        return row

    def _button(self, icon_name: str, words: str, key: str) -> QToolButton:
        button = QToolButton(self)
        self._icons[button] = icon_name
        button.setIcon(icon(icon_name, self._palette))
        self._size(button)
        # A click leaves the focus where it is: the space bar goes on to mean play.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoRepeat(False)
        self._describe(button, words, key)
        return button

    def _size(self, button: QToolButton) -> None:
        button.setIconSize(QSize(self._sizes.icon, self._sizes.icon))
        button.setFixedSize(self._sizes.button, self._sizes.button)

    def _describe(self, button: QToolButton, words: str, key: str) -> None:
        button.setToolTip(f"{words}  ({key})")
        button.setAccessibleName(words)
