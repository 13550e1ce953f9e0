"""Pictures of a widget, for a recording or a file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget


def picture_of(widget: QWidget, width: int, height: int) -> NDArray[np.uint8]:
    """What a widget looks like now, scaled so that it fits.

    Parameters
    ----------
    widget
        A window, shown or not.
    width, height
        Most pixels.

    Returns
    -------
    numpy.ndarray
        RGBA, shape ``(h, w, 4)``, of the widget's proportions.
    """
    scale = min(width / widget.width(), height / widget.height())
    size = (max(1, int(widget.width() * scale)), max(1, int(widget.height() * scale)))
    pixels = np.zeros((size[1], size[0], 4), dtype=np.uint8)
    image = QImage(pixels.data, *size, 4 * size[0], QImage.Format.Format_RGBA8888_Premultiplied)
    painter = QPainter(image)
    painter.scale(scale, scale)
    widget.render(painter, QPoint())
    painter.end()
    del image
    return pixels
