"""The status line: time, speed, frames, flashes, observables, seed, and what is wrong, if it is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from experiments import sampled
from gui.models.status_readout import StatusReadout
from gui.picture.theme import SIZES

_LONGEST_SEED_SHOWN: Final = 8
_WIDEST: Final = {
    "time": "t 00:00:00.000",
    "speed": "00.00x",
    "fps": "00 fps",
    "flashes": "00,000 flashes/s",
}
"""What takes the most room of what changes all the time; observables know it themselves."""

_BEFORE: Final = ("time", "speed", "fps", "flashes")
_AFTER: Final = ("seed", "state")

_HEAVY: Final = ("time", "speed", "state")
_LIGHT: Final = ("fps", "flashes", "seed", "engine")
"""What is left out last, and first; observables lie between."""


class StatusLine(QWidget):
    """Labels side by side; each keeps its place while figures change."""

    problemsRequested = Signal()
    """The user wants to know why something failed."""

    timeRequested = Signal()
    """The user wants to be at another time."""

    seedRequested = Signal()
    """The user wants to type a seed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(SIZES.status)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(2 * SIZES.rhythm, 0, 2 * SIZES.rhythm, 0)
        self._layout.setSpacing(2 * SIZES.rhythm)
        self.labels: dict[str, QLabel] = {}
        shown = {each.name: each for each in sampled() if each.symbol}
        self._observables = tuple(shown)
        self._widest = _WIDEST | {name: each.longest_text for name, each in shown.items()}
        self._by_weight = (*_HEAVY, *shown, *_LIGHT)
        for name in (*_BEFORE, *shown, *_AFTER):
            self._add(name)
        self._layout.addStretch(1)
        self._add("engine")
        for name in ("time", "seed"):
            self.labels[name].setCursor(Qt.CursorShape.PointingHandCursor)
        self.labels["time"].setToolTip("Virtual time; click to go to another  (T)")

    def _add(self, name: str) -> None:
        label = QLabel(self)
        label.setObjectName("muted")
        label.setTextFormat(Qt.TextFormat.PlainText)
        if name in self._widest:
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(self._widest[name]))
        self._layout.addWidget(label)
        self.labels[name] = label

    def show_text_scale(self, text_scale: float) -> None:
        """Make room for text of a size."""
        self.setFixedHeight(round(SIZES.status * text_scale))
        for name, widest in self._widest.items():
            label = self.labels[name]
            label.ensurePolished()  # only now does it have its font
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the warning asks for its reasons, one on time or seed to type another."""
        at = event.position().toPoint()
        for name, requested in (
            ("state", self.problemsRequested),
            ("time", self.timeRequested),
            ("seed", self.seedRequested),
        ):
            if self.labels[name].isVisible() and self.labels[name].geometry().contains(at):
                requested.emit()

    def show_status(self, status: StatusReadout) -> None:
        """Write a moment of the run."""
        seed = str(status.seed)
        if len(seed) > _LONGEST_SEED_SHOWN:
            seed = seed[: _LONGEST_SEED_SHOWN - 2] + "\N{HORIZONTAL ELLIPSIS}"
        self._write("time", status.time_text())
        self._write("speed", status.speed_text())
        self.labels["speed"].setToolTip(status.advice[:1].upper() + status.advice[1:])
        self._write("fps", status.fps_text())
        self._write("flashes", status.flashes_text())
        for name in self._observables:
            self._write(name, status.observed_text(name))
        self._write("seed", f"seed {seed}")
        self.labels["seed"].setToolTip(
            f"Seed {status.seed}: a click leads to where another is typed"
        )
        problem = status.state_text()
        self._write("state", problem and f"\N{BLACK UP-POINTING TRIANGLE} {problem}", "failed")
        state = self.labels["state"]
        state.setToolTip(status.failure_detail())
        shape = Qt.CursorShape.PointingHandCursor if status.failures else Qt.CursorShape.ArrowCursor
        if state.cursor().shape() != shape:
            state.setCursor(shape)
        self._write("engine", status.population)
        self._make_room()

    def _write(self, name: str, text: str, style: str = "muted") -> None:
        label = self.labels[name]
        if label.text() != text:
            label.setText(text)
        if label.objectName() != style:
            label.setObjectName(style)
            self.style().unpolish(label)
            self.style().polish(label)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the least important words when there is no room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        left = self.width() - 4 * SIZES.rhythm
        for name in self._by_weight:
            label = self.labels[name]
            if not label.text():
                label.hide()
                continue
            left -= max(label.sizeHint().width(), label.minimumWidth()) + 2 * SIZES.rhythm
            label.setVisible(left >= -2 * SIZES.rhythm)
