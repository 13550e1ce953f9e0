"""Nothing is cut off, at any size of the window and of the text; what has no room is scrolled."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from experiments import Parameters
from gui.instruments.engine import FIGURES, EnginePicture
from gui.laboratory import Laboratory
from gui.models.lateness import lateness_picture
from gui.models.recording import RecordingStatus
from gui.models.timeline import Timeline
from gui.picture.theme import DAY, NIGHT, SIZES
from gui.views.window import Window
from tests.gui.conftest import InWindow
from tests.gui.geometry import (
    LONG_NOTICE,
    faults,
    settle,
)
from tests.gui.panel_names import PANEL_NAMES, SHOWN_AT_FIRST
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen

WINDOWS = [
    (SIZES.least_width, SIZES.least_height),
    (900, 600),
    (950, 510),
    (1008, 552),
    (1264, 672),
]

SCALES = [0.8, 1.0, 1.3, 1.6]


@pytest.mark.slow
@pytest.mark.parametrize(
    "panels",
    [
        pytest.param(SHOWN_AT_FIRST, id="usual", marks=pytest.mark.drill(alone=True)),
        pytest.param(frozenset(PANEL_NAMES), id="all"),
    ],
)
def test_nothing_is_cut_at_any_size_of_window_and_text(
    qtbot: QtBot, panels: tuple[str, ...]
) -> None:
    """Every label, button, field and slider is whole, and inside, or a scroll bar leads there."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.show_parameters(Parameters(nudge=0.25, glow=0.5))
    if len(panels) == len(PANEL_NAMES):
        window.show_notice(LONG_NOTICE)
        window.show_toast("Saved: " + "a rather long path/" * 4)
        window.show_recording(RecordingStatus(True, 3_723.0, 123_456_789, 12, is_paused=True))
        window.show_timeline(Timeline(61.0, 4_000.0, (10.0,), "as it was saved, flash for flash"))
    texts = dict.fromkeys(FIGURES, "123.4, p99 267.9 ms")
    window.show_in("engine", EnginePicture(texts, lateness_picture(np.full(9, 0.1), 3)))
    for name in PANEL_NAMES:
        window.workbench.show_panel(name, name in panels)
    for scale in SCALES:
        window.show_style(DAY if scale > 1.0 else NIGHT, scale)
        for size in WINDOWS:
            window.resize(*size)
            settle()
            assert (window.width(), window.height()) == size
            assert faults(window) == [], f"{size}, text {scale}"


def test_notices_and_toasts_lie_over_the_picture_and_never_in_a_recording(qtbot: QtBot) -> None:
    """Nothing moves for them; a picture of the window is the same with them and without."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    settle()
    before, places = (
        window.picture(640, 400).copy(),
        [window.grid.geometry(), window.status_line.y()],
    )
    window.show_notice(LONG_NOTICE)
    window.show_toast("Undone: nudge is 0.20 s again")
    settle()
    assert [window.grid.geometry(), window.status_line.y()] == places
    assert (window.picture(640, 400) == before).all()
    grid = QRect(window.grid.mapTo(window, QPoint(0, 0)), window.grid.size())
    for part in (window.notice, window.toast):
        assert part.isVisible()
        assert grid.contains(part.geometry())
    assert not window.notice.geometry().intersects(window.toast.geometry())
    grab = window.grab().toImage()
    shown = grab.pixelColor(window.notice.geometry().topLeft() + QPoint(6, 6)).name()
    assert shown == NIGHT.raised.lower()  # what the screen shows has it
    window.show_notice(None)
    settle()
    assert not window.notice.isVisible()


@pytest.mark.parametrize(
    ("size", "text_scale", "is_whole"),
    [((1280, 800), 1.0, True), ((600, 400), 1.0, False), ((640, 480), 2.0, False)],
)
def test_the_sheet_of_keys_fits_or_scrolls_and_escape_closes_it(
    qtbot: QtBot, size: tuple[int, int], text_scale: float, is_whole: bool
) -> None:
    """With all panels too; by key it is scrolled, downwards alone; the grid keeps its size.

    640 by 480 is what a window has of a screen of 1280 by 960 that is scaled by two.
    """
    window = Window()
    qtbot.addWidget(window)
    window.show_style(NIGHT, text_scale)
    window.show()
    for name in PANEL_NAMES:
        window.workbench.show_panel(name)
    window.resize(*size)
    settle()
    sheet = window.overlays.keys
    window.ask("keys")
    settle()
    assert sheet.isVisible()
    assert window.rect().contains(sheet.geometry())
    assert not sheet.geometry().intersects(window.status_line.geometry())
    edge = sheet.grab().toImage()
    for y in (0, edge.height() - 1):
        assert edge.pixelColor(edge.width() // 2, y).name() == NIGHT.lines.lower()
    bars = sheet.horizontalScrollBar(), sheet.verticalScrollBar()
    assert (bars[1].maximum() == 0) is is_whole
    assert bars[0].maximum() == 0
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    assert (bars[1].value() == 0) is is_whole
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_panel_that_floated_on_a_screen_that_is_gone_comes_back(qtbot: QtBot) -> None:
    """Restored from an arrangement far outside, it is whole on the screen there is."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    dock = window.workbench.docks["circle"]
    dock.show()
    dock.setFloating(True)
    dock.setGeometry(5_000, -2_000, 400, 300)
    arrangement = window.workbench.arrangement()
    window.workbench.arrange_anew()
    assert window.workbench.arrange(arrangement)
    settle()
    assert dock.isFloating()
    assert window.screen().availableGeometry().contains(dock.geometry())
    dock.setGeometry(5_000, -2_000, 400, 300)
    window.workbench.bring_onto_screen()  # as when a screen goes
    assert window.screen().availableGeometry().contains(dock.geometry())


def test_where_the_status_line_is_short_of_room_the_coherence_stays_the_longest(
    in_window: InWindow,
) -> None:
    """Time, speed and R: frames and flashes are left out before these; of no problem nothing is."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        line, labels = window.status_line, window.status_line.labels
        await until(lambda: labels["R"].isVisible())
        gone = []
        for width in range(1200, 100, -10):
            line.resize(width, line.height())
            gone += [name for name in labels if labels[name].isHidden() and name not in gone]
        assert gone[-3:] == ["R", "speed", "time"]

    in_window(body, SMALL, is_playing=False)
