"""A question in one line over the picture: the run goes on until it is answered, and after."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from gui.models.question_words import QuestionWords
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette

_ANSWER_LETTERS = 14


class Question(QWidget):
    """Shows one question with a field for the answer; a refusal stands below it.

    Return or the button answers, Escape or the cross takes it away.
    """

    resized = Signal()
    """It shows another question, or a refusal, and takes other room, or none any more."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._then: Callable[[str], str] = lambda _text: ""
        self._focused_before: QWidget | None = None
        self.words = QLabel(self)
        self.answer = QLineEdit(self)
        self.answer.setObjectName("answer")
        self.unit = QLabel(self)
        self.unit.setObjectName("muted")
        self.button = QPushButton(self)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button = QToolButton(self)
        self.close_button.setToolTip("Close  (Esc)")
        self.close_button.setAccessibleName("Close the question")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.refusal = QLabel(self)
        self.refusal.setObjectName("failed")
        self.refusal.setTextFormat(Qt.TextFormat.PlainText)
        self.refusal.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(2 * SIZES.rhythm, SIZES.rhythm, SIZES.rhythm, SIZES.rhythm)
        layout.setSpacing(SIZES.rhythm)
        row = (self.words, self.answer, self.unit, self.button, self.close_button)
        for column, widget in enumerate(row):
            layout.addWidget(widget, 0, column)
        layout.addWidget(self.refusal, 1, 0, 1, len(row))
        self.answer.returnPressed.connect(self._on_answer_return_pressed)
        self.answer.textEdited.connect(self._on_answer_text_edited)
        self.button.clicked.connect(self._on_answer_return_pressed)
        self.close_button.clicked.connect(self.leave)
        self.show_style(palette, 1.0)
        self.hide()

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        small = SIZES.with_text(text_scale).small_icon
        self.close_button.setIcon(icon("x", palette, is_quiet=True))
        self.close_button.setIconSize(QSize(small, small))
        letter = self.answer.fontMetrics().horizontalAdvance("0")
        self.answer.setFixedWidth(_ANSWER_LETTERS * letter)

    def ask(self, question: QuestionWords, text: str, then: Callable[[str], str]) -> None:
        """Ask something, instead of what was asked before.

        Parameters
        ----------
        question
            The words.
        text
            What the field holds at first, ready to be typed over.
        then
            Takes the answer; gives a sentence if that can't be, or nothing.
        """
        if self.isHidden():
            self._focused_before = QApplication.focusWidget()
        self._then = then
        self.words.setText(question.words)
        self.unit.setText(question.unit)
        self.button.setText(question.button)
        self.answer.setText(text)
        self.answer.setAccessibleName(question.words)
        self.answer.setAccessibleDescription(question.sentence)
        self.answer.setToolTip(question.sentence)
        self.show()
        self._show_refusal("")
        self.answer.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.answer.selectAll()

    def leave(self) -> None:
        """Take it away, and give the focus back."""
        before, self._focused_before = self._focused_before, None
        self.hide()
        self.resized.emit()
        is_there = before is not None and isValid(before) and before.isVisible()
        (before if before is not None and is_there else self.window()).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes it away; other keys that mean nothing here mean nothing elsewhere."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()

    def _show_refusal(self, words: str) -> None:
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))
        self.resized.emit()

    def _on_answer_return_pressed(self) -> None:
        if refusal := self._then(self.answer.text()):
            self._show_refusal(refusal)
            self.answer.setFocus()
            self.answer.selectAll()
        else:
            self.leave()

    def _on_answer_text_edited(self) -> None:
        self._show_refusal("")
