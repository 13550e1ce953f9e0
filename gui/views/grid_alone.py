"""The grid alone on a clean full screen, for projectors and recorders; and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtWidgets import QWidget

from gui.views.overlays import Overlays

_WAY_BACK: Final = "F11 or Esc: back"


class _Stowable(Protocol):
    def put_away(self, is_away: bool) -> None: ...


class GridAlone:
    """Hides all but the grid of a window, and brings everything back as it was.

    Parameters
    ----------
    window
        What takes the full screen.
    hidden
        What always shows otherwise.
    put_away
        What knows by itself how to come back.
    overlays
        Shows the way back.

    Attributes
    ----------
    is_on
        Whether the grid has the full screen, and all else is hidden.
    """

    def __init__(
        self,
        window: QWidget,
        hidden: Sequence[QWidget],
        put_away: Sequence[_Stowable],
        overlays: Overlays,
    ) -> None:
        self._window, self._overlays = window, overlays
        self._hidden, self._put_away = hidden, put_away
        self.is_on = self._was_maximized = False

    def toggle(self) -> None:
        """Take the full screen, or give it back."""
        self.is_on = not self.is_on
        for part in self._hidden:
            part.setVisible(not self.is_on)
        for stowable in self._put_away:
            stowable.put_away(self.is_on)
        if self.is_on:
            self._was_maximized = self._window.isMaximized()
            self._window.showFullScreen()
            self._overlays.show_toast(_WAY_BACK)
            return
        self._overlays.toast.take_back(_WAY_BACK)
        if self._was_maximized:
            self._window.showMaximized()
        else:
            self._window.showNormal()
