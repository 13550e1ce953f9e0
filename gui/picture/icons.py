"""Icons, all of one family: Phosphor, of the font that qtawesome has.

Painted here: to import qtawesome makes Python know every class of Qt, and reads a dozen fonts.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from gui.picture.theme import Palette

_APP_ICON_SIZES: Final = (16, 32, 64, 128)

_FONT: Final = "fonts/phosphor*.ttf"
_LETTERS: Final = "fonts/phosphor-charmap*.json"
"""By the name of an icon, the number of its letter, hexadecimal."""

_SHARE: Final = 0.875
"""Of an icon's height that is the size of its letter."""


def icon(name: str, palette: Palette, *, is_quiet: bool = False) -> QIcon:
    """A Phosphor icon for a button; a quiet one is in the colour of muted text."""
    colour = palette.muted if is_quiet else palette.text
    return QIcon(_Letter(name, colour, palette.disabled))


def mark(palette: Palette, size: int) -> QPixmap:
    """The firefly's light, the mark of the product."""
    letter = _Letter("sparkle-fill", palette.accent, palette.disabled)
    return QIcon(letter).pixmap(size, size)


def app_icon(palette: Palette) -> QIcon:
    """The mark in the sizes that desktops ask for."""
    made = QIcon()
    for size in _APP_ICON_SIZES:
        made.addPixmap(mark(palette, size))
    return made


@functools.cache
def icon_family() -> str:
    """Name of the icons' font, which is loaded; empty if it isn't there.

    It has letters too: plain ones, all equally wide. An application has to be there.
    """
    for path in _files(_FONT):
        loaded = QFontDatabase.addApplicationFont(str(path))
        for family in QFontDatabase.applicationFontFamilies(loaded):
            return family
    return ""


@functools.cache
def _numbers() -> dict[str, str]:
    """Numbers of letters, by names of icons."""
    return {
        name: number
        for path in _files(_LETTERS)
        for name, number in json.loads(path.read_text(encoding="utf-8")).items()
    }


def _files(pattern: str) -> list[Path]:
    """Files of qtawesome, which isn't imported for that."""
    found = importlib.util.find_spec("qtawesome")
    folders = (found and found.submodule_search_locations) or ()
    return [path for folder in folders for path in sorted(Path(folder).glob(pattern))]


class _Letter(QIconEngine):
    """Paints an icon as large as it is wanted, as a letter of the icons' font."""

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._letter = chr(int(_numbers()[name], 16))
        self._colour, self._disabled = QColor(colour), QColor(disabled)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """The letter in the middle."""
        font = QFont(icon_family())
        font.setPixelSize(max(1, round(_SHARE * rect.height())))
        painter.save()
        painter.setFont(font)
        painter.setPen(self._disabled if mode is QIcon.Mode.Disabled else self._colour)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The letter and nothing around it."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap
