"""Quitting: every way to end the program asks for the close that the window's button asks for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from gui.system.event_loop import FirefliesEventLoop


class QuittableApplication(QApplication):
    """An application that can be asked to quit.

    Qt's own asks every window to close, and gives up if one doesn't do so at once.

    Attributes
    ----------
    on_quit
        Called when the desktop or a program wants it to end, or the user logs out; None: Qt
        does what it would.
    """

    on_quit: Callable[[], object] | None = None

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.commitDataRequest.connect(self.log_out)

    def log_out(self, _manager: object) -> None:
        """The session ends: time to save things."""
        if self.on_quit is not None:
            self.on_quit()

    def event(self, event: QEvent) -> bool:
        """Events of the application itself, which are few."""
        if event.type() == QEvent.Type.Quit and self.on_quit is not None:
            event.accept()
            self.on_quit()
            return True
        return super().event(event)


@contextlib.contextmanager
def asking_to_close(close: Callable[[], object]) -> Iterator[None]:
    """Call `close` when the application is asked to quit, its loop is left, or the user logs out.

    Parameters
    ----------
    close
        May be called several times.
    """
    app, loop = QApplication.instance(), asyncio.get_running_loop()
    assert isinstance(loop, FirefliesEventLoop)

    loop.on_exit = close
    if isinstance(app, QuittableApplication):
        app.on_quit = close
    try:
        yield
    finally:
        if isinstance(app, QuittableApplication):
            app.on_quit = None
        loop.on_exit = None


def close_popups() -> None:
    """Close popups such as menus: they run loops of their own, which would block the end."""
    while (popup := QApplication.activePopupWidget()) is not None and popup.close():
        continue
