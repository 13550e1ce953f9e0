"""The control panel: one slider per parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from experiments import PARAMETER_FIELDS
from gui.theme import SIZES
from gui.views.value_slider import ValueSlider

_SECTIONS: Final = (
    ("FIREFLIES", ("period", "nudge", "refractory", "jitter")),
    ("PICTURE", ("glow",)),
    ("SWARM", ("side",)),
)


class Panel(QScrollArea):
    """Sliders in sections, that scroll when the window is low."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panelScroll")
        self.setFixedWidth(SIZES.panel)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget(self)
        content.setObjectName("panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(2 * SIZES.rhythm, 2 * SIZES.rhythm, 2 * SIZES.rhythm, 0)
        layout.setSpacing(SIZES.rhythm)
        sliders: dict[str, ValueSlider] = {}
        for title, names in _SECTIONS:
            caption = QLabel(title, content)
            caption.setObjectName("caption")
            layout.addWidget(caption)
            for name in names:
                sliders[name] = ValueSlider(PARAMETER_FIELDS[name], content)
                layout.addWidget(sliders[name])
            layout.addSpacing(SIZES.rhythm)
        layout.addStretch(1)
        self.setWidget(content)
        self.sliders: Mapping[str, ValueSlider] = sliders
