"""The grid and the panels around it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from gui.controls.tab_bars import TabBars
from gui.instruments.panel import Area, Panel
from gui.models.status_readout import StatusReadout
from gui.picture.theme import SIZES, Palette
from gui.views.dock import Dock
from gui.views.dock_width import widen
from gui.views.panel_views import PanelViews

_VERSION: Final = 1
"""Version of the arrangement of panels; one saved under another version isn't restored."""

_AREAS: Final = {
    Area.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}
_LEAST_BESIDE: Final = 400
"""Pixels beside the grid from which the plots stand there, and not below it."""

_LEFT, _BOTTOM = _AREAS[Area.LEFT], _AREAS[Area.BOTTOM]


class Workbench(QMainWindow):
    """Panels that are dragged, stacked, floated and hidden around the one thing in the middle.

    Parameters
    ----------
    centre
        The one thing in the middle.
    panels
        The panels there are.
    views
        Their widgets.
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
        views: PanelViews,
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
        self._to_widen: list[Dock] = []
        self._put_away: tuple[QSize, bytes] | None = None
        self._due_at: tuple[QSize, bytes] | None = None
        self._is_wide = self._is_arranging = False
        self._is_automatic = True
        self.views = views
        self._is_holding_back = False
        self._due_with_views: tuple[bytes, bytes] | None = None
        self._panels, areas = tuple(panels), list(Area)
        self._placed = sorted(
            panels,
            key=lambda panel: (areas.index(panel.area), bool(panel.stacked_on), panel.rank),
        )
        self.docks: dict[str, Dock] = {}
        self._is_arranging = True
        for panel in self._placed:
            dock = Dock(panel, views.stand(panel.name), palette, self)
            dock.seenChanged.connect(self._on_dock_seen_changed)
            dock.dockLocationChanged.connect(self._on_dock_moved)
            dock.topLevelChanged.connect(self._on_dock_moved)
            self.docks[panel.name] = dock
            self.addDockWidget(_AREAS[panel.area], dock)
        views.on_made(self._take_view)
        self.arrange_anew()

    def arrange_anew(self) -> None:
        """Arrange the panels as at first: beside the grid where there is room, else below it."""
        self._due_at = None
        self._place()
        self._show_first()
        self._is_automatic = True

    @property
    def is_automatic(self) -> bool:
        """Whether nobody has arranged the panels, so that they go by the room there is."""
        return self._is_automatic and self.shown() == self._shown_first()

    def _shown_first(self) -> frozenset[str]:
        """Names of the panels that are shown before anybody has arranged anything."""
        return frozenset(
            panel.name
            for panel in self._panels
            if panel.is_shown_at_first or (self._is_wide and panel.is_shown_beside)
        )

    def _show_first(self) -> None:
        shown = self._shown_first()
        for panel in self._panels:
            self.docks[panel.name].setVisible(panel.name in shown)
        if self._is_wide:
            self._share(_LEFT)

    def _place(self) -> None:
        """Put all panels where they belong at first, in the room there is."""
        self._is_arranging = True
        self._is_wide = is_wide = self._room_beside() >= _LEAST_BESIDE
        for panel in self._placed:
            dock = self.docks[panel.name]
            dock.setFloating(False)
            is_beside = is_wide and panel.area is Area.BOTTOM
            self.addDockWidget(_AREAS[Area.LEFT if is_beside else panel.area], dock)
        plots, left = self._side_by_side(Area.BOTTOM), self._side_by_side(Area.LEFT)
        column = [*plots, *left] if is_wide else plots
        along = Qt.Orientation.Vertical if is_wide else Qt.Orientation.Horizontal
        for before, after in itertools.pairwise(column):
            self.splitDockWidget(before, after, along)
        for panel in self._panels:
            if panel.stacked_on:
                self.tabifyDockWidget(self.docks[panel.stacked_on], self.docks[panel.name])
        if is_wide:
            self._resize(column, self._room_beside(), Qt.Orientation.Horizontal)
        else:
            self._resize(plots[:1], SIZES.plot + SIZES.dock_title, Qt.Orientation.Vertical)
            self._resize(left[:1], SIZES.instrument, Qt.Orientation.Horizontal)
        self._is_arranging = False

    def _room_beside(self) -> int:
        """Pixels that would be free beside a grid as high as this, with the controls."""
        return self.width() - self.height() - SIZES.panel

    def _follow_room(self) -> None:
        """Go by the room there is, if nobody has arranged anything."""
        if self.is_automatic and self._is_wide != (self._room_beside() >= _LEAST_BESIDE):
            self._place()
            self._show_first()

    def _side_by_side(self, area: Area) -> list[QDockWidget]:
        """Those of an area that are stacked on no other, at first."""
        beside = (each for each in self._placed if each.area is area and not each.stacked_on)
        return [self.docks[panel.name] for panel in beside]

    def _resize(self, docks: Sequence[QDockWidget], length: int, along: Qt.Orientation) -> None:
        self.resizeDocks(list(docks), [length] * len(docks), along)

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

    def room(self, name: str) -> tuple[int, int]:
        """Rows and columns of pixels that a panel has for its picture, at least one of each."""
        room = self.views[name].contentsRect()
        return max(1, room.height()), max(1, room.width())

    def show_in(self, name: str, data: object) -> None:
        """Give a panel something to show."""
        self.views.show_in(name, data)

    def show_status(self, status: StatusReadout) -> None:
        """Show a moment of the run in those panels that repeat words of the status line."""
        self.views.show_status(status)

    def hold_views_back(self) -> None:
        """Make no views of panels, however much they are seen, until :meth:`make_views`."""
        self._is_holding_back = True

    def is_held_back(self, name: str) -> bool:
        """Whether a panel has no view for now."""
        return self._is_holding_back and not self.views.is_made(name)

    def views_missing(self) -> list[str]:
        """Names of the panels that are shown and have no view."""
        return [
            name for name in self.docks if name in self.shown() and not self.views.is_made(name)
        ]

    def make_views(self) -> None:
        """Make the views of the panels that are shown, and from now on of all that come to be."""
        self._is_holding_back = False
        for name in self.views_missing():
            self._have_view(name)
        self.panelsChanged.emit()
        if self._due_with_views is not None:
            arrangement, before = self._due_with_views
            self._due_with_views = None
            if self.arrangement() == before:  # nobody has moved anything meanwhile
                self._restore(arrangement)

    def _take_view(self, name: str, view: QWidget) -> None:
        self.docks[name].take(view)

    def _have_view(self, name: str) -> None:
        if not self.is_held_back(name):
            self.views[name]

    def show_panels(self, names: Collection[str]) -> None:
        """Show these panels and no others; where they stand still goes by the room there is."""
        for panel in self._panels:
            self.show_panel(panel.name, panel.name in names)

    def show_panel(self, name: str, is_shown: bool = True) -> None:
        """Show or hide a panel; if several are stacked, the one shown is on top."""
        self._due_at = None
        dock = self.docks[name]
        is_new = is_shown and dock.isHidden()
        if is_new:
            self._have_view(name)
        dock.setVisible(is_shown)
        if is_shown:
            dock.raise_()
        if is_new and not dock.isFloating():
            self._share(self.dockWidgetArea(dock))
            self._to_widen.append(dock)
            self._widen()

    def _share(self, area: Qt.DockWidgetArea) -> None:
        """Let the panels that stand in an area share its length."""
        if docks := [each for each in self.docks.values() if each.stands_in(self, area)]:
            is_row = area is _BOTTOM
            along = Qt.Orientation.Horizontal if is_row else Qt.Orientation.Vertical
            self._resize(docks, (self.width() if is_row else self.height()) // len(docks), along)

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
            self._restore(arrangement)

    def showEvent(self, event: QShowEvent) -> None:
        """What was to be shown before there was any room takes its width now."""
        super().showEvent(event)
        self._widen()

    def _widen(self) -> None:
        while self._to_widen and self.isVisible():
            widen(self, self._to_widen.pop(), self.docks.values())

    def event(self, event: QEvent) -> bool:
        """From when somebody takes hold of what parts the panels, they are arranged by hand."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self._is_automatic = False
        return bool(super().event(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Back at the size that panels were put away at, they share it as they did.

        The desktop makes the window smaller a while after it was asked to, and in what is
        larger the panels have spread by then.
        """
        super().resizeEvent(event)
        if self._due_at is not None and event.size() == self._due_at[0]:
            arrangement, self._due_at = self._due_at[1], None
            self._restore(arrangement)
        elif self._put_away is None and self._due_at is None:
            self._follow_room()

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        for dock in self.docks.values():
            dock.show_style(palette, text_scale)
        self.views.show_style(palette, text_scale)
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
        """Put the panels where somebody had put them; whether that was possible."""
        is_possible = self._restore(arrangement)
        self._is_automatic = self._is_automatic and not is_possible
        return is_possible

    def _restore(self, arrangement: bytes) -> bool:
        """Put panels where they were; once more with those views that take room of their own."""
        self._is_arranging = True
        self._to_widen.clear()
        is_possible = self.restoreState(QByteArray(arrangement), _VERSION)
        if is_possible and self.views_missing():
            if self._is_holding_back:
                self._due_with_views = arrangement, self.arrangement()
            else:
                self.make_views()
                self.restoreState(QByteArray(arrangement), _VERSION)
        self._is_arranging = False
        self.bring_onto_screen()
        return is_possible

    def _on_dock_moved(self) -> None:
        if not self._is_arranging:
            self._is_automatic = False

    def _on_dock_seen_changed(self, name: str, is_seen: bool) -> None:
        (self._seen.add if is_seen else self._seen.discard)(name)
        if is_seen:
            self._have_view(name)
        self.panelsChanged.emit()
