"""A window of its own, with no run behind it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from experiments import Parameters
from gui.models.notice import Answer, Notice
from gui.models.timeline import Timeline
from gui.picture.frame_buffer import Frame
from gui.views.window import Window
from tests.gui.application import focused
from tests.gui.cells import dark_cells

SIDE = 9
SMALL = Parameters(side=SIDE, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def shown(qtbot: QtBot) -> Window:
    """A window with all the buttons there can be, and a grid."""
    window = Window()
    qtbot.addWidget(window)
    window.show_frame(Frame(dark_cells(SIDE), 0.0, False, False))
    window.show_parameters(SMALL.replace(nudge=0.5))
    window.show_notice(Notice("Something has happened.", (Answer("Restore", list),)))
    window.show_timeline(Timeline(1.0, 2.0, (), "", False))
    window.show_timeline(None)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def reached_by_tab(window: Window) -> list[QWidget]:
    """What gets the focus, Tab by Tab, once around."""
    window.setFocus()
    reached: list[QWidget] = []
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if focused() in reached:
            break
        reached.append(focused())
    return reached
