"""Words of plots: titles whole or not at all, none said twice, none left where it stood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.instruments.axis_text import paint_titles
from gui.instruments.coherence_view import CoherencePlot
from gui.instruments.raster_view import row_title
from gui.instruments.rate import RateCurve
from gui.instruments.rate_view import RatePlot
from gui.models.coherence_trace import Mark
from gui.picture.theme import NIGHT

WIDE = 300


def rows_written(title: str, height: int) -> list[int]:
    """Rows of a plot in whose leftmost column of text something is written."""
    font = QFont()
    font.setPixelSize(12)
    image = QImage(WIDE, height, QImage.Format.Format_RGB32)
    image.fill(NIGHT.background)
    painter = QPainter(image)
    area = QRectF(40.0, 20.0, WIDE - 60.0, height - 50.0)
    paint_titles(painter, QRectF(image.rect()), area, title, font, NIGHT, level="")
    painter.end()
    ground = image.pixelColor(WIDE - 1, 0)
    line = round(QFontMetricsF(font).height())
    return [
        y for y in range(height) if any(image.pixelColor(x, y) != ground for x in range(line + 2))
    ]


@pytest.mark.usefixtures("qapp")
def test_an_upright_title_stands_beside_its_axis_without_its_unit_or_is_left_out() -> None:
    """Never cut off by the edge of the plot, never a part of a word."""
    rows = rows_written("id, 45 a row", 160)
    assert rows
    assert rows[0] >= 20
    assert rows[-1] < 130
    assert rows_written("id, 45 a row", 90) == rows_written("id", 90)
    assert rows_written("id", 90)
    assert not rows_written("id, 45 a row", 55)
    assert not rows_written("", 160)


@pytest.mark.parametrize("plot", [CoherencePlot, RatePlot])
@pytest.mark.parametrize("height", [96, 200, 400])
def test_no_axis_repeats_the_title_of_its_panel(
    qtbot: QtBot, plot: type[CoherencePlot] | type[RatePlot], height: int
) -> None:
    """Nothing is written upright beside R(t) and the rate of flashes, however high they are."""
    host = QWidget()
    qtbot.addWidget(host)
    view = plot(NIGHT, host)
    view.resize(WIDE, height)
    host.resize(WIDE, height)
    host.show()
    qtbot.waitExposed(host)
    beside = view.grab().toImage().copy(0, 0, 12, height)
    places = [(x, y) for x in range(beside.width()) for y in range(beside.height())]
    assert len({beside.pixel(x, y) for x, y in places}) == 1


def test_a_mark_leaves_nothing_where_it_stood_before_there_was_room_for_it(qtbot: QtBot) -> None:
    """The screen shows what the plot draws anew, once the strip of marks is laid out."""
    host = QWidget()
    qtbot.addWidget(host)
    view = RatePlot(NIGHT, host)
    view.show_style(NIGHT, 1.4)
    view.resize(WIDE, 150)
    host.resize(WIDE, 150)
    host.show()
    qtbot.waitExposed(host)
    times = np.linspace(0.0, 60.0, 100)
    curve = RateCurve(times, 5.0 * times, 0.0, 60.0, 500.0)
    top = view.area().top()
    view.show_data(curve)
    QApplication.processEvents()
    view.show_data(replace(curve, marks=(Mark(30.0, "all in step", is_found=True),)))
    qtbot.waitUntil(lambda: view.area().top() > top)
    QApplication.processEvents()
    shown = host.screen().grabWindow(host.winId()).toImage()
    assert shown == host.grab().toImage().convertToFormat(shown.format())


def test_the_raster_says_who_stands_in_a_row_in_plain_words() -> None:
    """One firefly, or how many share it."""
    assert row_title(1) == "firefly"
    assert row_title(1_234) == "firefly, 1,234 in each row"
