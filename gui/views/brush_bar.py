"""The choice of a brush, and what is known of the firefly under the pointer."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.models.brush import BRUSH_KEYS, SENTENCES, WIDTH_AT_FIRST, Brush, hint_text
from gui.models.choices import BRUSH_COMMANDS, SHAPE_COMMANDS
from gui.models.marks import Dot
from gui.models.stroke_shape import SHAPE_KEYS, SHAPE_SENTENCES, StrokeShape
from gui.picture.theme import MARK_COLOURS, SIZES
from gui.views.actions import Actions
from gui.views.brush_width import BrushWidth

_COLUMNS = 3
_LINES = 5


class BrushBar(QWidget):
    """A button for each brush and each shape of a stroke, and the width where there is one."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        # In no group: of one, Tab leads to the button that is down alone.
        self.buttons: dict[Brush, QToolButton] = {}
        rows = QGridLayout()
        rows.setSpacing(SIZES.rhythm // 2)
        for number, brush in enumerate(Brush):
            words = f"{SENTENCES[brush]}  ({BRUSH_KEYS[brush]})"
            self.buttons[brush] = button = self._button(brush.value, words)
            button.setAccessibleName(f"{brush.value.capitalize()} brush")
            button.clicked.connect(partial(self._on_button_clicked, brush))
            button.clicked.connect(actions[BRUSH_COMMANDS[brush].name].trigger)
            rows.addWidget(button, number // _COLUMNS, number % _COLUMNS)
        self.shapes: dict[StrokeShape, QToolButton] = {}
        self._shape_row = QWidget(self)
        shape_row = QHBoxLayout(self._shape_row)
        shape_row.setContentsMargins(0, 0, 0, 0)
        shape_row.setSpacing(SIZES.rhythm // 2)
        for shape in StrokeShape:
            words = f"{SHAPE_SENTENCES[shape]}  ({SHAPE_KEYS[shape]})"
            self.shapes[shape] = button = self._button(shape.value, words)
            button.setAccessibleName(f"Strokes: {shape.value}")
            button.clicked.connect(partial(self._on_shape_clicked, shape))
            button.clicked.connect(actions[SHAPE_COMMANDS[shape].name].trigger)
            shape_row.addWidget(button)
        self.width_row = BrushWidth(self)
        self.firefly_label = QLabel(self)
        self.firefly_label.setObjectName("hint")
        self.firefly_label.setAccessibleName("The firefly under the pointer")
        self.firefly_label.setTextFormat(Qt.TextFormat.PlainText)
        self.firefly_label.setWordWrap(True)
        self.firefly_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.firefly_label.setSizePolicy(policy)  # its words never widen the panel
        self.dots_label = QLabel(self)
        self.dots_label.setObjectName("hint")
        self.dots_label.setAccessibleName("What the dots mean")
        self.dots_label.setTextFormat(Qt.TextFormat.RichText)
        self.dots_label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm)
        layout.addLayout(rows)
        layout.addWidget(self._shape_row)
        layout.addWidget(self.width_row)
        layout.addWidget(self.dots_label)
        layout.addWidget(self.firefly_label)
        self._brush, self._is_locked, self._told = Brush.LOOK, False, ""
        self.show_brush(Brush.LOOK)
        self.show_dots(())

    def show_brush(
        self,
        brush: Brush,
        width: int = WIDTH_AT_FIRST,
        shape: StrokeShape = StrokeShape.FREE,
    ) -> None:
        """Show which brush is in the hand, how wide it is, and what can be done with it."""
        self._brush, self._width, self._shape = brush, width, shape
        for each, button in self.buttons.items():
            button.setChecked(each is brush)
        for drawn, button in self.shapes.items():
            button.setChecked(drawn is shape)
        self._shape_row.setVisible(brush is not Brush.LOOK)
        self.width_row.setVisible(brush is not Brush.LOOK and shape.has_width)
        self.width_row.show_width(width)
        self.show_firefly(self._told)

    def set_locked(self, is_locked: bool) -> None:
        """While a run is repeated nothing can be drawn."""
        self._is_locked = is_locked
        self.setEnabled(not is_locked)
        self.show_firefly(self._told)

    def show_text_scale(self) -> None:
        """Make room for text of the size it has now."""
        self.firefly_label.setFixedHeight(_LINES * self.firefly_label.fontMetrics().lineSpacing())

    def show_firefly(self, words: str) -> None:
        """Show what is known of a firefly; five lines, kept free if there is none."""
        self._told = words
        self.show_text_scale()
        self.firefly_label.setText(
            words or hint_text(self._brush, self._shape, is_locked=self._is_locked)
        )

    def show_dots(self, dots: Sequence[Dot]) -> None:
        """Say what the dots mean that can be seen."""
        told = (
            f"<span style='color: {MARK_COLOURS[dot.flag]}'>\N{BLACK CIRCLE}</span> "
            f"{html.escape(dot.words)}"
            for dot in dots
        )
        self.dots_label.setText("&nbsp;&nbsp; ".join(told))
        self.dots_label.setVisible(bool(dots))

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("view")
        button.setText(name.capitalize())
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _on_button_clicked(self, brush: Brush) -> None:
        self.show_brush(brush, self._width, self._shape)  # pressed once more it stays down

    def _on_shape_clicked(self, shape: StrokeShape) -> None:
        self.show_brush(self._brush, self._width, shape)
