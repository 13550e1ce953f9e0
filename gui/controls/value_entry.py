"""A parameter that has a name and a value to type, and no track to slide along."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from experiments import ParameterField, Value
from gui.controls.refusal_bubble import RefusalBubble
from gui.controls.value_field import ValueField
from gui.models.scales import value_text
from gui.picture.theme import SIZES


class ValueEntry(QWidget):
    """One whole-numbered parameter: its name and value; emits what is asked, decides nothing.

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
        self._shown: int = field.default
        self.name_label = QLabel(field.label, self)
        self.value_field = ValueField(self)
        self.value_field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.value_field.setAccessibleName(f"{field.label}, value")
        self.value_field.setAccessibleDescription(field.description)
        self.refusal_label = RefusalBubble(self, parent)
        self.refusal_label.setAccessibleName(f"{field.label}, why refused")
        self.setToolTip(field.description)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm)
        layout.addWidget(self.name_label)
        if field.restarts:
            hint = QLabel("restarts", self)
            hint.setObjectName("hint")
            layout.addWidget(hint)
        layout.addWidget(self.value_field, 1)
        self.value_field.stepRequested.connect(self._on_value_field_step_requested)
        self.value_field.typed.connect(self._on_value_field_typed)

    def show_value(self, value: Value) -> None:
        """Show the value in force."""
        self._shown = value
        self.value_field.show_in_force(value_text(self._field.name, value))

    def show_refusal(self, reason: str) -> None:
        """Say for a while why a value was refused; an empty reason hides it."""
        self.refusal_label.show_reason(reason)

    def note_focus(self, focused: QWidget | None) -> None:
        """Hide the refusal once the user moves to another control."""
        self.refusal_label.note_focus(focused)

    def _on_value_field_step_requested(self, steps: int) -> None:
        self.valueTyped.emit(self._field.name, str(self._shown + steps))

    def _on_value_field_typed(self, text: str) -> None:
        self.valueTyped.emit(self._field.name, text)
