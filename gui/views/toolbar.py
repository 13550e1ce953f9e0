"""The toolbar: play or pause, step, reset, new seed, and the speed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from experiments import GALLERY, PARAMETER_FIELDS
from gui.theme import SIZES, Palette
from gui.views.icons import icon, mark
from gui.views.menu import Menu
from gui.views.value_slider import ValueSlider


class ToolButton(QToolButton):
    """A flat button with an icon; the space bar presses it when it has the focus."""

    def event(self, event: QEvent) -> bool:
        """Keep the space bar from the window's shortcut while this has the focus."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().event(event)


class Toolbar(QWidget):
    """Buttons and the speed slider; says what is asked for, decides nothing."""

    playToggleRequested = Signal()
    stepRequested = Signal()
    resetRequested = Signal()
    newSeedRequested = Signal()

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(SIZES.toolbar)
        self._palette = palette
        self.play_button = self._button("pause-fill", "Pause", "Space")
        self.step_button = self._button("skip-forward", "Step to the next flash", ".")
        self.reset_button = self._button(
            "arrow-counter-clockwise", "Reset: same seed, from the start", "R"
        )
        self.new_seed_button = self._button("dice-five", "New seed: another random start", "N")
        self.menu = Menu(GALLERY, self)
        self.menu_button = self._button("list", "Presets and more", "M")
        self.menu_button.clicked.connect(self.show_menu)
        self.speed = ValueSlider(PARAMETER_FIELDS["speed"], self, is_inline=True)
        self.play_button.clicked.connect(self.playToggleRequested)
        self.step_button.clicked.connect(self.stepRequested)
        self.reset_button.clicked.connect(self.resetRequested)
        self.new_seed_button.clicked.connect(self.newSeedRequested)
        self._lay_out()

    def show_playing(self, is_playing: bool) -> None:
        """Let the button offer what it would do now."""
        name, words = ("pause", "Pause") if is_playing else ("play", "Play")
        self.play_button.setIcon(icon(f"{name}-fill", self._palette))
        self._describe(self.play_button, words, "Space")

    def show_menu(self) -> None:
        """Open the menu below its button; this returns at once, and the run goes on."""
        button = self.menu_button
        corner = button.mapToGlobal(button.rect().bottomRight())
        self.menu.popup(corner - QPoint(self.menu.sizeHint().width(), -SIZES.rhythm // 2))

    def set_ready(self, is_ready: bool) -> None:
        """While a swarm is being made there is nothing to play or to step."""
        for button in (self.play_button, self.step_button):
            button.setEnabled(is_ready)

    def _lay_out(self) -> None:
        logo = QLabel(self)
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
        layout.addWidget(self.menu_button)

    def _button(self, icon_name: str, words: str, key: str) -> ToolButton:
        button = ToolButton(self)
        button.setIcon(icon(icon_name, self._palette))
        button.setIconSize(QSize(SIZES.icon, SIZES.icon))
        button.setFixedSize(SIZES.button, SIZES.button)
        # A click leaves the focus where it is: the space bar goes on to mean play.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoRepeat(False)
        self._describe(button, words, key)
        return button

    def _describe(self, button: ToolButton, words: str, key: str) -> None:
        button.setToolTip(f"{words}  ({key})")
        button.setAccessibleName(words)
