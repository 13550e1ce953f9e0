"""The form for a sweep by itself: what it tells of what is typed and chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from experiments import OBSERVABLES, Parameters
from gui.models.sweep_draft import SweepDraft, sweep_draft, swept_names
from gui.picture.theme import NIGHT
from gui.views.axis_row import MenuButton
from gui.views.sweep_form import SweepFormBox

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen

LEFT = Qt.MouseButton.LeftButton
SMALL = Parameters(side=4)


class Taker:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.drafts: list[SweepDraft] = []
        self.n_begun = self.n_closed = 0

    def change(self, draft: SweepDraft) -> None:
        self.drafts.append(draft)

    def choose_axis(self, which: str, name: str | None) -> None:
        raise AssertionError("nobody has chosen a parameter")

    def begin(self) -> None:
        self.n_begun += 1

    def note_closed(self) -> None:
        self.n_closed += 1


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def form(qtbot: QtBot, taker: Taker) -> SweepFormBox:
    """With what is proposed for the nudge."""
    form = SweepFormBox(taker, NIGHT, None)  # type: ignore[arg-type]
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(form)
    form.show_draft(sweep_draft("nudge", SMALL), swept_names(SMALL))
    qtbot.waitUntil(form.isActiveWindow)
    return form


def menu_of(button: MenuButton, qtbot: QtBot) -> QMenu:
    """The menu that a button opens."""
    QTest.mouseClick(button, LEFT)
    menu = button.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)
    return menu


def test_the_first_value_is_typed_over(form: SweepFormBox, taker: Taker) -> None:
    """It is selected as the form opens: what is typed stands in its place, not beside it."""
    low = form.rows["first"].low
    assert low.hasFocus()
    QTest.keyClicks(low, "0.1")
    assert low.text() == "0.1"
    assert taker.drafts[-1].first.low == "0.1"


def test_what_is_measured_is_called_by_name(form: SweepFormBox, qtbot: QtBot) -> None:
    """And its tip says what it is, and what tables and the command line call it."""
    assert form.observe.text() == "Coherence R"
    menu = menu_of(form.observe, qtbot)
    words = {each.text(): each.toolTip() for each in menu.actions()}
    assert len(words) == len(OBSERVABLES)
    assert words["Second moment R\N{SUBSCRIPT TWO}"] == (
        "Modulus of the second moment, from 0 to 1. In tables and on the command line: R_2"
    )
    menu.close()


def test_several_are_chosen_without_opening_the_menu_anew(
    form: SweepFormBox, taker: Taker, qtbot: QtBot
) -> None:
    """By clicks, Space and Return; each click takes one more, or one less, and Escape leaves."""
    menu = menu_of(form.also, qtbot)
    actions = {each.text(): each for each in menu.actions()}
    before, n_before = sweep_draft("nudge", SMALL).also, form.also.text()
    for words in ("Time to order", "Mean phase"):
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(actions[words]).center())
        assert menu.isVisible()
    assert taker.drafts[-1].also == before ^ {"time_to_sync", "mean_phase"}
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        menu.setActiveAction(actions["Mean phase"])
        QTest.keyClick(menu, key)
        assert menu.isVisible()
    assert taker.drafts[-1].also == before ^ {"time_to_sync", "mean_phase"}
    assert not actions["Mean phase"].isChecked()
    assert form.also.text() == n_before  # one more and one less
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not menu.isVisible())
    assert form.isVisible()
