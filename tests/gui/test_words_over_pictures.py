"""Words over the grid and in the phase circle: whole, inside, and not over each other."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from gui.instruments.circle import INNER_RADIUS, N_SECTORS, PhaseCircle
from gui.instruments.circle_view import PhaseCircleView
from gui.picture.theme import NIGHT
from tests.gui.geometry import LONG_NOTICE, is_cut, settle
from tests.gui.panel_names import PANEL_NAMES
from tests.gui.shown_window import shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen


@pytest.mark.parametrize("text_scale", [1.0, 1.6])
def test_what_is_written_on_a_narrow_grid_is_broken_into_lines(
    qtbot: QtBot, text_scale: float
) -> None:
    """With all panels: the sign about flashes, a long note, and what is known of a firefly."""
    window = shown(qtbot)
    for name in PANEL_NAMES:
        window.workbench.show_panel(name)
    window.show_style(NIGHT, text_scale)
    window.resize(1008, 552)
    settle()
    words = window.grid.words
    words.show_evened(True)
    window.show_note("Making 1,000,000 fireflies, which takes a while: 123,456 of them", True)
    words.show_readout("Firefly 4: phase 1.23 of 5.00 s, silent, drives its neighbours, R 0.87")
    for label in (words.sign, words.note, words.readout):
        assert window.grid.rect().contains(label.geometry()), label.text()
        assert not is_cut(label), label.text()
    window.resize(1800, 900)
    for name in PANEL_NAMES:
        window.workbench.show_panel(name, False)
    settle()
    assert not words.sign.wordWrap()  # where there is room, one line
    assert not is_cut(words.sign)


def test_what_is_known_of_a_firefly_stands_above_notices_and_toasts(qtbot: QtBot) -> None:
    """On the grid alone, where nothing else tells it; and in its corner again without them."""
    window = shown(qtbot)
    window.show_notice(None)
    for name in PANEL_NAMES:
        window.workbench.show_panel(name, False)
    window.resize(700, 500)
    settle()
    readout = window.grid.words.readout
    window.grid.words.show_readout("Firefly 4: phase 1.23 of 5.00 s")
    corner = readout.pos()
    for words in ("", "A toast that is so long that it reaches far to both sides of the grid"):
        window.show_notice(LONG_NOTICE)
        window.show_toast(words)
        place = QRect(readout.mapTo(window, QPoint(0, 0)), readout.size())
        assert window.rect().contains(place)
        over = [each for each in (window.notice, window.toast) if each.isVisible()]
        assert [each for each in over if each.geometry().intersects(place)] == []
        window.show_notice(None)
        window.toast.take_back(words)
        assert readout.pos() == corner


@pytest.mark.parametrize("pixels", [12, 18, 24])
@pytest.mark.parametrize("size", [(400, 96), (96, 200), (96, 96), (224, 224)])
@pytest.mark.parametrize("phase", [0.0, 0.02, 0.25, 0.75])
def test_the_number_in_the_phase_circle_touches_neither_dots_nor_arrow(
    qtbot: QtBot, pixels: int, size: tuple[int, int], phase: float
) -> None:
    """Inside of the ring if there is room, else beside or below it; the arrow is long."""
    view = PhaseCircleView(NIGHT, None)  # type: ignore[arg-type]  # a window of its own
    qtbot.addWidget(view)
    font = QFont(view.font())
    font.setPixelSize(pixels)
    view.setFont(font)
    view.resize(*size)
    order, none = cmath.rect(1.0, math.tau * phase), np.zeros(N_SECTORS, dtype=np.int64)
    circle = PhaseCircle(np.zeros((56, 56)), order, 0.2, none, 5.0)
    view.show_data(circle)
    square, number = view.places()
    metrics = QFontMetricsF(font)
    assert number.width() >= metrics.horizontalAdvance("R 0.59")
    assert number.height() >= metrics.height()
    assert view.rect().toRectF().contains(square)
    assert view.rect().toRectF().contains(number)
    centre = square.center()
    if square.contains(number.center()):
        corners = (number.topLeft(), number.topRight(), number.bottomLeft(), number.bottomRight())
        reach = INNER_RADIUS * square.width() / 2
        for corner in corners:
            assert math.hypot(*(corner - centre).toTuple()) <= reach + 1e-6
        for part in range(1, 101):  # along the arrow
            along = part / 100 * reach
            at = (along * circle.order.real, -along * circle.order.imag)
            assert not number.contains(centre.x() + at[0], centre.y() + at[1])
    else:
        assert not number.intersects(square)
