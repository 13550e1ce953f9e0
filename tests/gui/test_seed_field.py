"""The field of the seed: a seed is typed, refused in a sentence, and undone."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from gui.laboratory import Laboratory
from gui.models.scales import parse_value, value_text
from tests.gui.conftest import InWindow
from tests.gui.waiting import until, until_later
from tests.gui.window_parts import SMALL


def has_words(label: QLabel, words: str) -> bool:
    """Whether it says that."""
    return label.text() == words


def type_seed(lab: Laboratory, text: str) -> None:
    """Over the one that is there."""
    field = lab.window.panel.entries["seed"].value_field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_typed_seed_begins_its_run_and_can_be_undone(in_window: InWindow) -> None:
    """At t = 0 with that seed; undone, the run before goes on where it was left."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        field = window.panel.entries["seed"].value_field
        await until_later(lab, 1.0)
        lab.intent.is_playing = False
        type_seed(lab, "20261126")
        await until(lambda: simulation.initial.seed == 20261126)
        assert field.text() == "20261126"
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: simulation.initial.seed == 1)
        assert simulation.now > 1.0
        assert window.toast.text().startswith("Undone: seed 20261126; the run before it is back")
        await until(lambda: field.text() == "1")
        QTest.keyClick(field, Qt.Key.Key_Up)
        await until(lambda: simulation.initial.seed == 2)

    in_window(body, SMALL)


def test_a_seed_that_is_none_is_refused_in_a_sentence(in_window: InWindow) -> None:
    """Nothing restarts; the field shows the seed in force again."""

    async def body(lab: Laboratory) -> None:
        entry = lab.window.panel.entries["seed"]
        for text, why in (
            ("-3", "Seed is a whole number from 0 to 2^64 - 1, not -3"),
            ("1.5", "Seed is a whole number from 0 to 2^64 - 1, not 1.5"),
            (str(2**64), "Seed is a whole number from 0 to 2^64 - 1, not " + f"{2**64:,}"),
            ("dusk", "Seed takes a number, not \u201cdusk\u201d"),
        ):
            type_seed(lab, text)
            await until(partial(has_words, entry.refusal_label, why))
            assert entry.refusal_label.isVisible()
            assert entry.value_field.text() == "1"
        assert lab.simulation.initial == SMALL

    in_window(body, SMALL)


@pytest.mark.parametrize("is_hidden", [True, False])
def test_the_seed_of_the_status_line_leads_to_its_field(
    in_window: InWindow, is_hidden: bool
) -> None:
    """A press on it; the panel is shown if it was hidden, and scrolled to where the field is, which
    is ready to be typed over."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.resize(1000, 600)
        label = window.status_line.labels["seed"]
        await until(lambda: label.isVisible() and label.text() == "seed 1")
        field = window.panel.entries["seed"].value_field
        assert field.visibleRegion().isEmpty()
        window.workbench.show_panel("controls", not is_hidden)
        at = label.mapTo(window.status_line, QPoint(label.width() // 2, label.height() // 2))
        QTest.mousePress(window.status_line, Qt.MouseButton.LeftButton, pos=at)
        await until(lambda: QApplication.focusWidget() is field)
        assert field.lineEdit().selectedText() == "1"
        await until(lambda: field.visibleRegion().boundingRect() == field.rect())
        QTest.mouseRelease(window.status_line, Qt.MouseButton.LeftButton, pos=at)

    in_window(body, SMALL)


def test_the_values_of_all_fields_end_below_each_other(in_window: InWindow) -> None:
    """The seed's too: its last digit stands where those of the sliders do."""

    async def body(lab: Laboratory) -> None:
        panel = lab.window.panel
        ends = set()
        fields = [slider.value_field for slider in panel.sliders.values()]
        fields += [entry.value_field for entry in panel.entries.values()]
        for field in fields:
            if panel.isAncestorOf(field) and field.isVisibleTo(panel):
                line = field.lineEdit()
                assert line.alignment() & Qt.AlignmentFlag.AlignRight
                ends.add(line.mapTo(panel, line.rect().topRight()).x())
        assert len(ends) == 1
        assert panel.entries["seed"].value_field.isVisibleTo(panel)

    in_window(body, SMALL)


def test_every_seed_is_read_and_written_to_its_last_digit() -> None:
    """Also those that a float would round."""
    for seed in (0, 7, 2**53 + 1, 2**64 - 1):
        assert value_text("seed", seed) == str(seed)
        assert parse_value("seed", str(seed)) == seed
    assert parse_value("seed", "12,345") == 12_345
