"""The caption painter: it draws the caption of a picture that leaves the window."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from gui.picture.composer import BACKGROUND
from gui.picture.theme import GRID_NIGHT

_LARGE_LINES: Final = 2
LINE_SPACING: Final = 1.6
"""Of a line to the height of its text."""

LARGER: Final = 1.4
"""How many times as high the text of the first lines is."""


class CaptionPainter:
    """Lines of text on the night's background; the same text is drawn once.

    Parameters
    ----------
    width, height
        Pixels. In a tall place the lines stand below each other, in a low one they are
        two rows.
    text
        Pixels of the height of the smaller text, which is wrapped then; 0: as the place asks for.
    """

    def __init__(self, width: int, height: int, *, text: int = 0) -> None:
        self._width, self._height, self._text = width, height, text
        self._lines: tuple[str, ...] = ()
        self._picture: NDArray[np.uint8] | None = None

    def draw(self, lines: tuple[str, ...]) -> NDArray[np.uint8]:
        """RGBA, shape ``(height, width, 4)``; another array whenever the text is another."""
        if self._picture is None or lines != self._lines:
            self._lines = lines
            self._picture = self._drawn(lines)
        return self._picture

    def _drawn(self, lines: tuple[str, ...]) -> NDArray[np.uint8]:
        pixels = np.empty((self._height, self._width, 4), dtype=np.uint8)
        pixels[...] = (*BACKGROUND, 255)
        image = QImage(
            pixels.data,
            self._width,
            self._height,
            4 * self._width,
            QImage.Format.Format_RGBA8888,
        )
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if self._text:
            self._draw_wrapped(painter, lines)
        elif self._height > self._width:
            self._draw_below_each_other(painter, lines)
        else:
            self._draw_in_rows(painter, lines)
        painter.end()
        del image
        return pixels

    def _draw_below_each_other(self, painter: QPainter, lines: tuple[str, ...]) -> None:
        small = max(9, min(self._width // 15, self._height // 30))
        left, y = self._width // 8, self._height // 24
        for number, line in enumerate(lines):
            is_large = number < _LARGE_LINES
            height = round(LINE_SPACING * self._prepare(painter, small, is_large=is_large))
            if number == _LARGE_LINES:
                y += height // 2
            room = QRect(left, y, self._width - left, height)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, line)
            y += height

    def _draw_in_rows(self, painter: QPainter, lines: tuple[str, ...]) -> None:
        small = max(9, self._height // 5)
        half, left = self._height // 2, self._height // 4
        rows = ("    ".join(lines[:_LARGE_LINES]), "   ".join(lines[_LARGE_LINES:]))
        for number, row in enumerate(rows):
            self._prepare(painter, small, is_large=number == 0)
            room = QRect(left, number * half, self._width - left, half)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, row)

    def _draw_wrapped(self, painter: QPainter, lines: tuple[str, ...]) -> None:
        left, width = self._text, self._width - 2 * self._text
        top = round(LINE_SPACING * self._prepare(painter, self._text, is_large=True))
        row = QRect(left, 0, width, top)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, "    ".join(lines[:_LARGE_LINES]))
        self._prepare(painter, self._text, is_large=False)
        painter.setPen(QColor(GRID_NIGHT.text))  # as bright: a projector leaves little of contrast
        words = " ".join(lines[_LARGE_LINES:])
        width = _balanced(painter.fontMetrics(), words, width)
        room = QRect(left, top, width, self._height - top)
        painter.drawText(room, Qt.TextFlag.TextWordWrap, words)

    def _prepare(self, painter: QPainter, small: int, *, is_large: bool) -> int:
        """Take the pen and the font for a line; its size in pixels."""
        size = round(LARGER * small) if is_large else small
        font = QFont(painter.font())
        font.setPixelSize(size)
        painter.setFont(font)
        painter.setPen(QColor(GRID_NIGHT.text if is_large else GRID_NIGHT.muted))
        return size


def _balanced(metrics: QFontMetrics, words: str, widest: int) -> int:
    """The least width at which words take no more lines: no single one stands in the last."""

    def height(width: int) -> int:
        room = QRect(0, 0, width, 0)
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()

    too_narrow, wide_enough, allowed = 0, widest, height(widest)
    while wide_enough - too_narrow > metrics.averageCharWidth():
        middle = (too_narrow + wide_enough) // 2
        if height(middle) <= allowed and _fits(metrics, words, middle):
            wide_enough = middle
        else:
            too_narrow = middle
    return wide_enough


def _fits(metrics: QFontMetrics, words: str, width: int) -> bool:
    """Whether no word is wider."""
    return max(map(metrics.horizontalAdvance, words.split()), default=0) <= width
