"""The width of a panel beside the grid, at first."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from gui.picture.theme import SIZES
from gui.views.dock import Dock

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


def widen(main: QMainWindow, dock: Dock, docks: Iterable[Dock]) -> None:
    """Let a panel of the left have its width, as far as the square of the grid can spare it.

    Parameters
    ----------
    main
        Has the grid in its middle, and is laid out.
    dock
        The panel, which shows.
    docks
        All there are; those that stand there have their width already.
    """
    others = [each for each in docks if each is not dock]

    def width(area: Qt.DockWidgetArea) -> int:
        there = (each for each in others if each.stands_in(main, area))
        return max((each.width() for each in there), default=0)

    centre = main.centralWidget()
    spare = main.width() - width(_RIGHT) - (0 if centre is None else centre.height())
    wished = min(round(dock.widths * SIZES.instrument), spare)
    if wished > width(_LEFT) and dock.stands_in(main, _LEFT):
        main.resizeDocks([dock], [wished], Qt.Orientation.Horizontal)
