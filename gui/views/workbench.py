"""The grid and the panels around it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from typing import Final, cast

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QWidget

from gui.controls.tab_bars import TabBars
from gui.instruments.panel import Area, Panel
from gui.instruments.panel_view import PanelView, TellsStatus
from gui.models.status_readout import StatusReadout
from gui.picture.theme import SIZES, Palette
from gui.views.dock import Dock

_VERSION: Final = 1
"""Version of the arrangement of panels; one saved under another version isn't restored."""

_AREAS: Final = {
    Area.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}
_BOTTOM: Final = _AREAS[Area.BOTTOM]


class Workbench(QMainWindow):
    """Panels that are dragged, stacked, floated and hidden around the one thing in the middle.

    Parameters
    ----------
    centre
        The one thing in the middle.
    panels
        The panels there are.
    views
        Their widgets, by name of panel.
    palette
        Colours of their titles.
    parent
        Where it stands.
    """

    panelsChanged = Signal()
    """Some panel was shown or hidden."""

    def __init__(
        self,
        centre: QWidget,
        panels: Collection[Panel],
        views: Mapping[str, QWidget],
        palette: Palette,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)  # QMainWindow makes itself a window otherwise
        self.setObjectName("workbench")
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCorner(Qt.Corner.BottomRightCorner, _AREAS[Area.RIGHT])
        self.setCorner(Qt.Corner.BottomLeftCorner, _BOTTOM)
        self.setCentralWidget(centre)
        self._tab_bars = TabBars(self)
        self._seen: set[str] = set()
        self._put_away: tuple[QSize, bytes] | None = None
        self._due_at: tuple[QSize, bytes] | None = None
        self.views = views
        self._tellers = [view for view in views.values() if isinstance(view, TellsStatus)]
        self._panels, areas = tuple(panels), list(Area)
        self._placed = sorted(
            panels,
            key=lambda panel: (areas.index(panel.area), bool(panel.stacked_on), panel.rank),
        )
        self.docks: dict[str, Dock] = {}
        for panel in self._placed:
            dock = Dock(panel, views[panel.name], palette, self)
            dock.seenChanged.connect(self._on_dock_seen_changed)
            self.docks[panel.name] = dock
            self.addDockWidget(_AREAS[panel.area], dock)
        self.arrange_anew()

    def arrange_anew(self) -> None:
        """Arrange the panels as at first."""
        self._due_at = None
        for panel in self._placed:
            dock = self.docks[panel.name]
            dock.setFloating(False)
            self.addDockWidget(_AREAS[panel.area], dock)
        bottom = self._side_by_side(Area.BOTTOM)
        for before, after in itertools.pairwise(bottom):
            self.splitDockWidget(before, after, Qt.Orientation.Horizontal)
        for panel in self._panels:
            if panel.stacked_on:
                self.tabifyDockWidget(self.docks[panel.stacked_on], self.docks[panel.name])
        for panel in self._panels:
            self.docks[panel.name].setVisible(panel.is_shown_at_first)
        self._resize(bottom[:1], SIZES.plot + SIZES.dock_title, Qt.Orientation.Vertical)
        left = self._side_by_side(Area.LEFT)
        self._resize(left[:1], SIZES.instrument, Qt.Orientation.Horizontal)

    def _side_by_side(self, area: Area) -> list[QDockWidget]:
        """Those of an area that are stacked on no other, at first."""
        beside = (each for each in self._placed if each.area is area and not each.stacked_on)
        return [self.docks[panel.name] for panel in beside]

    def _resize(self, docks: list[QDockWidget], length: int, along: Qt.Orientation) -> None:
        self.resizeDocks(docks, [length] * len(docks), along)

    # -- showing ------------------------------------------------------------------------

    def is_seen(self, name: str) -> bool:
        """Whether a panel is shown, and not below another."""
        return name in self._seen

    def is_shown(self, name: str) -> bool:
        """Whether a panel is shown, be it below another."""
        return not self.docks[name].isHidden()

    def shown(self) -> frozenset[str]:
        """Names of the panels that are shown, be they below others."""
        return frozenset(name for name in self.docks if self.is_shown(name))

    def _view(self, name: str) -> PanelView:
        return cast(PanelView, self.views[name])

    def room(self, name: str) -> tuple[int, int]:
        """Rows and columns of pixels that a panel has for its picture, at least one of each."""
        room = self.views[name].contentsRect()
        return max(1, room.height()), max(1, room.width())

    def show_in(self, name: str, data: object) -> None:
        """Give a panel something to show."""
        self._view(name).show_data(data)

    def show_status(self, status: StatusReadout) -> None:
        """Show a moment of the run in those panels that repeat words of the status line."""
        for view in self._tellers:
            view.show_status(status)

    def show_panels(self, names: Collection[str]) -> None:
        """Show these panels and no others."""
        for panel in self._panels:
            self.show_panel(panel.name, panel.name in names)

    def show_panel(self, name: str, is_shown: bool = True) -> None:
        """Show or hide a panel; if several are stacked, the one shown is on top."""
        self._due_at = None  # from now on the user arranges the panels
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

    def toggle_panel(self, name: str) -> None:
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
        for name, dock in self.docks.items():
            dock.show_style(palette, text_scale)
            self._view(name).show_style(palette, text_scale)
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

    def _on_dock_seen_changed(self, name: str, is_seen: bool) -> None:
        (self._seen.add if is_seen else self._seen.discard)(name)
        self.panelsChanged.emit()


class Bench(QScrollArea):
    """Scrolls a workbench where the window is too low for it."""

    def __init__(self, workbench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bench")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setMinimumHeight(5 * SIZES.rhythm)  # enough to scroll; more where there is more
        self.setWidget(workbench)
