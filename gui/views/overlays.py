"""Overlays: notices, toasts, story and sheet of keys, over the picture, taking no room from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gui.controls.screen_room import last_row_text
from gui.controls.toast import Toast
from gui.models.notice import Notice, Notices
from gui.models.question_words import QuestionWords
from gui.picture.theme import SIZES, Palette
from gui.views.grid import GridView
from gui.views.key_sheet import KeySheet
from gui.views.notice_bar import NoticeBar
from gui.views.question import Question
from gui.views.story import Story

_GAP: Final = 2 * SIZES.rhythm
_TOAST_WIDTH: Final = 420
_TOAST_MARGIN: Final = 32
_NOTICE_WIDTH: Final = 640
_QUESTION_WIDTH: Final = 420
_LEAST_WIDTH: Final = 360
"""Least width for text, even where the grid is narrower."""


class Overlays(QObject):
    """Owns them and places them at the lower edge of the grid, which goes on below them.

    Parameters
    ----------
    window
        What they lie over.
    grid
        The part of it that they keep to, if it isn't too small for words.
    below
        The part at the lower edge of the window that no sheet covers.
    keys
        What the sheet says: keys, and what they do.
    palette
        Their colours.

    Attributes
    ----------
    passing
        Those that are no part of a picture of the window.
    """

    def __init__(
        self,
        window: QWidget,
        grid: GridView,
        below: QWidget,
        keys: Sequence[tuple[str, str]],
        palette: Palette,
    ) -> None:
        super().__init__(window)
        self._window, self._grid, self._below = window, grid, below
        self._scale = 1.0
        self._text = 0  # of what is read from afar, pixels; 0: as the theme has it
        self._focused_before: QWidget | None = None
        self._notices = Notices()
        self.notice = NoticeBar(palette, window)
        self.toast = Toast(window)
        self.story = Story(window)
        self.question = Question(palette, window)
        self.passing = (self.notice, self.toast, self.story, self.question)
        self.keys = KeySheet(keys, window)
        watched: QWidget | None = grid
        while watched is not None:  # the grid moves with whatever contains it
            watched.installEventFilter(self)
            watched = None if watched is window else watched.parentWidget()
        self.question.resized.connect(self.place)
        self.toast.gone.connect(self._keep_clear)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep to the places of window and grid, wherever the parts between them are moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place()
        return False

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._scale = text_scale
        self.notice.show_style(palette, text_scale)
        self.question.show_style(palette, text_scale)
        self.place()

    def put_away(self, is_away: bool) -> None:
        """Write what passes so that it is read from the last row, while all else is put away."""
        self._text = last_row_text(self._window) if is_away else 0
        self.toast.show_text(self._text)
        self._grid.words.show_text(self._text)
        self.place()

    def show_toast(self, words: str) -> None:
        """Show a sentence for a while."""
        self.toast.show_words(words)
        self.place()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a sentence until it is answered, after those before it; None: it was answered."""
        notices = self._notices
        notices = notices.answered() if notice is None else notices.with_news(notice)
        self._notices = notices
        self.leave_notice()  # an answer meant for one must never be given to the next
        self.notice.show_notice(notices.shown, notices.n_waiting)
        self.place()
        is_new = notice is not None and not notice.is_only_news
        if notice is not None and is_new and notices.shown is not notice:
            self.show_toast(notice.words)  # the user who asked for it still sees it at once

    def show_story(self, lines: Sequence[str]) -> None:
        """Show what there is to see; no lines take it away."""
        self.story.show_lines(lines)
        self.place()

    def ask_line(self, question: QuestionWords, text: str, then: Callable[[str], str]) -> None:
        """Ask something that is answered in one line; see :meth:`Question.ask`."""
        self.question.ask(question, text, then)

    def turn_to_notice(self) -> None:
        """Move the focus to the first answer of the notice, or back if it is there."""
        if self.leave_notice() or self.notice.isHidden():
            return
        self._focused_before = QApplication.focusWidget()
        self.notice.focus_first()

    def leave_notice(self) -> bool:
        """Give the focus back if the notice has it; whether it had."""
        focused = QApplication.focusWidget()
        if focused is None or not self.notice.isAncestorOf(focused):
            return False
        before, self._focused_before = self._focused_before, None
        is_there = before is not None and isValid(before) and before.isVisible()
        (before if before is not None and is_there else self._window).setFocus()
        return True

    def toggle_keys(self) -> None:
        """Show or hide what the keys do."""
        self.keys.setVisible(self.keys.isHidden())
        self.place()
        (self._window if self.keys.isHidden() else self.keys).setFocus()

    def place(self) -> None:
        """Put everything that shows where it belongs."""
        room = self._room()
        bottom = room.bottom() - _GAP
        if not self.question.isHidden():
            width = round(_QUESTION_WIDTH * self._scale)
            bottom -= self._put(self.question, room, width, bottom) + SIZES.rhythm
        if not self.notice.isHidden():
            width = round(_NOTICE_WIDTH * self._scale)
            bottom -= self._put(self.notice, room, width, bottom) + SIZES.rhythm
        if not self.toast.isHidden():
            scale = max(self._scale, self._text / SIZES.text)
            words = self.toast.fontMetrics().horizontalAdvance(self.toast.text())
            width = min(words + _TOAST_MARGIN, round(_TOAST_WIDTH * scale))
            self._put(self.toast, room, width, bottom)
        if not self.story.isHidden():
            self.story.place_in(room)
        self._keep_clear()
        if not self.keys.isHidden():
            around = self._window.rect()
            around.setBottom(around.bottom() - self._below.height() * (not self._below.isHidden()))
            size = self.keys.size_in(around.size() - QSize(2 * _GAP, 2 * _GAP))
            place = QRect(around.topLeft(), size)
            place.moveCenter(around.center())
            self.keys.setGeometry(place)
            self.keys.raise_()

    def _keep_clear(self) -> None:
        """Let the grid write nothing of its own where notices and toasts are."""
        origin = self._grid.mapTo(self._window, QPoint(0, 0))
        over = (each for each in (self.question, self.notice, self.toast) if not each.isHidden())
        self._grid.words.keep_clear([each.geometry().translated(-origin) for each in over])

    def _put(self, widget: QWidget, room: QRect, width: int, bottom: int) -> int:
        """Above a line, in the middle of a room; gives the height."""
        width = min(width, room.width() - 2 * _GAP)
        height = max(widget.heightForWidth(width), widget.minimumSizeHint().height())
        place = QRect(0, bottom - height, width, height)
        place.moveLeft(room.left() + (room.width() - width) // 2)
        widget.setGeometry(place)
        widget.raise_()
        return height

    def _room(self) -> QRect:
        """What can be seen of the grid, widened where that is too narrow for words."""
        window = self._window.rect()
        room = QRect(self._grid.mapTo(self._window, self._grid.rect().topLeft()), self._grid.size())
        room &= window
        least = min(round(_LEAST_WIDTH * self._scale), window.width())
        if room.width() < least:
            middle = room.center().x()
            room.setWidth(least)
            room.moveLeft(min(max(middle - least // 2, 0), window.width() - least))
        return room
