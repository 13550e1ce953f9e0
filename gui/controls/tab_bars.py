"""The tabs of stacked panels: named in full, without a line behind them, reached where seen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt
from PySide6.QtWidgets import QMainWindow, QTabBar

_MAY_CHANGE: Final = (
    QEvent.Type.Show,
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.LayoutRequest,
    QEvent.Type.Paint,
)


class TabBars(QObject):
    """Sees to the tab bars that a main window makes for docks, as it makes them.

    It keeps those that it has no use for, shown but outside of itself, with or without tabs:
    Tab would lead there, where nothing is.
    """

    def __init__(self, workbench: QMainWindow) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        workbench.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look after a new bar, and after one that may have come or gone."""
        if isinstance(watched, QTabBar):
            if event.type() in _MAY_CHANGE:
                self._set_focus_policy(watched)
        elif event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QTabBar):
                child.setAccessibleName("Stacked panels")
                child.setDrawBase(False)
                child.setElideMode(Qt.TextElideMode.ElideNone)  # arrows lead to what has no room
                child.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
                child.installEventFilter(self)
                self._set_focus_policy(child)
        return False

    def _set_focus_policy(self, bar: QTabBar) -> None:
        is_seen = bar.count() > 0 and self._workbench.rect().intersects(bar.geometry())
        wanted = Qt.FocusPolicy.TabFocus if is_seen else Qt.FocusPolicy.NoFocus
        if bar.focusPolicy() != wanted:
            bar.setFocusPolicy(wanted)
