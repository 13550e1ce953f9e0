"""A slider with a name, a value that can be typed, and room for a refusal in words."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from experiments import NumberField, ParameterField
from gui.controls.refusal_bubble import RefusalBubble
from gui.controls.track import Track
from gui.controls.value_field import ValueField
from gui.models.scales import value_text
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette


class ValueSlider(QWidget):
    """One parameter: its name, slider and value; emits what is asked, decides nothing.

    Parameters
    ----------
    field
        The parameter.
    palette
        Colours of the window.
    parent
        Where it stands.
    is_inline
        Whether all stands in one row, as in the toolbar, or the slider below.
    """

    valueMoved = Signal(str, float)
    """Name and value, while the handle moves or a key steps."""

    valueTyped = Signal(str, str)
    """Name and text."""

    handleReleased = Signal(str)
    """Name; the value in force should be shown again."""

    def __init__(
        self,
        field: ParameterField,
        palette: Palette,
        parent: QWidget,
        *,
        is_inline: bool = False,
    ) -> None:
        super().__init__(parent)
        self._field = field
        self._is_inline = is_inline
        if field.scale is None:
            raise ValueError(f"{field.name} has no scale to slide along")
        self._scale = field.scale
        self._shown = float(field.default)
        self._at_rest: int | None = None  # where the handle shows that; None before it does
        self.name_label = QLabel(field.label, self)
        self.track = Track(self)
        self.value_field = ValueField(self)
        self.reset_button = QToolButton(self)
        self.reset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.show_style(palette, 1.0)
        self.refusal_label = RefusalBubble(self, parent.window() if is_inline else parent)
        self._describe()
        self._offer_reset(self._shown)
        (self._lay_out_inline if is_inline else self._lay_out_stacked)()
        self.track.positionChanged.connect(self._on_track_position_changed)
        self.track.stepRequested.connect(self._on_track_step_requested)
        self.track.endRequested.connect(self._on_track_end_requested)
        self.track.sliderReleased.connect(self._on_track_slider_released)
        self.value_field.stepRequested.connect(self._on_track_step_requested)
        self.reset_button.clicked.connect(self._on_reset_button_clicked)
        self.value_field.typed.connect(self._on_value_field_typed)

    def _describe(self) -> None:
        field = self._field
        most = field.max_means if isinstance(field, NumberField) else ""
        more = f"; at the end of the track {most}" if most else ""
        self.setToolTip(field.description + more)
        self.track.setAccessibleName(field.label)
        self.track.setAccessibleDescription(field.description)
        self.value_field.setAccessibleName(f"{field.label}, value")
        self.reset_button.setToolTip(f"Back to {value_text(field.name, field.default)}")
        self.reset_button.setAccessibleName(f"{field.label}: back to the default")
        self.refusal_label.setAccessibleName(f"{field.label}, why refused")

    def _lay_out_stacked(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(SIZES.rhythm)
        layout.setVerticalSpacing(0)
        layout.addWidget(self.name_label, 0, 0)
        if self._field.restarts:
            hint = QLabel("restarts", self)
            hint.setObjectName("hint")
            layout.addWidget(hint, 0, 1)
        layout.setColumnStretch(2, 1)
        layout.addWidget(self.reset_button, 0, 3)
        layout.addWidget(self.value_field, 0, 4)
        layout.addWidget(self.track, 1, 0, 1, 5)
        self.value_field.setAlignment(Qt.AlignmentFlag.AlignRight)

    def _lay_out_inline(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm)
        self.name_label.setObjectName("muted")
        self.track.setMinimumWidth(SIZES.speed_slider // 2)
        self.track.setMaximumWidth(SIZES.speed_slider)
        self.value_field.setAlignment(Qt.AlignmentFlag.AlignRight)
        for widget in (self.name_label, self.track, self.value_field, self.reset_button):
            layout.addWidget(widget)
        layout.addStretch(1)

    # -- showing ------------------------------------------------------------------------

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        sizes = SIZES.with_text(text_scale)
        self.reset_button.setIcon(icon("arrow-u-up-left", palette, is_quiet=True))
        self.reset_button.setFixedSize(sizes.small_button, sizes.small_button)
        self.reset_button.setIconSize(QSize(sizes.small_icon, sizes.small_icon))
        width = sizes.speed_field if self._is_inline else sizes.value_field
        self.value_field.setFixedWidth(width)

    def show_value(self, value: float) -> None:
        """Show the value in force, unless the handle is held."""
        if self.track.isSliderDown():
            return
        if (value, self.track.value()) == (self._shown, self._at_rest):
            return  # as it is with all but one while that one is dragged
        self._shown = value
        self._write(value)
        with QSignalBlocker(self.track):
            self.track.set_position(self._scale.position(value))
        self._at_rest = self.track.value()

    def show_refusal(self, reason: str) -> None:
        """Say for a while why a value was refused; an empty reason hides it."""
        self.refusal_label.show_reason(reason)

    def note_focus(self, focused: QWidget | None) -> None:
        """Hide the refusal once the user moves to another control."""
        self.refusal_label.note_focus(focused)

    def refusal(self) -> str:
        """The reason shown, or nothing."""
        return self.refusal_label.text()

    def _offer_reset(self, value: float) -> None:
        self.reset_button.setVisible(value != self._field.default)

    def _write(self, value: float) -> None:
        self._offer_reset(value)
        self.value_field.show_in_force(value_text(self._field.name, value))

    # -- asking -------------------------------------------------------------------------

    def _on_track_position_changed(self, position: float) -> None:
        self._ask(self._scale.value(position))

    def _on_track_step_requested(self, steps: int) -> None:
        value = self._scale.neighbour(self._shown, steps)
        with QSignalBlocker(self.track):
            self.track.set_position(self._scale.position(value))
        self._ask(value)
        self.handleReleased.emit(self._field.name)

    def _on_track_end_requested(self, position: float) -> None:
        with QSignalBlocker(self.track):
            self.track.set_position(position)
        self._ask(self._scale.value(position))
        self.handleReleased.emit(self._field.name)

    def _on_reset_button_clicked(self) -> None:
        default = float(self._field.default)
        with QSignalBlocker(self.track):
            self.track.set_position(self._scale.position(default))
        self._ask(default)
        self.handleReleased.emit(self._field.name)

    def _ask(self, value: float) -> None:
        if value == self._shown:
            return
        self._shown = value
        self._write(value)
        self.valueMoved.emit(self._field.name, value)

    def _on_track_slider_released(self) -> None:
        self.handleReleased.emit(self._field.name)

    def _on_value_field_typed(self, text: str) -> None:
        self.valueTyped.emit(self._field.name, text)
