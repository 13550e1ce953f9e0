"""Known trouble with the bindings, watched for."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

_CALLS = 3_000


class Overriding(QWidget):
    """A widget that overrides handlers and methods as the product does."""

    calls = 0

    def event(self, event: QEvent) -> bool:
        self.calls += 1
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(10, 10)


@pytest.mark.skipif(
    sys.version_info >= (3, 12),
    reason="None is immortal from Python 3.12 on: no reference to it can be lost",
)
def test_the_binding_keeps_its_references_to_none(qtbot: QtBot) -> None:
    """Overridden handlers called thousands of times don't use up references to None.

    PySide6 6.12.0 on Python 3.11 dropped one in every overridden event; within
    minutes the interpreter aborted with "deallocating None".
    """
    widget = Overriding()
    qtbot.addWidget(widget)
    widget.show()
    QApplication.processEvents()
    before, calls = sys.getrefcount(None), widget.calls
    for _ in range(_CALLS):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.EnabledChange))
        widget.repaint()
    assert widget.calls - calls >= 2 * _CALLS
    assert sys.getrefcount(None) > before - _CALLS // 10
