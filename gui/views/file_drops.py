"""Files that are dropped on a window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FileDrops(QObject):
    """Accepts drops that have URLs."""

    dropped = Signal(list)
    """Addresses of what was dropped, at least one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A file may be dropped; ask for it to be opened then."""
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            addresses = [url.toEncoded().toStdString() for url in event.mimeData().urls()]
            if addresses:
                event.acceptProposedAction()
                self.dropped.emit(addresses)
            return True
        if isinstance(event, QDragEnterEvent):
            if event.mimeData().hasUrls():
                event.acceptProposedAction()
            return True
        return False
