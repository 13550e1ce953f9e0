"""The toolbar: play or pause, step, reset, new seed, and the speed."""

from __future__ import annotations

import itertools
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from experiments import PARAMETER_FIELDS
from gui.controls.value_slider import ValueSlider
from gui.models.command import AnyCommand, Bar, MenuPlace, Situation, buttons_at
from gui.models.recording import RecordingStatus
from gui.picture.icons import icon, mark
from gui.picture.theme import SIZES, Palette
from gui.views.actions import Actions
from gui.views.export_menu import ExportMenu
from gui.views.menu import ChoiceMenu, Menu, PanelMenu, PopulationMenu, RunMenu
from gui.views.recent_menu import RecentMenu
from gui.views.recording_menu import RecordingMenu

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
    """The buttons of commands, and the speed slider; decides nothing.

    Attributes
    ----------
    buttons
        By the names of their commands, from left to right.
    n_rows
        How many rows it takes by now, from 1 to 3.
    """

    def __init__(self, actions: Actions, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._palette, self._sizes = palette, SIZES
        self.n_rows, self._room = 1, SIZES.window_width
        self._actions = actions
        self._begin, self._end, self._beside = (buttons_at(actions.table, bar) for bar in Bar)
        self._all = (*self._begin, *self._beside, *self._end)
        self.buttons = {c.name: self._button(c) for c in self._all}
        for command in self._beside:
            self.buttons[command.name].hide()
        self.panel_menu = PanelMenu(actions, self)
        self.recording_menu = RecordingMenu(actions, self)
        self.export_menu = ExportMenu(self)
        self.run_menu = RunMenu(actions, self)
        self.recent_menu = RecentMenu(self)
        submenus = (
            self.recent_menu,
            self.run_menu,
            self.panel_menu,
            self.recording_menu,
            self.export_menu,
        )
        choices = (
            ChoiceMenu("Draw", MenuPlace.DRAWINGS, actions, self),
            PopulationMenu(actions, self),
            ChoiceMenu("Theme", MenuPlace.THEMES, actions, self),
        )
        self.menu = Menu((*submenus, *choices), actions, self)
        self.recording = QLabel(self)
        self.recording.setObjectName("recording")
        self.recording.setAccessibleName("Recording: time, size, frames dropped")
        self.recording.hide()
        self.speed = ValueSlider(PARAMETER_FIELDS["speed"], palette, self, is_inline=True)
        self._lay_out()
        self._faces: dict[str, str] = {}
        self.show_situation(actions.situation)
        actions.situationChanged.connect(self.show_situation)

    def show_situation(self, now: Situation) -> None:
        """Show on each button what it would do now, and whether it can be pressed."""
        for command in self._all:
            if command.button is None:
                continue
            button, face = self.buttons[command.name], command.button.face(now)
            button.setEnabled(command.is_enabled(now) and command.button.is_enabled(now))
            if self._faces.get(command.name) != face.icon:
                self._faces[command.name] = face.icon
                button.setIcon(icon(face.icon, self._palette))
            button.setToolTip(command.tip(now))
            button.setAccessibleName(face.words)

    def show_recording(self, status: RecordingStatus | None) -> None:
        """Show how a recording goes; None if there is none."""
        is_on = status is not None
        if is_on is self.recording.isHidden():
            for widget in (self.recording, *(self.buttons[c.name] for c in self._beside)):
                widget.setVisible(is_on)
            self.fit(self._room)
        if status is not None:
            is_moving = status.is_running and not status.is_paused
            mark = "\N{BLACK CIRCLE}" if is_moving else "\N{WHITE CIRCLE}"
            self.recording.setText(f"{mark} {status.text()}")
            self.fit(self._room)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette, self._sizes = palette, SIZES.with_text(text_scale)
        for name, button in self.buttons.items():
            button.setIcon(icon(self._faces[name], palette))
            self._size(button)
        self._logo.setPixmap(mark(palette, self._sizes.logo))
        self.speed.show_style(palette, text_scale)
        self.fit(self._room)

    def show_menu(self) -> None:
        """Open the menu below its button; this returns at once, and the run goes on."""
        self._pop_up(self.menu, self.buttons["menu"])

    def show_panel_menu(self) -> None:
        """Open the list of panels below its button."""
        self._pop_up(self.panel_menu, self.buttons["panels"])

    def _pop_up(self, menu: QMenu, button: QToolButton) -> None:
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), -SIZES.rhythm // 2))

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
        parts = (self._begin, (*self._beside, *self._end))
        begin, end = ([self.buttons[c.name] for c in part] for part in parts)
        speed = [self.speed.track, self.speed.value_field, self.speed.reset_button]
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
        for command in self._begin:
            begin.addWidget(self.buttons[command.name])
        self._parts = (
            begin,
            self._row(self.speed),
            self._row(self.recording, *(self.buttons[c.name] for c in self._beside)),
            self._row(*(self.buttons[command.name] for command in self._end)),
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

    def _button(self, command: AnyCommand) -> QToolButton:
        button = QToolButton(self)
        self._size(button)
        # A click leaves the focus where it is, so that the space bar still means play.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoRepeat(False)
        button.clicked.connect(self._actions[command.name].trigger)
        return button

    def _size(self, button: QToolButton) -> None:
        button.setIconSize(QSize(self._sizes.icon, self._sizes.icon))
        button.setFixedSize(self._sizes.button, self._sizes.button)
