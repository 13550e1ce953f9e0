"""A plot as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from experiments import write_whole
from gui.views.encoded import encoded_picture, encoded_svg

_PNG_SCALE: Final = 2.0
_TITLE: Final = "Coherence R(t), by Fireflies"


def save_plot(plot: QWidget, path: Path) -> None:
    """Write a plot to .svg or .png as it looks now, whole or not at all.

    Raises
    ------
    OSError
        It can't be drawn, or the file can't be written.
    """
    # Not by pyqtgraph's exporters: that for SVG fails at filled curves (0.14).
    if path.suffix.lower() == ".svg":
        contents = encoded_svg(plot.size(), _TITLE, lambda painter: _draw(plot, painter))
    else:
        contents = encoded_picture(_image(plot), ".png")
    write_whole(path, contents)


def _image(plot: QWidget) -> QImage:
    image = QImage(plot.size() * _PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PNG_SCALE)
    painter = QPainter(image)
    _draw(plot, painter)
    painter.end()
    return image


def _draw(plot: QWidget, painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # As a widget: a scene rendered into another rectangle would have text of other sizes.
    QWidget.render(plot, painter, QPoint())
