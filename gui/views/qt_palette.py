"""A theme's colours as Qt wants them, for what the style sheet doesn't reach."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from gui.picture.theme import Palette


def qt_palette(palette: Palette) -> QPalette:
    """The application's palette in the colours of a theme."""
    made = QPalette()
    role = QPalette.ColorRole
    for each, colour in (
        (role.Window, palette.panel),
        (role.WindowText, palette.text),
        (role.Base, palette.background),
        (role.AlternateBase, palette.raised),
        (role.Text, palette.text),
        (role.PlaceholderText, palette.muted),
        (role.Button, palette.raised),
        (role.ButtonText, palette.text),
        (role.ToolTipBase, palette.raised),
        (role.ToolTipText, palette.text),
        (role.Highlight, palette.accent),
        (role.HighlightedText, palette.background),
        (role.Link, palette.accent),
        (role.LinkVisited, palette.accent),
        (role.Light, palette.lines),
        (role.Mid, palette.lines),
        (role.Dark, palette.lines),
    ):
        made.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(palette.disabled))
    return made
