"""A plot as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from experiments import write_whole

_PNG_SCALE: Final = 2.0


def save_plot(plot: QWidget, path: Path) -> bool:
    """Write a plot to .svg or .png as it looks now, whole or not at all; whether it could be drawn.

    Raises
    ------
    OSError
        The file can't be written.
    """
    # Not by pyqtgraph's exporters: that for SVG fails at filled curves (0.14).
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"plot{path.suffix.lower()}"
        (_draw_svg if made.suffix == ".svg" else _draw_png)(plot, made)
        if not made.exists():
            return False
        write_whole(path, made.read_bytes())
    return True


def _draw_svg(plot: QWidget, path: Path) -> None:
    page = QSvgGenerator()
    page.setFileName(str(path))
    page.setSize(plot.size())
    page.setViewBox(QRect(0, 0, plot.width(), plot.height()))
    page.setTitle("Coherence R(t), by Fireflies")
    painter = QPainter(page)
    _draw(plot, painter)
    painter.end()


def _draw_png(plot: QWidget, path: Path) -> None:
    image = QImage(plot.size() * _PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PNG_SCALE)
    painter = QPainter(image)
    _draw(plot, painter)
    painter.end()
    image.save(str(path))


def _draw(plot: QWidget, painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # As a widget: a scene rendered into another rectangle would have text of other sizes.
    QWidget.render(plot, painter, QPoint())
