"""A parameter that is one of some words."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from experiments import ChoiceField, Value
from gui.controls.named_row import NamedRow
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette


class ValueChoice(NamedRow):
    """Its name, and a button with the word in force that opens a menu of all of them.

    Parameters
    ----------
    field
        The parameter.
    palette
        Colours of the window.
    parent
        Where it stands.
    """

    def __init__(self, field: ChoiceField, palette: Palette, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.field = field
        self._called = {word: word for word in field.options}
        self._shown: str = field.default
        self.button = _StepButton(self)
        self.button.setObjectName("preset")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow is on the right
        self.button.setIconSize(QSize(SIZES.small_icon, SIZES.small_icon))
        self.button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.button.setAccessibleDescription(field.description)
        self.row.addStretch(1)
        self.row.addWidget(self.button)
        self.button.clicked.connect(self._on_button_clicked)
        self.button.stepRequested.connect(self._on_button_step_requested)
        self.show_style(palette)
        self.show_value(self._shown)

    def call(self, called: Mapping[str, str]) -> None:
        """Call the words something else from the next showing on."""
        self._called = dict(called)

    def show_value(self, value: Value) -> None:
        """Show the word in force."""
        self._shown = value
        text = spoken(self._called[value])
        if text != self.button.text():
            self.button.setText(text)
            self.button.setAccessibleName(f"{self._field.label}: {text}")

    def show_style(self, palette: Palette) -> None:
        """Take on the colours of a theme."""
        self.button.setIcon(icon("caret-down", palette, is_quiet=True))

    def _on_button_clicked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for word, called in self._called.items():
            action = menu.addAction(spoken(called))
            action.setCheckable(True)
            action.setChecked(word == self._shown)
            action.setData(word)
        menu.triggered.connect(self._on_menu_triggered)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _on_button_step_requested(self, steps: int) -> None:
        words = list(self._called)
        at = words.index(self._shown) + steps
        if 0 <= at < len(words):
            self.valueTyped.emit(self._field.name, words[at])

    def _on_menu_triggered(self, action: QAction) -> None:
        self.valueTyped.emit(self._field.name, action.data())


def spoken(word: str) -> str:
    """A word of a command line as the window has it."""
    return word.title()


class _StepButton(QPushButton):
    """A button on which the arrow keys go to the next word and the one before."""

    stepRequested = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down step; Space and Return open the menu."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if steps:
            self.stepRequested.emit(steps)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
