"""The words over the grid: a sign, a note with a way out, and what is known of a firefly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gui.picture.theme import SIZES

EVENED_WORDS: Final = "faster than 3 flashes a second: brightness evened out"
CALM_EVENED_WORDS: Final = "calm, and faster than 1 flash a second: brightness evened out"

_MARGIN: Final = 2 * SIZES.rhythm


class GridWords(QObject):
    """Owns and places them; they take no room, and wrap where the grid is narrow."""

    def __init__(self, grid: QWidget) -> None:
        super().__init__(grid)
        self._grid = grid
        self._covered: list[QRect] = []
        self.sign = self._label("gridSign")
        self.sign.setText(EVENED_WORDS)
        self.note = self._label("gridNote")
        self.cancel_button = QPushButton("Cancel", grid)
        self.cancel_button.setObjectName("gridCancel")
        self.cancel_button.setToolTip("Give up this swarm, and go back to the one before  (Esc)")
        self.cancel_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel_button.hide()
        self.readout = self._label("gridSign")
        self.readout.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self._grid)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.hide()
        return label

    def show_text(self, pixels: int) -> None:
        """Write so high, or as the theme has it if 0."""
        for label in (self.sign, self.note, self.readout):
            label.setStyleSheet(f"font-size: {pixels}px;" if pixels else "")
        self.place()

    def show_evened(self, is_evened: bool) -> None:
        """Show or hide the sign that the glow is evened out."""
        if self.sign.isHidden() == is_evened:
            self.sign.setVisible(is_evened)
            self.place()

    def show_calm(self, is_calm: bool) -> None:
        """Let the sign tell from what rate on it is evened out."""
        self.sign.setText(CALM_EVENED_WORDS if is_calm else EVENED_WORDS)
        self.place()

    def show_note(self, words: str, can_cancel: bool) -> None:
        """Show words in the middle, with or without a way out; none hides them."""
        if self.note.text() != words or self.cancel_button.isHidden() == can_cancel:
            self.note.setText(words)
            self.note.setVisible(bool(words))
            self.cancel_button.setVisible(can_cancel)
            self.place()

    def show_readout(self, words: str) -> None:
        """Show what is known of a firefly in the lower left corner; none hides it."""
        if self.readout.text() != words:
            self.readout.setText(words)
            self.readout.setVisible(bool(words))
            self.place()

    def keep_clear(self, covered: Sequence[QRect]) -> None:
        """Write nothing at the lower edge where something else lies over it.

        Parameters
        ----------
        covered
            Places of what lies over the grid, in its own pixels.
        """
        self._covered = sorted(covered, key=QRect.bottom, reverse=True)
        self._place_readout()

    def place(self) -> None:
        """Put everything where it belongs in the grid."""
        middle = self._grid.rect().center()
        for label in (self.sign, self.note, self.readout):
            self._fit(label)
        self.sign.move(middle.x() - self.sign.width() // 2, _MARGIN)
        self.note.move(middle - self.note.rect().center())
        self.cancel_button.adjustSize()
        self.cancel_button.move(
            middle.x() - self.cancel_button.width() // 2,
            self.note.geometry().bottom() + SIZES.rhythm,
        )
        self._place_readout()

    def _place_readout(self) -> None:
        place = self.readout.rect()
        place.moveBottomLeft(QPoint(_MARGIN, self._grid.rect().bottom() - _MARGIN))
        for each in self._covered:
            if place.intersects(each):
                place.moveBottom(each.top() - SIZES.rhythm)
        self.readout.move(place.topLeft())

    def _fit(self, label: QLabel) -> None:
        """On one line if there is room, else wrapped."""
        room = max(0, self._grid.width() - 2 * _MARGIN)
        label.setWordWrap(False)
        label.adjustSize()
        if label.width() > room:
            label.setWordWrap(True)
            label.resize(room, label.heightForWidth(room))
