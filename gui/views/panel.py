"""The control panel: one slider per parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from experiments import PARAMETER_FIELDS
from gui.models.figures import FIGURES
from gui.theme import SIZES
from gui.views.brush_bar import BrushBar
from gui.views.value_slider import ValueSlider
from gui.views.view_bar import ViewBar

_SECTIONS: Final = (
    ("FIREFLIES", ("period", "nudge", "refractory", "jitter")),
    ("PICTURE", ("glow",)),
    ("BRUSH", ()),
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
            layout.addWidget(self._caption(title, content))
            if title == "PICTURE":
                self.view_bar = ViewBar(content)
                layout.addWidget(self.view_bar)
            elif title == "BRUSH":
                self.brush_bar = BrushBar(content)
                layout.addWidget(self.brush_bar)
            for name in names:
                sliders[name] = ValueSlider(PARAMETER_FIELDS[name], content)
                layout.addWidget(sliders[name])
            layout.addSpacing(SIZES.rhythm)
        layout.addWidget(self._caption("ENGINE", content))
        self._figures = self._add_figures(layout, content)
        layout.addStretch(1)
        self.setWidget(content)
        self.sliders: Mapping[str, ValueSlider] = sliders

    def show_figures(self, texts: Mapping[str, str]) -> None:
        """Show what the window measured of itself, by metric."""
        for name, text in texts.items():
            self._figures[name].setText(text)

    def _caption(self, title: str, content: QWidget) -> QLabel:
        caption = QLabel(title, content)
        caption.setObjectName("caption")
        return caption

    def _add_figures(self, layout: QVBoxLayout, content: QWidget) -> dict[str, QLabel]:
        rows = QGridLayout()
        rows.setHorizontalSpacing(SIZES.rhythm)
        rows.setVerticalSpacing(SIZES.rhythm // 2)
        figures = {}
        for row, (name, (label, explanation)) in enumerate(FIGURES.items()):
            name_label = QLabel(label, content)
            figures[name] = QLabel("\N{EN DASH}", content)
            figures[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            figures[name].setAccessibleName(label)
            for column, widget in enumerate((name_label, figures[name])):
                widget.setObjectName("figure")
                widget.setToolTip(explanation)
                rows.addWidget(widget, row, column)
        layout.addLayout(rows)
        return figures
