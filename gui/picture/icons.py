"""Icons, all of one family: Phosphor, drawn by qtawesome."""

from __future__ import annotations

import qtawesome  # type: ignore[import-untyped]
from PySide6.QtGui import QIcon, QPixmap

from gui.picture.theme import Palette

_APP_ICON_SIZES = (16, 32, 64, 128)


def icon(name: str, palette: Palette, *, is_quiet: bool = False) -> QIcon:
    """A Phosphor icon for a button; a quiet one is in the colour of muted text."""
    colour = palette.muted if is_quiet else palette.text
    return QIcon(qtawesome.icon(f"ph.{name}", color=colour, color_disabled=palette.disabled))


def mark(palette: Palette, size: int) -> QPixmap:
    """The firefly's light, the mark of the product."""
    return QPixmap(qtawesome.icon("ph.sparkle-fill", color=palette.accent).pixmap(size, size))


def app_icon(palette: Palette) -> QIcon:
    """The mark in the sizes that desktops ask for."""
    made = QIcon()
    for size in _APP_ICON_SIZES:
        made.addPixmap(mark(palette, size))
    return made
