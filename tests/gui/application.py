"""The application of a test, which of its widgets has the focus, and a double click on one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.system.quitting import QuittableApplication


def application() -> QuittableApplication:
    """The one that the tests run in, made as the product makes it."""
    app = QApplication.instance()
    assert isinstance(app, QuittableApplication)
    return app


def focused() -> QWidget:
    """What has the focus, which something has."""
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


def double_click(widget: QWidget, at: QPoint) -> None:
    """Click twice, and let go: Qt's own leaves the button down for all tests that follow."""
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at)


def parent_of(widget: QWidget) -> QWidget:
    """What a widget stands in, which is no window of its own."""
    parent = widget.parentWidget()
    assert parent is not None, f"{widget} stands in nothing"
    return parent
