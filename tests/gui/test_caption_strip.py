"""The caption below the grid alone: switched on by hand, remembered, and large enough."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.app import bring_back, settings_of
from gui.laboratory import Laboratory
from gui.models.status_readout import Activity, StatusReadout
from gui.picture.caption_painter import LARGER
from gui.views.caption_strip import TEXT_SHARE, CaptionStrip
from tests.gui.conftest import InWindow
from tests.gui.geometry import settle
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
    """A thirtieth of the screen's height, and more for time and R; the words are whole."""
    window = shown(qtbot)
    strip = window.strip
    strip.switch(True)
    window.toggle_grid_alone()
    window.show_preset("Two islands", SENTENCE, "")
    window.show_status(status_at(83.4, 0.87))
    settle()
    assert strip.text == round(window.screen().size().height() * TEXT_SHARE)
    font = strip.font()
    font.setPixelSize(strip.text)
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
