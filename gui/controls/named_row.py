"""A row of the control panel: a parameter's name, and what it is set by."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from experiments import ParameterField
from gui.controls.refusal_bubble import RefusalBubble
from gui.picture.theme import SIZES


class NamedRow(QWidget):
    """The name, whether another value restarts, and why one was refused; decides nothing.

    Parameters
    ----------
    field
        The parameter.
    parent
        Where it stands.
    """

    valueTyped = Signal(str, str)
    """Name and text."""

    def __init__(self, field: ParameterField, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self.name_label = QLabel(field.label, self)
        self.refusal_label = RefusalBubble(self, parent)
        self.refusal_label.setAccessibleName(f"{field.label}, why refused")
        self.setToolTip(field.description)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(SIZES.rhythm)
        self.row.addWidget(self.name_label)
        if field.restarts:
            hint = QLabel("restarts", self)
            hint.setObjectName("hint")
            self.row.addWidget(hint)

    def show_refusal(self, reason: str) -> None:
        """Say for a while why a value was refused; an empty reason hides it."""
        self.refusal_label.show_reason(reason)

    def note_focus(self, focused: QWidget | None) -> None:
        """Hide the refusal once the user moves to another control."""
        self.refusal_label.note_focus(focused)
