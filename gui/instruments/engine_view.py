"""The engine panel: what was measured in the last second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from gui.instruments.engine import FIGURES
from gui.picture.theme import SIZES, Palette

_WIDEST: Final = "000.0, p99 000.0 ms"


class FigureTable(QScrollArea):
    """A row for each figure; scrolls when it is low."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panelScroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(SIZES.instrument // 3)
        content = QWidget(self)
        content.setObjectName("panel")
        rows = QGridLayout(content)
        rows.setContentsMargins(2 * SIZES.rhythm, SIZES.rhythm, 2 * SIZES.rhythm, SIZES.rhythm)
        rows.setHorizontalSpacing(SIZES.rhythm)
        rows.setVerticalSpacing(SIZES.rhythm // 2)
        self.labels: dict[str, QLabel] = {}
        for row, (name, (label, explanation)) in enumerate(FIGURES.items()):
            figure = QLabel("\N{EN DASH}", content)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            figure.setAccessibleName(label)
            self.labels[name] = figure
            for column, widget in enumerate((QLabel(label, content), figure)):
                widget.setObjectName("figure")
                widget.setToolTip(explanation)
                rows.addWidget(widget, row, column)
        rows.setRowStretch(len(FIGURES), 1)
        self._content = content
        self.setWidget(content)
        self.show_style(palette, 1.0)

    def show_style(self, _palette: Palette, _text_scale: float) -> None:
        """Make room for the longest figure in the size the text has now."""
        for figure in self.labels.values():
            widest = figure.fontMetrics().horizontalAdvance(_WIDEST)
            figure.setMinimumWidth(widest + SIZES.rhythm)
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(self._content.minimumSizeHint().width() + bar)

    def show_data(self, texts: Mapping[str, str]) -> None:
        """Show the figures, by name."""
        for name, text in texts.items():
            self.labels[name].setText(text)
