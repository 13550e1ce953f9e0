"""The bench that the workbench stands on: it scrolls where the window is too low."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.picture.theme import SIZES
from gui.views.workbench import Workbench


class Bench(QScrollArea):
    """Scrolls a workbench where the window is too low for it."""

    def __init__(self, workbench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bench")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setMinimumHeight(5 * SIZES.rhythm)  # enough to scroll; more where there is more
        self.setWidget(workbench)
