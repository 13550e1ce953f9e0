"""Pictures of a widget, for a recording or a file."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget


def picture_of(
    widget: QWidget, width: int, height: int, *, without: Collection[QWidget] = ()
) -> NDArray[np.uint8]:
    """What a widget looks like now, scaled so that it fits.

    Parameters
    ----------
    widget
        A window, shown or not.
    width, height
        Most pixels.
    without
        Those of its parts that are left out; what lies below them is in the picture.

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
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawWindowBackground)
    parts = (each for each in widget.children() if isinstance(each, QWidget))
    for part in parts:  # the lowest first
        if part.isVisibleTo(widget) and not part.isWindow() and part not in without:
            part.render(painter, part.pos())
    painter.end()
    del image
    return pixels
