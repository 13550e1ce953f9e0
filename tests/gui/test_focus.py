"""Where Tab leads: in order, to what has a name, and into sight."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gui.controllers.answering import answer_notice
from gui.models.notice import Answer, Notice
from gui.picture.theme import NIGHT, SIZES
from gui.views.window import Window
from tests.gui.application import focused, parent_of
from tests.gui.geometry import faults, settle
from tests.gui.shown_window import reached_by_tab, shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen


def seen(widget: QWidget) -> QSize:
    """How much of a widget is inside of all that it stands in."""
    rect = widget.rect()
    part: QWidget = widget
    while not part.isWindow():
        rect = rect.translated(part.pos()) & parent_of(part).rect()
        part = parent_of(part)
    return rect.size()


def is_in_sight(widget: QWidget, window: Window) -> bool:
    """Whether as much of a widget is seen as there is room for, whatever it is scrolled in."""
    is_scrolled = window.bench.isAncestorOf(widget)
    room = window.bench.viewport().size() if is_scrolled else window.size()
    return seen(widget) == widget.size().boundedTo(room)


def test_tab_leads_only_to_what_can_be_seen_and_has_a_name(qtbot: QtBot) -> None:
    """With no panels stacked there are no tabs; with two there are, and they have a name."""
    window = shown(qtbot)
    window.resize(1280, 1400)  # room for all controls
    for stacked in ((), ("raster", "failures"), ()):
        for name in ("raster", "failures"):
            window.workbench.show_panel(name, name in stacked)
        settle()
        reached = reached_by_tab(window)
        assert [each for each in reached if seen(each).isEmpty()] == []
        tabs = [each for each in reached if isinstance(each, QTabBar)]
        assert [each.accessibleName() for each in tabs] == ["Stacked panels"] * bool(stacked)


@pytest.mark.parametrize(
    ("size", "text_scale"), [((1008, 552), 1.0), ((1008, 552), 1.6), ((600, 400), 1.0)]
)
def test_what_tab_leads_to_is_scrolled_into_sight(
    qtbot: QtBot, size: tuple[int, int], text_scale: float
) -> None:
    """From outside of what is scrolled as well, downwards and sideways; the grid is larger."""
    window = shown(qtbot)
    window.show_style(NIGHT, text_scale)
    window.resize(*size)
    window.show_notice(None)
    settle()
    window.setFocus()
    preset, hidden = window.panel.preset_bar.button, []
    for _ in range(2):  # around twice: from *Side* all the way to *Preset*
        for _ in range(60):
            QTest.keyClick(focused(), Qt.Key.Key_Tab)
            if not is_in_sight(focused(), window):
                hidden.append(focused())
            if focused() is preset:
                break
        assert focused() is preset
    assert hidden == []


def test_what_the_pointer_presses_stays_where_it_is(qtbot: QtBot) -> None:
    """A slider half in sight is dragged, not scrolled away below the pointer."""
    window = shown(qtbot)
    window.resize(1008, 552)
    settle()
    bar = window.panel.verticalScrollBar()
    slider = window.sliders["nudge"].track
    scrolled = window.panel.widget()
    assert scrolled is not None
    bar.setValue(slider.mapTo(scrolled, QPoint(0, 0)).y() + slider.height() // 2)
    before = bar.value()
    below = slider.rect().bottomLeft() + QPoint(40, -1)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=below)
    assert slider.hasFocus()
    assert bar.value() == before
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=below)


def test_a_notice_keeps_to_the_grid_wherever_that_is_moved(qtbot: QtBot) -> None:
    """By larger text, for which the toolbar takes two rows, and by scrolling."""
    window = shown(qtbot)
    window.resize(853, 480)
    settle()

    def gap() -> int:
        grid = QRect(window.grid.mapTo(window, QPoint(0, 0)), window.grid.size())
        seen_of_grid: QRect = grid & window.rect()
        bottom: int = seen_of_grid.bottom()
        return bottom - window.notice.geometry().bottom()

    usual = gap()
    for scale in (1.0, 1.2, 1.4, 1.6):
        window.show_style(NIGHT, scale)
        settle()
        assert gap() == usual
    bar = window.bench.verticalScrollBar()
    assert bar.maximum() > 0
    for value in (bar.maximum(), 0):
        bar.setValue(value)
        settle()
        assert gap() == usual


def test_tab_goes_through_the_toolbar_as_it_is_read(qtbot: QtBot) -> None:
    """Row by row, from left to right, however many rows it has by now."""
    window = shown(qtbot)
    sizes = ((1264, 672), (600, 400), (640, 480), (1264, 672))  # there and back
    for text_scale in (1.0, 1.6):
        window.show_style(NIGHT, text_scale)
        for size in sizes:
            window.resize(*size)
            settle()
            reached = reached_by_tab(window)
            in_toolbar = [each for each in reached if window.toolbar.isAncestorOf(each)]
            places = [each.mapTo(window.toolbar, each.rect().center()) for each in in_toolbar]
            row = window.toolbar.height() / window.toolbar.n_rows
            order = [(at.y() // row, at.x()) for at in places]
            assert order == sorted(order), (size, text_scale)
            assert len(places) >= 9, (size, text_scale)


@pytest.mark.parametrize("text_scale", [1.0, 1.6])
def test_each_row_of_the_toolbar_is_as_high_as_what_is_in_it(
    qtbot: QtBot, text_scale: float
) -> None:
    """In several rows; in a single one it has more air."""
    window = shown(qtbot)
    window.show_style(NIGHT, text_scale)
    window.resize(600, 480)
    settle()
    toolbar = window.toolbar
    assert toolbar.n_rows == 2
    needed = toolbar.buttons["play"].height() + toolbar.speed.sizeHint().height()
    assert 0 <= toolbar.height() - needed <= 2 * SIZES.rhythm
    assert faults(window) == []
    window.show_style(NIGHT, 1.0)
    window.resize(1264, 672)
    settle()
    assert (toolbar.n_rows, toolbar.height()) == (1, SIZES.toolbar)


def test_a_key_leads_to_the_answers_of_a_notice_and_back(qtbot: QtBot) -> None:
    """The answers first, its cross last; answered or left, the focus is where it was."""
    window = shown(qtbot)
    window.show_notice(None)
    track = window.sliders["nudge"].track
    track.setFocus()
    QTest.keyClick(track, Qt.Key.Key_A)
    assert track.hasFocus()  # there is nothing to answer
    answers: list[str] = []
    window.noticeAnswered.connect(partial(answer_notice, window))
    restore, leave = (Answer(words, partial(answers.append, words)) for words in ("Restore", "No"))
    for words in ("One?", "Two?"):
        window.show_notice(Notice(words, (restore, leave)))
    notice = window.notice
    QTest.keyClick(track, Qt.Key.Key_A)
    assert notice.buttons[0].hasFocus()
    QTest.keyClick(focused(), Qt.Key.Key_A)
    assert track.hasFocus()
    QTest.keyClick(track, Qt.Key.Key_A)
    order = []
    for _ in range(3):
        order.append(focused())
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert order == [*notice.buttons, notice.close_button]
    notice.buttons[1].setFocus()
    QTest.keyClick(notice.buttons[1], Qt.Key.Key_Escape)
    assert track.hasFocus()
    assert answers == []
    QTest.keyClick(track, Qt.Key.Key_A)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert notice.words.text() == "Two?"
    assert track.hasFocus()  # so that Return held too long answers nothing else
    assert answers == ["Restore"]


def test_quitting_by_key_and_by_menu_asks_for_what_closing_the_window_asks_for(
    qtbot: QtBot,
) -> None:
    """Once each; the window stays until whoever owns the run lets it go."""
    window = shown(qtbot)
    asked = []
    window.closeRequested.connect(lambda: asked.append(1))
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert asked == [1]
    (quit_action,) = (
        each for each in window.toolbar.menu.actions() if each.text().startswith("Quit")
    )
    assert "Ctrl+Q" in quit_action.text()
    quit_action.trigger()
    assert asked == [1, 1]
    assert window.isVisible()
