"""The raster of the last flashes: who flashed when."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.models.flash_history import Raster
from gui.picture.theme import SIZES, Palette, Sizes

_LEAST_HEIGHT: Final = 96
_TOP: Final = 6
_FAINTEST: Final = 0.35
_N_SHADES: Final = 256


class RasterView(QWidget):
    """Draws the rasters it is given: time to the right, ids downwards."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(SIZES.instrument // 2, _LEAST_HEIGHT)
        self.setAccessibleName("Raster of the last flashes")
        self._raster: Raster | None = None
        self._pixels: NDArray[np.uint32] | None = None
        self.show_style(palette, 1.0)

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(SIZES.instrument, SIZES.plot)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._make_room_for_words(SIZES.with_text(text_scale))
        self._palette = palette
        ends = [QColor(name) for name in (palette.background, palette.accent)]
        share = np.linspace(0.0, 1.0, _N_SHADES)
        share[1:] = _FAINTEST + (1.0 - _FAINTEST) * share[1:]  # a lone flash is seen as well
        shades = np.full((_N_SHADES, 4), 255, dtype=np.uint8)
        for channel, name in enumerate(("blue", "green", "red")):
            dark, light = (getattr(end, name)() for end in ends)
            shades[:, channel] = np.rint(dark + share * (light - dark))
        self._shades: NDArray[np.uint32] = shades.view(np.uint32)[:, 0]
        if self._raster is not None:
            self.show_data(self._raster)
        self.update()

    def _make_room_for_words(self, sizes: Sizes) -> None:
        self._font = QFont(self.font())
        self._font.setPixelSize(sizes.small_text)
        metrics = QFontMetrics(self._font)
        self._left = metrics.horizontalAdvance("id 0") + 2 * SIZES.rhythm
        self._bottom = metrics.height() + SIZES.rhythm
        self.setContentsMargins(self._left, _TOP, 2 * SIZES.rhythm, self._bottom)

    def show_data(self, raster: Raster) -> None:
        """Show the flashes up to a moment."""
        self._raster = raster
        level = np.ceil(raster.share * (_N_SHADES - 1)).astype(np.uint8)
        self._pixels = np.ascontiguousarray(self._shades[level])
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture and its axes."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.background))
        if self._raster is None or self._pixels is None:
            return
        plot = QRectF(self.contentsRect())
        rows, columns = self._pixels.shape
        image = QImage(self._pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.drawImage(plot, image)
        painter.setPen(QColor(self._palette.lines))
        painter.drawRect(plot.adjusted(-1.0, -1.0, 0.0, 0.0))
        self._paint_words(painter, plot, self._raster)

    def _paint_words(self, painter: QPainter, plot: QRectF, raster: Raster) -> None:
        painter.setPen(QColor(self._palette.muted))
        painter.setFont(self._font)
        row = QRectF(plot.left(), plot.bottom() + 2, plot.width(), self._bottom - 2)
        ago = f"{raster.end - raster.begin:.3g} s ago"
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, ago)
        if painter.fontMetrics().horizontalAdvance(f"{ago}  now") < plot.width():
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, "now")
        words = f"{raster.per_row:,} fireflies a row"
        if raster.per_row > 1 and painter.fontMetrics().horizontalAdvance(words) < plot.width() / 2:
            painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, words)
        column = QRectF(0.0, plot.top() - _TOP, self._left - 6.0, plot.height() + 2 * _TOP)
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(column, right | Qt.AlignmentFlag.AlignTop, "id 0")
