"""The control panel: one slider or field per parameter, presets, views and brushes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from experiments import (
    PARAMETER_FIELDS,
    ChoiceField,
    Effect,
    ParameterField,
    Parameters,
    WholeField,
)
from gui.controls.value_choice import ValueChoice
from gui.controls.value_control import ValueControl
from gui.controls.value_entry import ValueEntry
from gui.controls.value_slider import ValueSlider
from gui.models.sweep_draft import can_be_swept
from gui.picture.theme import SIZES, Palette
from gui.views.actions import Actions
from gui.views.brush_bar import BrushBar
from gui.views.preset_bar import PresetBar
from gui.views.view_bar import ViewBar

_SECTIONS: Final = ("PRESET", "FIREFLIES", "PICTURE", "BRUSH", "SWARM")


def _section_of(field: ParameterField) -> str:
    """Where a parameter's slider stands; the pace has its own in the toolbar."""
    if field.restarts:
        return "SWARM"
    return {Effect.RUN: "FIREFLIES", Effect.PICTURE: "PICTURE"}.get(field.effect, "")


_MOST_SHARE: Final = 0.45
"""Of the window's width, where larger text asks for more than the panel usually has."""


class ControlPanel(QScrollArea):
    """Sections of controls, that scroll when the window is low."""

    sweepRequested = Signal(str)
    """Name of a parameter, over which many runs are wanted."""

    def __init__(self, actions: Actions, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panelScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget(self)
        content.setObjectName("panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(2 * SIZES.rhythm, 2 * SIZES.rhythm, 2 * SIZES.rhythm, 0)
        layout.setSpacing(SIZES.rhythm)
        sliders: dict[str, ValueSlider] = {}
        entries: dict[str, ValueEntry] = {}
        choices: dict[str, ValueChoice] = {}
        for title in _SECTIONS:  # made in the order in which Tab goes through them
            layout.addWidget(self._caption(title, content))
            if title == "PRESET":
                self.preset_bar = PresetBar(actions, palette, content)
                layout.addWidget(self.preset_bar)
            elif title == "PICTURE":
                self.view_bar = ViewBar(actions, content)
                layout.addWidget(self.view_bar)
            elif title == "BRUSH":
                self.brush_bar = BrushBar(actions, content)
                layout.addWidget(self.brush_bar)
            for name, field in PARAMETER_FIELDS.items():
                if _section_of(field) != title:
                    continue
                if field.scale is not None:
                    sliders[name] = ValueSlider(field, palette, content)
                    layout.addWidget(sliders[name])
                elif isinstance(field, WholeField):
                    entries[name] = ValueEntry(field, content)
                    layout.addWidget(entries[name])
                elif isinstance(field, ChoiceField):
                    choices[name] = ValueChoice(field, palette, content)
                    layout.addWidget(choices[name])
            layout.addSpacing(SIZES.rhythm)
        layout.addStretch(1)
        self.setWidget(content)
        self.sliders: Mapping[str, ValueSlider] = sliders
        self.entries: Mapping[str, ValueEntry] = entries
        self.choices: Mapping[str, ValueChoice] = choices
        self.controls: Mapping[str, ValueControl] = {**sliders, **entries, **choices}
        self.show_data(Parameters())
        self.show_style(palette, 1.0)

    def show_data(self, parameters: Parameters) -> None:
        """Show the values in force."""
        values = parameters.values()
        for choice in self.choices.values():
            choice.call(choice.field.calls(values))
        for name, control in self.controls.items():
            control.show_value(values[name])
            # What makes no difference is hidden, such as the nudge of another response.
            control.setVisible(PARAMETER_FIELDS[name].is_used(values))

    def set_locked(self, is_locked: bool) -> None:
        """While a run is repeated nothing of it can be changed."""
        for control in self.controls.values():
            control.setEnabled(not is_locked)
        self.brush_bar.set_locked(is_locked)

    def focused_parameter(self) -> str:
        """Name of the parameter whose control has the focus of the window, or had it last."""
        focused = self.window().focusWidget()
        return "" if focused is None else self._parameter_of(focused)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer a sweep over the parameter that is pointed at, or whose control has the focus."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            name = self.focused_parameter()
        else:
            pointed = self.childAt(event.pos())
            name = "" if pointed is None else self._parameter_of(pointed)
        if not name or not can_be_swept(name):
            super().contextMenuEvent(event)
            return
        control = self.controls[name]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = PARAMETER_FIELDS[name].label
        action = menu.addAction(f"Sweep {label}\N{HORIZONTAL ELLIPSIS}")
        action.triggered.connect(partial(self.sweepRequested.emit, name))
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        below = control.mapToGlobal(QPoint(0, control.height()))
        menu.popup(below if is_by_key else event.globalPos())

    def _parameter_of(self, widget: QWidget) -> str:
        """Name of the parameter of a control, or of a part of one; empty if it is of none."""
        for name, control in self.controls.items():
            if control is widget or control.isAncestorOf(widget):
                return name
        return ""

    def fit(self, room: int) -> None:
        """Be as wide as the text asks for, but leave more than half of a window to the swarm."""
        least = min(self._wanted_width, SIZES.panel)
        self.setFixedWidth(max(least, min(self._wanted_width, round(_MOST_SHARE * room))))

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._wanted_width = SIZES.with_text(text_scale).panel
        self.setFixedWidth(self._wanted_width)
        self.preset_bar.show_palette(palette)
        self.brush_bar.show_text_scale()
        for slider in self.sliders.values():
            slider.show_style(palette, text_scale)
        for choice in self.choices.values():
            choice.show_style(palette)

    def _caption(self, title: str, content: QWidget) -> QLabel:
        caption = QLabel(title, content)
        caption.setObjectName("caption")
        return caption
