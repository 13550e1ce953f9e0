"""A small swarm for windows, and what shows of it on the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from experiments import Parameters
from gui.laboratory import Laboratory

SMALL = Parameters(side=5, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def pixel(lab: Laboratory, firefly: int) -> QColor:
    """Colour on the screen at the middle of a firefly."""
    grid = lab.window.grid
    picture = grid.grab().toImage()
    colour: QColor = picture.pixelColor(grid.cell_rect(firefly).center().toPoint())
    return colour


def overlap(one: QWidget, other: QWidget, window: QWidget) -> bool:
    """Whether two visible widgets share pixels of the window."""

    def rect(widget: QWidget) -> QRect:
        return widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))

    return one.isVisible() and other.isVisible() and rect(one).intersects(rect(other))
