"""Pixels in a scene: an image that is painted as it is, or smoothed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

RGBA: Final = QImage.Format.Format_RGBA8888
AS_ON_SCREEN: Final = QImage.Format.Format_RGB32
"""Blue, green, red and a byte that says nothing: four times as fast to paint."""


class Pixels(QGraphicsItem):
    """Paints the pixels it is given, one by one of its scene.

    Parameters
    ----------
    order
        What the four bytes of a pixel are.

    Attributes
    ----------
    is_smooth
        Whether each pixel is more than one of the screen, without edges between them.
    """

    def __init__(self, order: QImage.Format) -> None:
        super().__init__()
        self._order = order
        self._pixels: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._rect = QRectF()
        self.is_smooth = False

    def show_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Paint these from now on; they are not copied.

        Parameters
        ----------
        pixels
            Shape ``(rows, columns, 4)``, each row after the one before.
        """
        rows, columns, _ = pixels.shape
        if (columns, rows) != self._image.size().toTuple():
            self.prepareGeometryChange()
            self._rect = QRectF(0.0, 0.0, columns, rows)
        self._pixels = pixels  # the image has its bytes of it
        self._image = QImage(pixels.data, columns, rows, pixels.strides[0], self._order)
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the pixels."""
        return self._rect

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Copy the pixels or, where there are fewer than on the screen, smooth them."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.is_smooth)
        painter.drawImage(self._rect, self._image)
