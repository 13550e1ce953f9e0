"""The keys that no control and no shortcut has taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gui.controls.focus import press_focused
from gui.views.actions import Actions
from gui.views.grid import GridView
from gui.views.grid_alone import GridAlone
from gui.views.grid_cursor import is_cursor_key
from gui.views.overlays import Overlays


class Keyboard:
    """A key by its place, a button pressed, the cursor on the grid, and Escape.

    Parameters
    ----------
    commands
        What keys ask for.
    grid, overlays, grid_alone
        What Escape leads out of; the grid has a cursor too.
    cancel
        Gives up what is being made.
    let_go
        Lets go of a firefly that is looked at.
    """

    def __init__(
        self,
        commands: Actions,
        grid: GridView,
        overlays: Overlays,
        grid_alone: GridAlone,
        cancel: Callable[[], object],
        let_go: Callable[[], object],
    ) -> None:
        self._commands, self._grid = commands, grid
        self._overlays, self._grid_alone = overlays, grid_alone
        self._cancel, self._let_go = cancel, let_go

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means, if it means anything."""
        if event.key() == Qt.Key.Key_Escape:
            self._lead_out()
            return True
        if press_focused(event) or self._commands.press(event):
            return True
        if is_cursor_key(event) and self._grid.side:
            self._grid.setFocus()
            self._grid.keyPressEvent(event)
            return True
        return False

    def _lead_out(self) -> None:
        """Out of keys, a notice, what is made, the full screen, the grid, a firefly looked at."""
        if not self._overlays.keys.isHidden():
            self._overlays.toggle_keys()
        elif self._overlays.leave_notice():
            return
        elif not self._grid.words.cancel_button.isHidden():
            self._cancel()
        elif self._grid_alone.is_on:
            self._grid_alone.toggle()
        else:
            self._grid.hide_cursor()
            self._let_go()
