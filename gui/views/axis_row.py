"""The row of an axis in a form: its ends and steps, or its words, to be typed and chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from experiments import PARAMETER_FIELDS, RangedField
from gui.models.sweep_draft import AxisDraft
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette

SPACINGS: Final = ("equal steps", "equal ratios")
_CHOOSING: Final = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LETTERS: Final = 7
_LETTERS_OF_WORDS: Final = 51


class _StayingMenu(QMenu):
    """A menu of which any number of words is chosen: it is there until it is left."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose, or choose no more, what is clicked."""
        action = self.actionAt(event.position().toPoint())
        if action is None:
            super().mouseReleaseEvent(event)
        else:
            action.trigger()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Return do the same with what the arrows have led to."""
        action = self.activeAction()
        if event.key() in _CHOOSING and action is not None:
            action.trigger()
        else:
            super().keyPressEvent(event)


class MenuButton(QPushButton):
    """A button with the word in force, which opens a menu of all."""

    def __init__(self, name: str, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName("preset")
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow is on the right
        self.setIcon(icon("caret-down", palette, is_quiet=True))
        self.setIconSize(QSize(SIZES.small_icon, SIZES.small_icon))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)

    def show_word(self, word: str) -> None:
        """Show what is in force."""
        self.setText(word)
        self.setAccessibleName(f"{self._name}: {word}")

    def offer(
        self,
        words: Sequence[str],
        are_on: Sequence[bool],
        take: Callable[[QAction], object],
        tips: Sequence[str] = (),
        *,
        takes_many: bool = False,
    ) -> None:
        """Open a menu; what is chosen has its number as data.

        Parameters
        ----------
        words, are_on, tips
            Its entries, which of them are in force, and what each means.
        take
            Told of each that is chosen.
        takes_many
            Whether it stays open, for several to be chosen.
        """
        menu = _StayingMenu(self) if takes_many else QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(bool(tips))
        for k, word in enumerate(words):
            action = menu.addAction(word)
            action.setCheckable(True)
            action.setChecked(are_on[k])
            action.setData(k)
            action.setToolTip(tips[k] if tips else "")
        menu.triggered.connect(take)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))


class TypedField(QLineEdit):
    """A line to type into."""

    def __init__(self, name: str, letters: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("answer")
        self.setAccessibleName(name)
        self._letters = letters
        self.fit()

    def fit(self) -> None:
        """As wide as what is usually typed."""
        letter = self.fontMetrics().horizontalAdvance("0")
        self.setFixedWidth(self._letters * letter + 2 * SIZES.rhythm + 4)

    def show_text(self, text: str) -> None:
        """Show another text, from its beginning; the cursor of who types stays."""
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)


class AxisRow(QWidget):
    """The values of one axis: ends and steps of a number, words of a choice."""

    def __init__(self, name: str, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.low = TypedField(f"{name}, from", _LETTERS, self)
        self.high = TypedField(f"{name}, to", _LETTERS, self)
        self.steps = TypedField(f"{name}, how many values", 4, self)
        self.spacing = MenuButton(f"{name}, spacing", palette, self)
        self.words = TypedField(f"{name}, words with commas", _LETTERS_OF_WORDS, self)
        self.unit = QLabel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SIZES.rhythm)
        self._of_numbers: list[QWidget] = []
        for each in (
            *("from", self.low, "to", self.high, self.unit, "in", self.steps),
            self.spacing,
        ):
            part = QLabel(each, self) if isinstance(each, str) else each
            if isinstance(part, QLabel):
                part.setObjectName("muted")
            self._of_numbers.append(part)
            row.addWidget(part)
        row.addWidget(self.words)
        row.addStretch(1)

    def show_axis(self, axis: AxisDraft) -> None:
        """Show what is typed for a parameter."""
        for each in self._of_numbers:
            each.setVisible(axis.is_number)
        self.words.setVisible(not axis.is_number)
        field = PARAMETER_FIELDS[axis.name]
        self.unit.setText(field.unit.symbol if isinstance(field, RangedField) else "")
        self.unit.setVisible(axis.is_number and bool(self.unit.text()))
        self.low.show_text(axis.low)
        self.high.show_text(axis.high)
        self.steps.show_text(axis.steps)
        self.words.show_text(axis.words)
        self.spacing.show_word(SPACINGS[axis.is_log])

    def axis(self, before: AxisDraft) -> AxisDraft:
        """What is typed now."""
        return replace(
            before,
            low=self.low.text(),
            high=self.high.text(),
            steps=self.steps.text(),
            words=self.words.text(),
        )

    @property
    def fields(self) -> tuple[TypedField, ...]:
        """All that can be typed into."""
        return self.low, self.high, self.steps, self.words
