"""The watch over the application while a window is shown: its focus and its screens."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from gui.controls.focus import bring_to_sight
from gui.controls.value_control import ValueControl
from gui.views.workbench import Workbench


class AppWatch(QObject):
    """Scrolls the focused control into view, and brings panels back from a screen that is gone.

    Parameters
    ----------
    controls
        Told where the focus goes.
    workbench
        Keeps its panels on a screen.
    window
        Events count only while it is shown.
    """

    def __init__(
        self, controls: Collection[ValueControl], workbench: Workbench, window: QWidget
    ) -> None:
        super().__init__(window)
        self._controls, self._workbench = controls, workbench
        self._is_listening = False
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Listen from when the window is shown until it is hidden."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._listen(event.type() == QEvent.Type.Show)
        return False

    def _listen(self, is_on: bool) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication) or is_on is self._is_listening:
            return
        self._is_listening = is_on
        if is_on:
            app.focusChanged.connect(self._on_app_focus_changed)
            # Queued: at first the screen that goes is still there.
            queued = Qt.ConnectionType.QueuedConnection
            app.screenRemoved.connect(self._workbench.bring_onto_screen, queued)
        else:
            app.focusChanged.disconnect(self._on_app_focus_changed)
            app.screenRemoved.disconnect(self._workbench.bring_onto_screen)

    def _on_app_focus_changed(self, _before: QWidget | None, focused: QWidget | None) -> None:
        for control in self._controls:
            control.note_focus(focused)
        if focused is not None:
            bring_to_sight(focused)
