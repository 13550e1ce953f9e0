"""Lines on screens that the desktop scales: as wide to the eye as on others."""

from __future__ import annotations

import pyqtgraph as pg  # type: ignore[import-untyped]
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QWidget
from pytestqt.qtbot import QtBot

from gui.instruments.coherence_view import CoherencePlot
from gui.picture.theme import GRID_NIGHT, NIGHT
from gui.views.brush_ring import BrushRing
from gui.views.grid_geometry import outline_item, outline_of

LENGTH = 60
GROUND = "#000000"


def light_pixels(item: QGraphicsItem, ratio: float) -> int:
    """Pixels of the screen along its middle row that an item lights, in a small picture."""
    scene = QGraphicsScene()
    scene.setBackgroundBrush(QColor(GROUND))
    scene.addItem(item)
    image = QImage(round(LENGTH * ratio), round(LENGTH * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    scene.render(painter, QRectF(0, 0, LENGTH, LENGTH), QRectF(0, 0, LENGTH, LENGTH))
    painter.end()
    scene.removeItem(item)
    row = image.height() // 2
    return sum(image.pixelColor(x, row).lightness() > 110 for x in range(image.width()))


@pytest.mark.usefixtures("qapp")
def test_frames_and_the_ring_are_as_wide_at_twice_the_scale() -> None:
    """Twice as many pixels of the screen, for each of which there is half the room."""
    frame = outline_item(GRID_NIGHT.text, z=5, width=2.5)
    frame.setPath(outline_of([0], 1))
    frame.setTransform(QTransform(30.0, 0.0, 0.0, 30.0, 15.0, 15.0))
    ring = BrushRing()
    ring.show_at(30.0, 30.0, 40.0)
    for item in (frame, ring):
        once, twice = light_pixels(item, 1.0), light_pixels(item, 2.0)
        assert once > 0
        assert twice == pytest.approx(2 * once, abs=2), item
        assert twice > once


def test_the_line_of_a_plot_follows_the_scale_of_its_screen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moved to a screen of twice the scale it takes twice as many pixels of that."""
    host = QWidget()
    qtbot.addWidget(host)
    plot = CoherencePlot(NIGHT, host)

    def broadest() -> float:
        items = plot.getPlotItem().items
        curves = [each for each in items if isinstance(each, pg.PlotCurveItem)]
        return max(float(curve.opts["pen"].widthF()) for curve in curves)

    once = broadest()
    monkeypatch.setattr(plot, "devicePixelRatioF", lambda: 2.0)
    QCoreApplication.sendEvent(plot, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert broadest() == 2 * once
