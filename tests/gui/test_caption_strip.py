"""The caption below the grid alone: switched on by hand, remembered, and large enough."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.app import bring_back, settings_of
from gui.controls.screen_room import last_row_text
from gui.laboratory import Laboratory
from gui.models.status_readout import Activity, StatusReadout
from gui.picture.caption_painter import LARGER, CaptionPainter
from gui.views.caption_strip import CaptionStrip
from tests.gui.conftest import InWindow
from tests.gui.geometry import is_cut, settle
from tests.gui.shown_window import shown
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

SENTENCE = "Two walls that neither say nor hear anything, and nothing brings the islands together."


def status_at(t: float, coherence: float) -> StatusReadout:
    """A moment of a run."""
    return StatusReadout(Activity.RUNNING, t, 1.0, 1.0, 60.0, 5.0, {"R": coherence}, 1, "")


def lit_rows(strip: CaptionStrip) -> list[int]:
    """The rows of the strip in which there is bright text."""
    image = strip.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    red = rows.reshape(image.height(), image.width(), 4)[..., 0].copy()
    found: list[int] = np.flatnonzero((red > 0x60).any(axis=1)).tolist()
    return found


def test_it_shows_only_while_the_grid_is_alone_and_it_is_on(qtbot: QtBot) -> None:
    """By its key, before or after; the grid gives way, and nothing lies over it."""
    window = shown(qtbot)
    assert not window.strip.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert not window.strip.isVisible()
    assert window.commands["caption"].isChecked()
    window.toggle_grid_alone()
    settle()
    assert window.strip.isVisible()
    assert window.strip.geometry().top() > window.bench.geometry().bottom()
    window.ask("caption")
    assert not window.strip.isVisible()
    window.ask("caption")
    assert window.strip.isVisible()
    window.toggle_grid_alone()
    assert not window.strip.isVisible()


def test_its_text_is_large_enough_for_the_last_row(qtbot: QtBot) -> None:
    """Capitals of a fortieth of the screen's height, time and R more; the words are whole."""
    window = shown(qtbot)
    strip = window.strip
    strip.switch(True)
    window.toggle_grid_alone()
    window.show_preset("Two islands", SENTENCE, "")
    window.show_status(status_at(83.4, 0.87))
    settle()
    font = strip.font()
    font.setPixelSize(strip.text)
    assert QFontMetrics(font).capHeight() >= round(window.screen().size().height() / 40)
    lines = -(-QFontMetrics(font).horizontalAdvance(SENTENCE) // (strip.width() - 2 * strip.text))
    assert strip.height() >= LARGER * strip.text + lines * QFontMetrics(font).lineSpacing()
    rows = lit_rows(strip)
    assert rows[0] > 0
    assert rows[-1] < strip.height() - 1
    assert "t 1:23.4" in strip.accessibleDescription()
    assert "R 0.87" in strip.accessibleDescription()
    assert SENTENCE in strip.accessibleDescription()
    window.toggle_grid_alone()


def test_without_a_sentence_it_takes_less_room(qtbot: QtBot) -> None:
    """One line, of time and R."""
    window = shown(qtbot)
    strip = window.strip
    window.show_preset("", "", "")
    short = strip.sizeHint().height()
    window.show_preset("Two islands", SENTENCE, "")
    assert strip.sizeHint().height() >= short + strip.text


def test_a_new_moment_shows(qtbot: QtBot) -> None:
    """The time on it is that of the run."""
    window = shown(qtbot)
    strip = window.strip
    strip.switch(True)
    window.toggle_grid_alone()
    window.show_status(status_at(1.0, 0.5))
    settle()
    before = strip.grab().toImage()
    window.show_status(status_at(2.0, 0.5))
    settle()
    assert strip.grab().toImage() != before
    window.toggle_grid_alone()


@pytest.mark.parametrize("is_on", [False, True])
def test_it_is_remembered(in_window: InWindow, is_on: bool) -> None:
    """From one window to the next."""

    async def body(lab: Laboratory) -> None:
        lab.window.strip.switch(is_on)
        settings = settings_of(lab)
        assert settings.has_caption is is_on
        lab.window.strip.switch(not is_on)
        bring_back(lab.window, settings, None)
        assert lab.window.strip.is_on is is_on
        await until(lambda: lab.window.commands["caption"].isChecked() is is_on)

    in_window(body, SMALL)


def test_what_passes_over_the_grid_is_as_large_while_it_is_alone(qtbot: QtBot) -> None:
    """That all are in step, above all; afterwards it is as small as before."""
    window = shown(qtbot)
    window.show_note("Waking fireflies", False)
    window.overlays.show_toast("All in step after 163 s")
    parts = (window.toast, window.grid.words.note, window.grid.words.sign)
    before = [part.font().pixelSize() for part in parts]
    window.toggle_grid_alone()
    window.overlays.show_toast("All in step after 163 s")
    settle()
    assert [part.font().pixelSize() for part in parts] == [last_row_text(window)] * 3
    assert window.toast.width() >= window.toast.fontMetrics().horizontalAdvance(window.toast.text())
    assert not is_cut(window.toast)
    assert window.grid.rect().contains(window.grid.words.note.geometry())
    window.toggle_grid_alone()
    settle()
    assert [part.font().pixelSize() for part in parts] == before


@pytest.mark.usefixtures("qapp")
def test_a_sentence_is_broken_into_lines_of_like_length() -> None:
    """No word is left alone in the last one, as it would be where the first are filled."""
    sentence = "Patches that flash together appear, meet and merge: all are in step."
    font = QFont()
    font.setPixelSize(30)
    width = QFontMetrics(font).horizontalAdvance(sentence) + 2 * 30 - 8  # one word too narrow
    painter = CaptionPainter(width, 200, text=30)
    lit = painter.draw(("t 0:00.0", "R 0.10", sentence))[..., 0] > 0x60
    last = np.flatnonzero(lit.any(axis=1))[-1]
    columns = np.flatnonzero(lit[last - 20 : last + 1].any(axis=0))
    assert columns[-1] - columns[0] > 0.3 * width
    assert columns[-1] < width - 30
