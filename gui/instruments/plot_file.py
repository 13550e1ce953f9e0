"""The plot of the coherence R(t) as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter

from experiments import Provenance, in_place_of, sidecar_path, write_whole
from gui.instruments.plot_page import PAGE_MM, TITLE, UNITS_PER_MM, PlotPage
from gui.models.coherence_trace import Curve
from gui.picture.encoded import encoded_picture, encoded_svg

PNG_DPI: Final = 300
_MM_PER_INCH: Final = 25.4
_SIZE: Final = QSize(*(mm * UNITS_PER_MM for mm in PAGE_MM))


def save_plot(curve: Curve, path: Path, provenance: Provenance) -> None:
    """Write a plot to .svg or .png, for paper, and beside it what made it: both or none.

    170 by 100 mm; as a picture of 300 dots per inch.

    Raises
    ------
    OSError
        It can't be drawn, or the file can't be written.
    """
    page = PlotPage(curve)
    if path.suffix.lower() == ".svg":
        dpi = round(UNITS_PER_MM * _MM_PER_INCH)
        contents = encoded_svg(_SIZE, TITLE, page.draw, dpi)
    else:
        contents = encoded_picture(_image(page), ".png")
    with in_place_of(sidecar_path(path)) as beside:
        beside.write_bytes(provenance.sidecar("plot of the coherence R(t)", {}, None))
        write_whole(path, contents)


def _image(page: PlotPage) -> QImage:
    dots_per_unit = PNG_DPI / _MM_PER_INCH / UNITS_PER_MM
    image = QImage(_SIZE * dots_per_unit, QImage.Format.Format_RGB32)
    if image.isNull():
        raise OSError(0, "there is no memory for the plot")
    for set_dots in (image.setDotsPerMeterX, image.setDotsPerMeterY):
        set_dots(round(PNG_DPI / _MM_PER_INCH * 1e3))
    image.fill(Qt.GlobalColor.white)  # the last column may be part of a dot
    painter = QPainter(image)
    painter.scale(dots_per_unit, dots_per_unit)
    page.draw(painter)
    painter.end()
    return image
