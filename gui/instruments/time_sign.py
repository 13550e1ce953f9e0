"""The sign of a plot over time: which part of the run it shows, and the ways to another."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette

_LEAST_FOR_WORDS: Final = 240  # pixels that a plot is wide


class TimeSign(QWidget):
    """Words and two buttons in a corner, there only while a part of the run shows.

    Attributes
    ----------
    all_button, latest_button
        Back to all of the run; on with the present.
    """

    wholeRequested = Signal()
    latestRequested = Signal()

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timeSign")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(self)
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.latest_button = self._button("Follow the present: the last five periods  (End)")
        self.latest_button.clicked.connect(self.latestRequested)
        self.all_button = self._button("Show all of the run  (Home, or a double click)")
        self.all_button.clicked.connect(self.wholeRequested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.rhythm, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm // 2)
        for part in (self.label, self.latest_button, self.all_button):
            layout.addWidget(part)
        self.show_style(palette, 1.0)
        self.hide()

    def _button(self, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(words)
        button.setAccessibleName(words.partition("  (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        font = QFont(self.font())
        font.setPixelSize(SIZES.with_text(text_scale).small_text)
        self.label.setFont(font)
        size = round(QFontMetricsF(font).height()) + SIZES.rhythm
        for button, name in (
            (self.latest_button, "arrow-line-right"),
            (self.all_button, "arrows-out-line-horizontal"),
        ):
            button.setFixedSize(size, size)
            button.setIconSize(QSize(size - SIZES.rhythm, size - SIZES.rhythm))
            button.setIcon(icon(name, palette))
        self.setStyleSheet(
            f"QWidget#timeSign {{ background: {palette.raised};"
            f" border: 1px solid {palette.lines}; border-radius: 4px; }}"
            f"QLabel {{ color: {palette.text}; font-size: {font.pixelSize()}px; }}"
        )

    def show_part(self, words: str, *, is_latest: bool) -> None:
        """Say which part shows, and whether it follows the present; no words for all."""
        self.label.setText(words)
        self.label.setAccessibleName(words)
        self.latest_button.setVisible(not is_latest)
        self.setVisible(bool(words))

    def place(self, right: float, top: float, width: float) -> None:
        """Stand with the upper right corner there, in a plot of some width: words if they fit."""
        self.label.setVisible(width >= _LEAST_FOR_WORDS)
        self.adjustSize()
        self.move(round(right) - self.width(), round(top))
