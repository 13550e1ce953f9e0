"""The choice of a view, and the legend that explains it."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.models.choices import VIEW_COMMANDS
from gui.models.colouring import LEGENDS, VIEW_KEYS, Colouring
from gui.picture.colour_maps import table_of
from gui.picture.legend_colours import legend_colours
from gui.picture.theme import SIZES
from gui.views.actions import Actions

_BAR_HEIGHT: Final = 8


class ViewBar(QWidget):
    """Three buttons, of which one is down, and the colours of that view with their meaning."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        # In no group: of one, Tab leads to the button that is down alone.
        self.buttons: dict[Colouring, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(SIZES.rhythm // 2)
        for colouring in Colouring:
            self.buttons[colouring] = button = self._button(colouring)
            button.clicked.connect(partial(self._on_button_clicked, colouring))
            button.clicked.connect(actions[VIEW_COMMANDS[colouring].name].trigger)
            row.addWidget(button)
        self._bar = QLabel(self)
        self._bar.setFixedHeight(_BAR_HEIGHT)
        self._bar.setScaledContents(True)
        self._bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._low, self._high = QLabel(self), QLabel(self)
        self._high.setAlignment(Qt.AlignmentFlag.AlignRight)
        legend = QGridLayout()
        legend.setHorizontalSpacing(SIZES.rhythm)
        legend.setVerticalSpacing(SIZES.rhythm // 4)
        legend.addWidget(self._bar, 0, 0, 1, 2)
        for column, label in enumerate((self._low, self._high)):
            label.setObjectName("hint")
            legend.addWidget(label, 1, column)
        legend.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm)
        layout.addLayout(row)
        layout.addLayout(legend)
        self._is_calm = False
        self.show_view(Colouring.GLOW)

    def show_calm(self, is_calm: bool) -> None:
        """Show the colours as they are when changes of brightness are softened, or not."""
        self._is_calm = is_calm
        self.show_view(self._colouring)

    def show_view(self, colouring: Colouring) -> None:
        """Show which view is on, and its legend."""
        legend = LEGENDS[colouring]
        for each, button in self.buttons.items():
            button.setChecked(each is colouring)
        self._colouring = colouring
        table = legend_colours(colouring, table_of(colouring), is_calm=self._is_calm)
        self._bar.setPixmap(_strip(table))
        self._bar.setToolTip(legend.sentence)
        self._bar.setAccessibleName(f"Legend. {legend.sentence}")
        self._low.setText(legend.low)
        self._high.setText(legend.high)

    def _button(self, colouring: Colouring) -> QToolButton:
        legend = LEGENDS[colouring]
        button = QToolButton(self)
        button.setObjectName("view")
        button.setText(legend.label)
        button.setCheckable(True)
        button.setToolTip(f"{legend.sentence}  ({VIEW_KEYS[colouring]})")
        button.setAccessibleName(f"{legend.label} view")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _on_button_clicked(self, colouring: Colouring) -> None:
        self.show_view(colouring)  # pressed once more it stays down


def _strip(table: NDArray[np.uint8]) -> QPixmap:
    """The colours of a table from left to right.

    As high as it shows: a label scales a lower one by way of one that has no height at all.
    """
    pixels = np.repeat(table[None, :, :], _BAR_HEIGHT, axis=0)
    image = QImage(pixels.data, len(table), _BAR_HEIGHT, QImage.Format.Format_RGBA8888)
    return QPixmap.fromImage(image.copy())
