"""A parameter that has a name and a value to type, and no track to slide along."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from experiments import ParameterField, Value
from gui.controls.named_row import NamedRow
from gui.controls.value_field import ValueField
from gui.models.scales import value_text


class ValueEntry(NamedRow):
    """One whole-numbered parameter: its name and value; emits what is asked, decides nothing.

    Parameters
    ----------
    field
        The parameter.
    parent
        Where it stands.
    """

    def __init__(self, field: ParameterField, parent: QWidget) -> None:
        super().__init__(field, parent)
        self._shown: int = field.default
        self.value_field = ValueField(self)
        self.value_field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.value_field.setAccessibleName(f"{field.label}, value")
        self.value_field.setAccessibleDescription(field.description)
        self.row.addWidget(self.value_field, 1)
        self.value_field.stepRequested.connect(self._on_value_field_step_requested)
        self.value_field.typed.connect(self._on_value_field_typed)

    def show_value(self, value: Value) -> None:
        """Show the value in force."""
        self._shown = value
        self.value_field.show_in_force(value_text(self._field.name, value))

    def _on_value_field_step_requested(self, steps: int) -> None:
        self.valueTyped.emit(self._field.name, str(self._shown + steps))

    def _on_value_field_typed(self, text: str) -> None:
        self.valueTyped.emit(self._field.name, text)
