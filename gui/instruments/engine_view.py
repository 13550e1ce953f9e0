"""The engine panel: what was measured in the last second, and how late flashes came."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from gui.instruments.engine import FIGURES, EnginePicture
from gui.instruments.lateness_view import LatenessBars, LatenessMap
from gui.picture.theme import SIZES, Palette

_WIDEST: Final = "000.0, p99 000.0 ms"


class EngineView(QScrollArea):
    """A row for each figure, the map of lateness and its histogram; scrolls when it is low."""

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
        self.map = LatenessMap(palette, content)
        self.bars = LatenessBars(palette, content)
        for row, part in enumerate((self.map, self.bars), start=len(FIGURES)):
            rows.addWidget(part, row, 0, 1, 2)
            rows.setRowStretch(row, 1)
        self._content = content
        self.setWidget(content)
        self.show_style(palette, 1.0)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme; make room for the longest figure."""
        for part in (self.map, self.bars):
            part.show_style(palette, text_scale)
        for figure in self.labels.values():
            widest = figure.fontMetrics().horizontalAdvance(_WIDEST)
            figure.setMinimumWidth(widest + SIZES.rhythm)
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(self._content.minimumSizeHint().width() + bar)

    def show_data(self, picture: EnginePicture) -> None:
        """Show the figures, and the lateness of all."""
        for name, text in picture.texts.items():
            self.labels[name].setText(text)
        self.map.show_data(picture.lateness)
        self.bars.show_data(picture.lateness)
