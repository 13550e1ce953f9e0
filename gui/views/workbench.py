"""The grid and the panels around it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from typing import Final

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from gui.controls.tab_bars import TabBars
from gui.instruments.coherence_plot import BAND_WORDS
from gui.models.panels import SHOWN_AT_FIRST, PanelName
from gui.picture.theme import SIZES, Palette
from gui.views.dock import Dock

_VERSION: Final = 1
"""Of the arrangement of panels; one that was saved under another isn't restored."""

_HINTS: Final = {
    PanelName.COHERENCE: BAND_WORDS,
    PanelName.CIRCLE: "shaded: deaf",
    PanelName.HISTOGRAM: "dashed: chance",
}

_LEFT: Final = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT: Final = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM: Final = Qt.DockWidgetArea.BottomDockWidgetArea

_PLACES: Final = {
    PanelName.CIRCLE: _LEFT,
    PanelName.HISTOGRAM: _LEFT,
    PanelName.ENGINE: _LEFT,
    PanelName.CONTROLS: _RIGHT,
    PanelName.COHERENCE: _BOTTOM,
    PanelName.RATE: _BOTTOM,
    PanelName.RASTER: _BOTTOM,
    PanelName.FAILURES: _BOTTOM,
}


class Workbench(QMainWindow):
    """Panels that are dragged, stacked, floated and hidden around the one thing in the middle."""

    panelsChanged = Signal()
    """Some panel was shown or hidden."""

    def __init__(
        self,
        centre: QWidget,
        panels: Mapping[PanelName, QWidget],
        palette: Palette,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)  # QMainWindow makes itself a window otherwise
        self.setObjectName("workbench")
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        self.setCorner(Qt.Corner.BottomLeftCorner, _BOTTOM)
        self.setCentralWidget(centre)
        self._tab_bars = TabBars(self)
        self._seen: set[PanelName] = set()
        self._put_away: tuple[QSize, bytes] | None = None
        self._due_at: tuple[QSize, bytes] | None = None
        self.docks: dict[PanelName, Dock] = {}
        for name, area in _PLACES.items():
            dock = Dock(name, panels[name], _HINTS.get(name, ""), palette, self)
            dock.seenChanged.connect(self._on_dock_seen_changed)
            self.docks[name] = dock
            self.addDockWidget(area, dock)
        self.arrange_anew()

    def arrange_anew(self) -> None:
        """As it was at first."""
        self._due_at = None
        for name, area in _PLACES.items():
            dock = self.docks[name]
            dock.setFloating(False)
            self.addDockWidget(area, dock)
        bottom = [PanelName.COHERENCE, PanelName.RATE, PanelName.RASTER]
        for before, after in itertools.pairwise(bottom):
            self.splitDockWidget(self.docks[before], self.docks[after], Qt.Orientation.Horizontal)
        self.tabifyDockWidget(self.docks[PanelName.RASTER], self.docks[PanelName.FAILURES])
        for name, dock in self.docks.items():
            dock.setVisible(name in SHOWN_AT_FIRST)
        self._resize([PanelName.COHERENCE], SIZES.plot + SIZES.dock_title, Qt.Orientation.Vertical)
        self._resize([PanelName.CIRCLE], SIZES.instrument, Qt.Orientation.Horizontal)

    def _resize(self, names: list[PanelName], length: int, along: Qt.Orientation) -> None:
        docks: list[QDockWidget] = [self.docks[name] for name in names]
        self.resizeDocks(docks, [length] * len(docks), along)

    # -- showing ------------------------------------------------------------------------

    def is_seen(self, name: PanelName) -> bool:
        """Whether a panel is shown, and not below another."""
        return name in self._seen

    def is_shown(self, name: PanelName) -> bool:
        """Whether a panel is shown, be it below another."""
        return not self.docks[name].isHidden()

    def show_panels(self, names: Collection[PanelName]) -> None:
        """Show these panels and no others."""
        for name in PanelName:
            self.show_panel(name, name in names)

    def show_panel(self, name: PanelName, is_shown: bool = True) -> None:
        """Show or hide a panel; if several are stacked, the one shown is on top."""
        self._due_at = None  # whoever arranges panels by now means it
        dock = self.docks[name]
        is_new = is_shown and dock.isHidden()
        dock.setVisible(is_shown)
        if is_shown:
            dock.raise_()
        if is_new and self.dockWidgetArea(dock) is _BOTTOM and not dock.isFloating():
            row = [each for each in self.docks.values() if self._stands_below(each)]
            self.resizeDocks(row, [self.width() // len(row)] * len(row), Qt.Orientation.Horizontal)

    def _stands_below(self, dock: Dock) -> bool:
        is_there = self.dockWidgetArea(dock) is _BOTTOM and not dock.isFloating()
        return is_there and not dock.isHidden()

    def toggle_panel(self, name: PanelName) -> None:
        """Hide a panel that can be seen, else show it."""
        self.show_panel(name, not self.is_seen(name))

    def put_away(self, is_away: bool) -> None:
        """Hide all panels, and bring them back as they were, each as wide and high."""
        if is_away and self._put_away is None:
            self._put_away = self.size(), self.arrangement()
            for dock in self.docks.values():
                dock.hide()
        elif not is_away and self._put_away is not None:
            size, arrangement = self._put_away
            self._put_away = None
            self._due_at = (size, arrangement) if self.size() != size else None
            self.arrange(arrangement)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Back at the size that panels were put away at, they share it as they did.

        The desktop makes the window smaller a while after it was asked to, and in what is
        larger the panels have spread by then.
        """
        super().resizeEvent(event)
        if self._due_at is not None and event.size() == self._due_at[0]:
            arrangement, self._due_at = self._due_at[1], None
            self.arrange(arrangement)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        for dock in self.docks.values():
            dock.show_style(palette, text_scale)
        # Qt looks up how wide the style has the separators only when told of one.
        QCoreApplication.sendEvent(self, QEvent(QEvent.Type.StyleChange))

    def bring_onto_screen(self) -> None:
        """Those panels that float where no screen is any more."""
        for dock in self.docks.values():
            dock.bring_onto_screen()

    # -- remembering --------------------------------------------------------------------

    def arrangement(self) -> bytes:
        """Where the panels are."""
        return bytes(self.saveState(_VERSION).data())

    def arrange(self, arrangement: bytes) -> bool:
        """Put the panels where they were; whether that was possible."""
        is_possible = self.restoreState(QByteArray(arrangement), _VERSION)
        self.bring_onto_screen()
        return is_possible

    def _on_dock_seen_changed(self, name: PanelName, is_seen: bool) -> None:
        (self._seen.add if is_seen else self._seen.discard)(name)
        self.panelsChanged.emit()
