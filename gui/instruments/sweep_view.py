"""The panel of a sweep: what is drawn, how far it is, what can be done with it, and the plot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.controls.word_button import WordButton
from gui.instruments.cell_plot import CellPlot
from gui.models.sweep_shown import SweepShown
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette

_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"
_DRAWN: Final = 2


class SweepView(QWidget):
    """Shows a sweep, and emits what is asked of it; decides nothing."""

    sweepRequested = Signal()
    observableChosen = Signal(str)
    valuesChosen = Signal(tuple)
    """Which value of each axis that isn't drawn."""
    runRequested = Signal(int)
    """Number of a cell."""
    pauseRequested = Signal()
    goOnRequested = Signal()
    """With one that is paused or was ended, or with those runs of it that have failed."""
    stopRequested = Signal()
    saveRequested = Signal()
    folderRequested = Signal()

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._palette = palette
        self._shown: SweepShown | None = None
        self.observable = self._choice("What is drawn")
        self.observable.clicked.connect(self._on_observable_clicked)
        self.others: list[WordButton] = []
        self.new_button = QPushButton(f"Sweep{_MORE}", self)
        self.new_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.new_button.setToolTip("Another sweep: parameters, values, seeds, seconds")
        self.new_button.clicked.connect(self.sweepRequested)
        self.pause_button = self._button("pause", "Pause: begin no more runs", self.pauseRequested)
        self.go_on_button = self._button("play", "Go on with it", self.goOnRequested)
        self.again_button = self._button("arrow-clockwise", "", self.goOnRequested)
        self.stop_button = self._button(
            "stop", "Stop it: what it has is kept, and can be gone on with", self.stopRequested
        )
        self.more_button = self._button("dots-three", "Save it, or show its folder", None)
        self.more_button.clicked.connect(self._on_more_button_clicked)
        self.words = QLabel(self)
        self.words.setObjectName("hint")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAccessibleName("How far the sweep is")
        self.plot = CellPlot(palette, self)
        self.plot.cellOpened.connect(self._on_plot_cell_opened)
        self._head = QHBoxLayout()
        self._head.setSpacing(SIZES.rhythm // 2)
        self._head.addWidget(self.observable)
        self._head.addStretch(1)
        for each in (
            self.pause_button,
            self.go_on_button,
            self.again_button,
            self.stop_button,
            self.more_button,
        ):
            self._head.addWidget(each)
        self._head.addWidget(self.new_button)
        self._values = QHBoxLayout()
        self._values.setSpacing(SIZES.rhythm // 2)
        self._values.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(SIZES.rhythm, SIZES.rhythm, SIZES.rhythm, SIZES.rhythm // 2)
        head.setSpacing(SIZES.rhythm // 2)
        head.addLayout(self._head)
        head.addLayout(self._values)
        head.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self._show_buttons()
        self.show_style(palette, 1.0)

    # -- showing ------------------------------------------------------------------------

    def show_data(self, shown: SweepShown) -> None:
        """Show a sweep as it is now."""
        self._shown = shown
        self.observable.setText(shown.title)
        self.observable.setToolTip(shown.meaning)
        self.observable.setAccessibleName(f"Drawn: {shown.title}")
        self.observable.setAccessibleDescription(shown.meaning)
        self._show_values(shown)
        n = shown.stage.n_failed
        again = f"Try again what failed: {n:,} {'run' if n == 1 else 'runs'}"
        self.again_button.setToolTip(again)
        self.again_button.setAccessibleName(again)
        if shown.stage.words != self.words.text():
            self.words.setText(shown.stage.words)
        self._show_buttons()
        self.plot.show_data(shown)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette = palette
        sizes = SIZES.with_text(text_scale)
        for choice in (self.observable, *self.others):
            choice.setIcon(icon("caret-down", palette, is_quiet=True))
        for button, name in (
            (self.pause_button, "pause"),
            (self.go_on_button, "play"),
            (self.again_button, "arrow-clockwise"),
            (self.stop_button, "stop"),
            (self.more_button, "dots-three"),
        ):
            button.setIcon(icon(name, palette))
            button.setIconSize(QSize(sizes.icon, sizes.icon))
            button.setFixedSize(sizes.button, sizes.button)
        self.plot.show_style(palette, text_scale)

    def _show_buttons(self) -> None:
        shown = self._shown
        stage = None if shown is None else shown.stage
        for button, is_there in (
            (self.observable, shown is not None),
            (self.words, shown is not None),
            (self.more_button, shown is not None),
            (self.pause_button, stage is not None and stage.can_pause),
            (self.go_on_button, stage is not None and stage.can_go_on),
            (self.again_button, stage is not None and stage.can_try_again),
            (self.stop_button, stage is not None and stage.can_stop),
        ):
            if button.isHidden() is is_there:
                had_focus = button.hasFocus()
                button.setVisible(is_there)
                if had_focus:  # keys go on to what stands in its place
                    (self.go_on_button if button is self.pause_button else self.plot).setFocus()

    def _show_values(self, shown: SweepShown) -> None:
        """A choice for each axis that isn't drawn."""
        beyond = shown.axes[_DRAWN:]
        while len(self.others) > len(beyond):
            self.others.pop().deleteLater()
        while len(self.others) < len(beyond):
            k = len(self.others)
            choice = self._choice("")
            choice.setIcon(icon("caret-down", self._palette, is_quiet=True))
            choice.clicked.connect(partial(self._on_other_clicked, k))
            self._values.insertWidget(k, choice)
            self.others.append(choice)
        for choice, axis, k in zip(self.others, beyond, shown.at, strict=True):
            choice.setText(f"{axis.label} {axis.words[k]}")
            choice.setToolTip(f"Where the plane that is drawn lies along {axis.label}")
            choice.setAccessibleName(f"{axis.label}: {axis.words[k]}")

    def _choice(self, tip: str) -> WordButton:
        button = WordButton(self)
        button.setToolTip(tip)
        return button

    def _button(self, icon_name: str, words: str, asks: SignalInstance | None) -> QToolButton:
        button = QToolButton(self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(words)
        button.setAccessibleName(words)
        if asks is not None:
            button.clicked.connect(asks)
        return button

    # -- asking -------------------------------------------------------------------------

    def _on_plot_cell_opened(self, x: int, y: int) -> None:
        if self._shown is not None:
            self.runRequested.emit(self._shown.cell_at(x, y))

    def _on_observable_clicked(self) -> None:
        if self._shown is not None:
            shown = self._shown
            at = shown.observables.index(shown.chosen)
            menu = self._menu(shown.titles, at, shown.meanings)
            menu.triggered.connect(self._on_observable_menu_triggered)
            menu.popup(self.observable.mapToGlobal(QPoint(0, self.observable.height())))

    def _on_observable_menu_triggered(self, action: QAction) -> None:
        assert self._shown is not None
        self.observableChosen.emit(self._shown.observables[action.data()])

    def _on_other_clicked(self, k: int) -> None:
        shown = self._shown
        if shown is not None:
            menu = self._menu(shown.axes[_DRAWN + k].words, shown.at[k])
            menu.triggered.connect(partial(self._on_other_menu_triggered, k))
            menu.popup(self.others[k].mapToGlobal(QPoint(0, self.others[k].height())))

    def _on_other_menu_triggered(self, k: int, action: QAction) -> None:
        assert self._shown is not None
        at = list(self._shown.at)
        at[k] = action.data()
        self.valuesChosen.emit(tuple(at))

    def _on_more_button_clicked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        save = menu.addAction(f"Save the table or the picture{_MORE}")
        save.triggered.connect(self.saveRequested)
        menu.addAction("Show its folder").triggered.connect(self.folderRequested)
        menu.popup(self.more_button.mapToGlobal(QPoint(0, self.more_button.height())))

    def _menu(self, words: Sequence[str], chosen: int, tips: Sequence[str] = ()) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(bool(tips))
        for k, each in enumerate(words):
            action = menu.addAction(each)
            action.setCheckable(True)
            action.setChecked(k == chosen)
            action.setData(k)
            action.setToolTip(tips[k] if tips else "")
        return menu
