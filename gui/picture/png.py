"""PNG files with texts in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from experiments import write_whole
from gui.picture.encoded import encoded_picture


def save_png(path: Path, picture: NDArray[np.uint8], texts: Mapping[str, str]) -> None:
    """Write RGBA pixels, shape ``(h, w, 4)``, and texts by name, whole or not at all.

    Raises
    ------
    OSError
        It can't be written.
    """
    pixels = np.ascontiguousarray(picture)
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    for name, text in texts.items():
        image.setText(name, text)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    write_whole(path, encoded_picture(plain, ".png"))
