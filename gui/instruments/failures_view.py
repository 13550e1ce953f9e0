"""The list of what has gone wrong, each with its traceback beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QSplitter, QWidget

from gui.models.problems import Problem
from gui.picture.theme import SIZES, Palette

NOTHING: Final = "Nothing has gone wrong."


class ProblemList(QSplitter):
    """Sentences at the left; the story of the one chosen at the right, to read and to copy."""

    def __init__(self, _palette: Palette, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setChildrenCollapsible(False)
        self.setMinimumHeight(SIZES.instrument // 3)
        self._problems: tuple[Problem, ...] = ()
        self.list = QListWidget(self)
        self.list.setObjectName("problems")
        self.list.setAccessibleName("Problems")
        self.list.setMinimumWidth(SIZES.instrument // 3)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setSpacing(2)
        self.detail = QPlainTextEdit(self)
        self.detail.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.detail.setObjectName("problems")
        self.detail.setAccessibleName("Traceback")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setMinimumWidth(SIZES.instrument // 3)
        self.detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.detail.setPlaceholderText(NOTHING)
        self.list.currentRowChanged.connect(self._on_list_current_row_changed)

    def show_style(self, _palette: Palette, _text_scale: float) -> None:
        """Nothing to do: the style sheet of the window dresses it."""

    def show_data(self, problems: Sequence[Problem]) -> None:
        """Show what has gone wrong so far; the newest is chosen when it comes."""
        if tuple(problems) == self._problems:
            return
        is_longer = self._problems == tuple(problems)[: len(self._problems)]
        new = problems[len(self._problems) :] if is_longer else problems
        if not is_longer:
            self.list.clear()
        self._problems = tuple(problems)
        for problem in new:
            item = QListWidgetItem(problem.sentence, self.list)
            item.setToolTip(problem.sentence)
        if self.list.count():
            self.list.setCurrentRow(self.list.count() - 1)
        else:
            self.detail.clear()

    def _on_list_current_row_changed(self, row: int) -> None:
        self.detail.setPlainText(self._problems[row].detail if row >= 0 else "")
