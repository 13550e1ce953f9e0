"""The form for a sweep: parameters, values, seeds, seconds, and what is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from experiments import OBSERVABLES, PARAMETER_FIELDS
from gui.models.sweep_draft import (
    ALL,
    FIRST,
    SECOND,
    SECONDS,
    SEEDS,
    SweepDraft,
    SweepVerdict,
)
from gui.models.sweep_shown import meaning_of
from gui.picture.theme import SIZES, Palette
from gui.views.axis_row import SPACINGS, AxisRow, MenuButton, TypedField

_NONE: Final = "Nothing"
_LETTERS: Final = 7
_LEFT: Final = (
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
)


class TakesSweep(Protocol):
    """What is told of what is typed and chosen."""

    def change(self, draft: SweepDraft) -> None: ...
    def choose_axis(self, which: str, name: str | None) -> None: ...
    def begin(self) -> None: ...
    def note_closed(self) -> None: ...


class SweepFormBox(QDialog):
    """Shows a draft and what comes of it, and tells what is typed; the run goes on beside it."""

    def __init__(self, taker: TakesSweep, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._taker = taker
        self._draft: SweepDraft | None = None
        self._names: tuple[str, ...] = ()
        self.setWindowTitle("Sweep")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.parameters: dict[str, MenuButton] = {}
        self.rows: dict[str, AxisRow] = {}
        for which, words, name in (
            (FIRST, "Over", "First parameter"),
            (SECOND, "And over", "Second parameter"),
        ):  # made in the order in which Tab goes through them
            self.parameters[which] = MenuButton(words, palette, self)
            self.rows[which] = AxisRow(name, palette, self)
        self.seeds = TypedField("Seeds of each", 5, self)
        self.seconds = TypedField("Virtual seconds of each run", _LETTERS, self)
        self.observe = MenuButton("Measure", palette, self)
        self.also = MenuButton("Measure beside it", palette, self)
        self.refusals = {about: QLabel(self) for about in (FIRST, SECOND, SEEDS, SECONDS, ALL)}
        for label in self.refusals.values():
            label.setObjectName("failed")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.hide()
        self.size_words = QLabel(self)
        self.hint = QLabel(self)
        self.left_out = QLabel(self)
        self.beside = QLabel(self)
        for label in (self.size_words, self.hint, self.left_out, self.beside):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setObjectName("hint")
        self.left_out.setObjectName("hint")
        self.left_out.hide()
        self.begin_button = QPushButton("Sweep", self)
        self.begin_button.setDefault(True)
        self.close_button = QPushButton("Cancel", self)
        self.close_button.setAutoDefault(False)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SIZES.rhythm)
        grid.setVerticalSpacing(SIZES.rhythm)
        grid.setColumnStretch(2, 1)
        row = 0
        for words, which in (("Over", FIRST), ("and over", SECOND)):
            grid.addWidget(self._label(words), row, 0)
            grid.addWidget(self.parameters[which], row, 1)
            grid.addWidget(self.rows[which], row, 2)
            grid.addWidget(self.refusals[which], row + 1, 1, 1, 2)
            row += 2
        for words, field, after, about in (
            ("Seeds", self.seeds, "runs of each, with other random numbers", SEEDS),
            ("Seconds", self.seconds, "of virtual time, each run", SECONDS),
        ):
            grid.addWidget(self._label(words), row, 0)
            grid.addWidget(field, row, 1, _LEFT)
            grid.addWidget(self._label(after), row, 2)
            grid.addWidget(self.refusals[about], row + 1, 1, 1, 2)
            row += 2
        grid.addWidget(self._label("Measure"), row, 0)
        grid.addWidget(self.observe, row, 1)
        grid.addWidget(self.also, row, 2, _LEFT)
        buttons = QHBoxLayout()
        buttons.setSpacing(SIZES.rhythm)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.begin_button)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SIZES.rhythm] * 4)
        layout.setSpacing(2 * SIZES.rhythm)
        layout.addLayout(grid)
        for label in (
            self.size_words,
            self.hint,
            self.refusals[ALL],
            self.left_out,
            self.beside,
        ):
            layout.addWidget(label)
        layout.addStretch(1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        for which, row in self.rows.items():
            for field in row.fields:
                field.textEdited.connect(self._on_text_edited)
            row.spacing.clicked.connect(partial(self._on_spacing_clicked, which))
            self.parameters[which].clicked.connect(partial(self._on_parameter_clicked, which))
        for field in (self.seeds, self.seconds):
            field.textEdited.connect(self._on_text_edited)
        self.observe.clicked.connect(self._on_observe_clicked)
        self.also.clicked.connect(self._on_also_clicked)
        self.begin_button.clicked.connect(self._taker.begin)
        self.close_button.clicked.connect(self.close)

    def _label(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setObjectName("muted")
        return label

    # -- showing ------------------------------------------------------------------------

    def show_draft(self, draft: SweepDraft, names: tuple[str, ...]) -> None:
        """Show what is typed, or proposed, and which parameters there are; come to the front."""
        self._show(draft, names)
        if not self.isVisible():
            self.show()
            row = self.rows[FIRST]
            field = row.low if draft.first.is_number else row.words
            field.setFocus(Qt.FocusReason.TabFocusReason)
            field.selectAll()  # ready to be typed over, once the window has the focus
        self.raise_()
        self.activateWindow()

    def _show(self, draft: SweepDraft, names: tuple[str, ...]) -> None:
        self._draft, self._names = draft, names
        for which, axis in ((FIRST, draft.first), (SECOND, draft.second)):
            label = _NONE if axis is None else PARAMETER_FIELDS[axis.name].label
            self.parameters[which].show_word(label)
            if axis is not None:
                self.rows[which].show_axis(axis)
            self.rows[which].setVisible(axis is not None)
        self.seeds.show_text(draft.seeds)
        self.seconds.show_text(draft.seconds)
        self.observe.show_word(OBSERVABLES[draft.observe].title)
        self.observe.setToolTip(meaning_of(draft.observe))
        n_also = len(draft.observed) - 1
        self.also.show_word(f"and {n_also} more" if n_also else "and nothing else")
        self.also.setToolTip("What can be looked at too without running it again")
        self._fit()

    def show_left_out(self, words: str) -> None:
        """Say what of the window is in no run; an empty sentence hides it."""
        self.left_out.setText(words)
        self.left_out.setVisible(bool(words))

    def show_verdict(self, verdict: SweepVerdict, time_words: str, beside: str) -> None:
        """Show what comes of it: how many runs, how long they take, or why there are none.

        Parameters
        ----------
        verdict
            Of the draft.
        time_words
            How long it would take.
        beside
            How far the sweep is that is under way; empty if none is.
        """
        for about, label in self.refusals.items():
            label.setText(verdict.refusals.get(about, ""))
            label.setVisible(bool(label.text()))
        words = f"{verdict.words}; {time_words}" if time_words else verdict.words
        self.size_words.setText(words)
        self.size_words.setVisible(bool(words))
        self.hint.setText(verdict.hint)
        self.hint.setVisible(bool(verdict.hint))
        stops = f"A sweep is under way ({beside}): it is stopped for this one, and kept."
        self.beside.setText(stops if beside else "")
        self.beside.setVisible(bool(beside))
        self.begin_button.setText("Stop that and sweep" if beside else "Sweep")
        self.begin_button.setEnabled(verdict.plan is not None)
        self._fit()

    def _fit(self) -> None:
        """As high as what is said, and no wider than at first."""
        self._layout.activate()
        width = max(self.width() if self.isVisible() else 0, self.sizeHint().width())
        height = self._layout.totalHeightForWidth(width)
        self.resize(width, max(height, self.minimumSizeHint().height()))

    # -- asking -------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return begins, wherever the focus is, but for a menu; Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            button = focused if isinstance(focused, QPushButton) else self.begin_button
            button.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever has opened it is told."""
        super().closeEvent(event)
        self._taker.note_closed()

    def _on_text_edited(self) -> None:
        draft = self._draft
        if draft is None:
            return
        second = None if draft.second is None else self.rows[SECOND].axis(draft.second)
        self._take(
            replace(
                draft,
                first=self.rows[FIRST].axis(draft.first),
                second=second,
                seeds=self.seeds.text(),
                seconds=self.seconds.text(),
            )
        )

    def _take(self, draft: SweepDraft) -> None:
        self._draft = draft
        self._taker.change(draft)

    def _on_parameter_clicked(self, which: str) -> None:
        draft = self._draft
        if draft is None:
            return
        axis = draft.first if which == FIRST else draft.second
        names: list[str | None] = [None] if which == SECOND else []
        names += [each for each in self._names if which == FIRST or each != draft.first.name]
        words = [_NONE if each is None else PARAMETER_FIELDS[each].label for each in names]
        are_on = [each == (None if axis is None else axis.name) for each in names]

        def take(action: QAction) -> None:
            self._taker.choose_axis(which, names[action.data()])

        self.parameters[which].offer(words, are_on, take)

    def _on_spacing_clicked(self, which: str) -> None:
        draft = self._draft
        axis = None if draft is None else draft.first if which == FIRST else draft.second
        if draft is None or axis is None:
            return

        def take(action: QAction) -> None:
            changed = replace(axis, is_log=bool(action.data()))
            self._take(
                replace(draft, first=changed) if which == FIRST else replace(draft, second=changed)
            )
            self.rows[which].show_axis(changed)

        self.rows[which].spacing.offer(SPACINGS, [not axis.is_log, axis.is_log], take)

    def _on_observe_clicked(self) -> None:
        draft, names = self._draft, list(OBSERVABLES)
        if draft is None:
            return

        def take(action: QAction) -> None:
            self._show_and_take(replace(draft, observe=names[action.data()]))

        self._offer(self.observe, names, [each == draft.observe for each in names], take)

    def _on_also_clicked(self) -> None:
        draft = self._draft
        if draft is None:
            return
        names = [each for each in OBSERVABLES if each != draft.observe]

        def take(action: QAction) -> None:
            if (now := self._draft) is not None:
                also = now.also ^ {names[action.data()]}
                self._show_and_take(replace(now, also=also))

        are_on = [each in draft.also for each in names]
        self._offer(self.also, names, are_on, take, takes_many=True)

    def _offer(
        self,
        button: MenuButton,
        names: list[str],
        are_on: list[bool],
        take: Callable[[QAction], None],
        *,
        takes_many: bool = False,
    ) -> None:
        """Open a menu of observables."""
        titles = [OBSERVABLES[each].title for each in names]
        tips = [meaning_of(each) for each in names]
        button.offer(titles, are_on, take, tips, takes_many=takes_many)

    def _show_and_take(self, draft: SweepDraft) -> None:
        self._show(draft, self._names)
        self._take(draft)
