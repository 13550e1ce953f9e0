"""Pictures encoded in memory, as the contents of a file.

Qt's own writers understand names in their own way (one that begins with a colon is a resource
of the program), and cut off a file on a full disk without an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

_KINDS: Final = {".png": b"PNG", ".jpg": b"JPEG", ".jpeg": b"JPEG"}


def encoded_picture(image: QImage, suffix: str) -> bytes:
    """A picture as a file that ends in .png, .jpg or .jpeg.

    Raises
    ------
    OSError
        There is no memory for it, or no writer of this kind.
    """
    buffer = _buffer()
    writer = QImageWriter(buffer, _KINDS[suffix.lower()])
    if image.isNull() or not writer.write(image):
        raise OSError(0, "the picture can't be drawn")
    return bytes(buffer.data().data())


def encoded_svg(
    size: QSize, title: str, draw: Callable[[QPainter], object], dpi: int = 96
) -> bytes:
    """What `draw` paints, as an SVG file of a size in pixels, at a number of pixels per inch.

    Raises
    ------
    OSError
        It can't be drawn.
    """
    buffer, page = _buffer(), QSvgGenerator()
    page.setOutputDevice(buffer)
    page.setResolution(dpi)
    page.setSize(size)
    page.setViewBox(QRect(0, 0, size.width(), size.height()))
    page.setTitle(title)
    painter = QPainter()
    if not painter.begin(page):
        raise OSError(0, "the picture can't be drawn")
    draw(painter)
    painter.end()
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
