"""The menu: what has no place on the toolbar."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gui.instruments.panel import Panel, keys_in_words
from gui.models.look import Theme
from gui.views.preset_bar import PresetMenu

_SHORTCUTS: Final = (
    ("Space", "play or pause"),
    (".", "step to the next flash"),
    (",", "step by one period"),
    ("R", "reset: same seed, from the start; what was painted stays"),
    ("Shift+R", "reset and clear what was painted"),
    ("N", "new seed: another random start"),
    ("Ctrl+Z, Ctrl+Y", "undo and redo: values, strokes, resets, presets"),
    ("Ctrl+O", "open a preset, or a run to repeat"),
    ("S, Ctrl+Shift+S", "save the run, save the settings as a preset"),
    ("Ctrl+Shift+R, Ctrl+S", "record a video or finish it, save a picture"),
    ("B", "branch here: stop repeating, and take the controls"),
    ("1, 2, 3, 4", "views: glow, phase, local order, lateness"),
    ("L, F, X, Q, P, V", "brushes: look, flash, scramble, silence, pacemaker, revive"),
    ("+, -", "a wider, a narrower brush"),
    ("Arrows, Home, End, PgUp, PgDn", "move the cursor on the grid; with Ctrl further"),
    ("Enter", "do with the brush what a click does; held while moving: a stroke"),
    ("Shift+Arrows, Shift+Enter", "a stroke; a straight line from where the brush was last"),
    ("Tab, Shift+Tab", "to the next control, to the one before"),
    ("A", "to the answers of a notice, and back"),
    ("", "show or hide a panel"),
    ("C", "calm: soften every change of brightness"),
    ("Ctrl++ or Ctrl+=, Ctrl+-, Ctrl+0", "larger, smaller, usual text"),
    ("M", "menu: presets, panels, themes and more"),
    ("F11", "the grid alone, on the full screen"),
    ("Ctrl+Q", "quit"),
    ("Esc", "cancel, let go of a firefly, leave the full screen"),
    ("?", "show or hide these keys"),
)


def shortcuts(panels: Collection[Panel]) -> list[tuple[str, str]]:
    """Keys and what they do, for people."""
    return [(keys or keys_in_words(panels), words) for keys, words in _SHORTCUTS]


_THEMES: Final = {
    Theme.SYSTEM: "As the system",
    Theme.NIGHT: "Night",
    Theme.DAY: "Day",
}


class PanelMenu(QMenu):
    """A tick for each panel that is shown."""

    panelRequested = Signal(str)
    """The name of the panel to show or hide."""

    arrangeRequested = Signal()

    def __init__(self, panels: Collection[Panel], parent: QWidget) -> None:
        super().__init__("Panels", parent)
        self.setToolTipsVisible(True)
        self.ticks: dict[str, QAction] = {}
        for panel in panels:
            action = self.addAction(f"{panel.title}\t{_native(panel.key)}")
            action.setCheckable(True)
            action.setToolTip(panel.sentence)
            action.setData(panel.name)
            self.ticks[panel.name] = action
        self.addSeparator()
        self.addAction("Arrange as at first").triggered.connect(self.arrangeRequested)
        self.triggered.connect(self._on_triggered)

    def show_ticks(self, shown: frozenset[str]) -> None:
        """Tick the panels that are shown."""
        for name, action in self.ticks.items():
            action.setChecked(name in shown)

    def _on_triggered(self, action: QAction) -> None:
        if action.data():
            self.panelRequested.emit(action.data())


class Menu(QMenu):
    """Emits what is asked; the words name the keys that do the same."""

    openRequested = Signal()
    runSaveRequested = Signal()
    recordToggleRequested = Signal()
    stillRequested = Signal()
    undoRequested = Signal()
    redoRequested = Signal()
    clearRequested = Signal()
    periodStepRequested = Signal()
    copyRequested = Signal()
    gridAloneRequested = Signal()
    calmToggleRequested = Signal()
    shortcutsRequested = Signal()
    aboutRequested = Signal()
    quitRequested = Signal()
    themeRequested = Signal(object)
    """The :class:`~gui.models.look.Theme` chosen."""

    def __init__(self, presets: PresetMenu, submenus: Sequence[QMenu], parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.addMenu(presets)
        for submenu in submenus:
            self.addMenu(submenu)
        self._add_themes()
        self.addSeparator()
        self._add("Open a preset or a run\N{HORIZONTAL ELLIPSIS}", "Ctrl+O", self.openRequested)
        self._add("Save the run\N{HORIZONTAL ELLIPSIS}", "S", self.runSaveRequested)
        self._add("Record, or finish it", "Ctrl+Shift+R", self.recordToggleRequested)
        self._add("Save a picture", "Ctrl+S", self.stillRequested)
        self.addSeparator()
        self._add("Step by one period", ",", self.periodStepRequested)
        self._add("Undo", "Ctrl+Z", self.undoRequested)
        self._add("Redo", "Ctrl+Y", self.redoRequested)
        self._add("Reset and clear what was painted", "Shift+R", self.clearRequested)
        self._add("Copy as a command line", "", self.copyRequested)
        self.addSeparator()
        self.calm = self._add("Calm: soften every change of brightness", "C",
                              self.calmToggleRequested)  # fmt: skip
        self.calm.setCheckable(True)
        self._add("Grid alone, full screen", "F11", self.gridAloneRequested)
        self._add("Keys", "?", self.shortcutsRequested)
        self._add("About Fireflies", "", self.aboutRequested)
        self.addSeparator()
        self._add("Quit", "Ctrl+Q", self.quitRequested)

    def show_theme(self, theme: Theme) -> None:
        """Tick the theme chosen."""
        self._themes[theme].setChecked(True)

    def _add_themes(self) -> None:
        submenu = QMenu("Theme", self)
        group = QActionGroup(submenu)
        self._themes: dict[Theme, QAction] = {}
        for theme, words in _THEMES.items():
            action = submenu.addAction(words)
            action.setCheckable(True)
            action.setData(theme.value)
            group.addAction(action)
            self._themes[theme] = action
        self._themes[Theme.SYSTEM].setChecked(True)
        submenu.triggered.connect(self._on_submenu_triggered)
        self.addMenu(submenu)

    def _on_submenu_triggered(self, action: QAction) -> None:
        self.themeRequested.emit(Theme(action.data()))

    def _add(self, words: str, key: str, request: SignalInstance) -> QAction:
        # The key is shown as part of the words: the window's own shortcut does the work.
        action = self.addAction(f"{words}\t{_native(key)}" if key else words)
        action.triggered.connect(request)
        return action


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
