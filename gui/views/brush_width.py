"""The width of the brush: a slider with its value in cells."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.controls.track import Track
from gui.models.brush import NARROWEST, WIDEST, WIDTH_AT_FIRST, resized
from gui.picture.theme import SIZES


class BrushWidth(QWidget):
    """Shows how wide the brush is, in steps of two cells; emits how wide it is wanted."""

    widthRequested = Signal(int)
    """Cells."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = WIDTH_AT_FIRST
        self.setToolTip("How wide the brush is  (the wheel over the grid, ] and [)")
        name = QLabel("Width", self)
        self.track = Track(self)
        self.track.setAccessibleName("Width of the brush")
        self.value_label = QLabel(self)
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value_label.setMinimumWidth(self.fontMetrics().horizontalAdvance(f"{WIDEST} cells"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm)
        layout.addWidget(name)
        layout.addWidget(self.track, 1)
        layout.addWidget(self.value_label)
        self.track.positionChanged.connect(self._on_track_position_changed)
        self.track.stepRequested.connect(self._on_track_step_requested)
        self.track.endRequested.connect(self._on_track_position_changed)
        self.show_width(WIDTH_AT_FIRST)

    def show_width(self, width: int) -> None:
        """Show how wide it is, in cells."""
        self._shown = width
        self.value_label.setText(f"{width} {'cell' if width == 1 else 'cells'}")
        if not self.track.isSliderDown():
            with QSignalBlocker(self.track):
                self.track.set_position((width - NARROWEST) / (WIDEST - NARROWEST))

    def _on_track_position_changed(self, position: float) -> None:
        width = NARROWEST + 2 * round(position * (WIDEST - NARROWEST) / 2)
        if width != self._shown:
            self.widthRequested.emit(width)

    def _on_track_step_requested(self, steps: int) -> None:
        self.widthRequested.emit(resized(self._shown, steps))
