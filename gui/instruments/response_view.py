"""The panel of the response: its curve, the map of two, and what these become, in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from experiments import RESPONSES, Points
from gui.instruments.pair_plot import PairPlot
from gui.instruments.shift_plot import ShiftPlot
from gui.models.response_curve import DRAWN, ResponseCurve, shapes
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette

_WIDE: Final = 2 * SIZES.instrument
"""Pixels from which the two plots stand side by side, however high they are."""

_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
_ANY_HEIGHT: Final = 16_777_215  # what Qt has for no limit


class ResponseView(QScrollArea):
    """Shows the response in force, and emits what is drawn or chosen; scrolls when it is low."""

    pointsDrawn = Signal(object)
    """Points of the response as it should be."""
    drawingEnded = Signal()
    shapeChosen = Signal(str)
    """Name of a response, or of a known shape of it."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panelScroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(SIZES.instrument, SIZES.instrument // 3)
        content = QWidget(self)
        content.setObjectName("panel")
        self._shown = ""
        self.button = QPushButton(content)
        self.button.setObjectName("preset")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow is on the right
        self.button.setIconSize(QSize(SIZES.small_icon, SIZES.small_icon))
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.setToolTip("Known responses, to choose and to draw on from")
        self.verdict = QLabel(content)
        self.verdict.setObjectName("hint")
        self.verdict.setWordWrap(True)
        self.verdict.setAlignment(_LEFT | Qt.AlignmentFlag.AlignTop)
        self.verdict.setAccessibleName("Two fireflies alone")
        self.curve = ShiftPlot(palette, content)
        self.pair = PairPlot(palette, content)
        for plot in (self.curve, self.pair):  # as high as there is room for
            plot.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._head = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._head.setContentsMargins(SIZES.rhythm, SIZES.rhythm, SIZES.rhythm, SIZES.rhythm // 2)
        self._head.setSpacing(SIZES.rhythm)
        self._head.addWidget(self.button, 0, _LEFT)
        self._head.addWidget(self.verdict, 1)
        self._plots = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._plots.setSpacing(0)
        self._plots.addWidget(self.curve, 1)
        self._plots.addWidget(self.pair, 1)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head)
        layout.addLayout(self._plots, 1)
        self.setWidget(content)
        self._words = self._refusal = ""
        self.button.clicked.connect(self._on_button_clicked)
        self.curve.pointsDrawn.connect(self._on_curve_points_drawn)
        self.curve.drawingEnded.connect(self._on_curve_drawing_ended)
        self.curve.refused.connect(self._on_curve_refused)
        self._name_shape(DRAWN)
        self.show_style(palette, 1.0)

    def show_data(self, curve: ResponseCurve) -> None:
        """Show the response in force."""
        self._name_shape(curve.shape)
        self._words = curve.pair.verdict
        self._show_words()
        self.curve.show_data(curve)
        self.pair.show_data(curve.pair)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self.button.setIcon(icon("caret-down", palette, is_quiet=True))
        self.curve.show_style(palette, text_scale)
        self.pair.show_style(palette, text_scale)

    def set_locked(self, is_locked: bool) -> None:
        """While a run is repeated nothing of it can be changed."""
        self.button.setEnabled(not is_locked)
        self.curve.set_locked(is_locked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, or little height; else one below the other."""
        super().resizeEvent(event)
        size = event.size()
        is_wide, is_low = size.width() >= _WIDE, size.height() <= size.width()
        self._head.setDirection(_direction(is_wide))
        self._plots.setDirection(_direction(is_wide or is_low))
        # Its map is a square: what it would have beyond that is for the curve.
        square = size.width() + SIZES.button
        self.pair.setMaximumHeight(_ANY_HEIGHT if is_wide or is_low else square)

    def _name_shape(self, shape: str) -> None:
        self._shown = shape
        self.button.setText(_spoken(shape))
        self.button.setAccessibleName(f"Response: {_spoken(shape)}")

    def _show_words(self) -> None:
        words = f"Not drawn: {self._refusal}" if self._refusal else f"Two alone. {self._words}"
        self.verdict.setText(words)

    def _on_curve_points_drawn(self, points: Points) -> None:
        """While a point is held the plots stay where they are, however long the words become."""
        if self.curve.hand.is_holding:
            self.verdict.setFixedHeight(self.verdict.height())
        self.pointsDrawn.emit(points)

    def _on_curve_drawing_ended(self) -> None:
        self.verdict.setMinimumHeight(0)
        self.verdict.setMaximumHeight(_ANY_HEIGHT)
        self.drawingEnded.emit()

    def _on_curve_refused(self, reason: str) -> None:
        if reason != self._refusal:
            self._refusal = reason
            self._show_words()

    def _on_button_clicked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for shape in shapes():
            action = menu.addAction(_spoken(shape))
            action.setCheckable(True)
            action.setChecked(shape == self._shown)
            action.setData(shape)
        menu.triggered.connect(self._on_menu_triggered)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _on_menu_triggered(self, action: QAction) -> None:
        self._refusal = ""
        self.shapeChosen.emit(action.data())


def _direction(is_across: bool) -> QBoxLayout.Direction:
    return QBoxLayout.Direction.LeftToRight if is_across else QBoxLayout.Direction.TopToBottom


def _spoken(shape: str) -> str:
    """A name as the window has it, a response as where it is a parameter."""
    return shape.title() if shape in RESPONSES else shape.capitalize()
