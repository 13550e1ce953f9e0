"""The notice bar: a sentence with buttons over the picture, never in the way of the run."""

from __future__ import annotations

import itertools
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.models.notice import Notice
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette


class NoticeBar(QWidget):
    """Shows one notice; emits how it is answered."""

    answered = Signal(object)
    """The :class:`~gui.models.notice.Answer` given; None if the notice was closed."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.waiting = QLabel(self)
        self.waiting.setObjectName("muted")
        self.close_button = QToolButton(self)
        self.close_button.setToolTip("Close")
        self.close_button.setAccessibleName("Close the notice")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(partial(self.answered.emit, None))
        self.buttons: list[QPushButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(2 * SIZES.rhythm, SIZES.rhythm, SIZES.rhythm, SIZES.rhythm)
        self._layout.setSpacing(SIZES.rhythm)
        self._layout.addWidget(self.words, 1)
        self._layout.addWidget(self.waiting)
        self._layout.addWidget(self.close_button)
        self.show_style(palette, 1.0)
        self.hide()

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        small = SIZES.with_text(text_scale).small_icon
        self.close_button.setIcon(icon("x", palette, is_quiet=True))
        self.close_button.setIconSize(QSize(small, small))

    def show_notice(self, notice: Notice | None, n_waiting: int = 0) -> None:
        """Show a notice instead of the one before; None takes it away.

        Parameters
        ----------
        notice
            What to show.
        n_waiting
            How many more come after it, which is said.
        """
        for button in self.buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        self.setVisible(notice is not None)
        if notice is None:
            return
        self.words.setText(notice.words)
        self.waiting.setText(f"{n_waiting} more" if n_waiting else "")
        self.waiting.setVisible(n_waiting > 0)
        for number, answer in enumerate(notice.answers, start=1):
            button = QPushButton(answer.words, self)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self.answered.emit, answer))
            self._layout.insertWidget(number, button)
            button.show()
            self.buttons.append(button)
        # Tab goes from answer to answer, and to the cross last of all.
        for before, after in itertools.pairwise([*self.buttons, self.close_button]):
            self.setTabOrder(before, after)

    def focus_first(self) -> None:
        """Give the focus to the first answer, or to the cross if there is none."""
        first = [*self.buttons, self.close_button][0]
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
