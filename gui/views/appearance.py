"""Colours and size of the text: what was chosen, and what the system says."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QStyleHints

from gui.models.look import LARGEST_SCALE, SMALLEST_SCALE, Theme
from gui.picture.theme import DAY, NIGHT, Palette
from gui.views.window import Window

_STEP: Final = 0.1


class Appearance:
    """Gives a window its theme, and a new one when the system's theme changes.

    Parameters
    ----------
    window
        What is dressed.
    theme, text_scale
        What to begin with.
    hints
        What the system says of its theme; by default what Qt knows.
    """

    def __init__(
        self, window: Window, theme: Theme, text_scale: float, hints: QStyleHints | None = None
    ) -> None:
        self._window = window
        self.theme = theme
        self.text_scale = text_scale
        self._hints = QGuiApplication.styleHints() if hints is None else hints
        self._hints.colorSchemeChanged.connect(self._on_hints_color_scheme_changed)
        self._dress()

    def close(self) -> None:
        """Stop listening to the system."""
        self._hints.colorSchemeChanged.disconnect(self._on_hints_color_scheme_changed)

    def choose_theme(self, theme: Theme) -> None:
        """Take other colours, or those of the system."""
        self.theme = theme
        self._dress()

    def step_text(self, steps: int) -> None:
        """Make the text larger or smaller; 0 for the usual size."""
        wanted = self.text_scale + _STEP * steps if steps else 1.0
        wanted = min(max(round(wanted, 1), SMALLEST_SCALE), LARGEST_SCALE)
        if wanted != self.text_scale:
            self.text_scale = wanted
            self._dress()

    @property
    def palette(self) -> Palette:
        """The colours in force: night if the system doesn't say."""
        if self.theme is Theme.SYSTEM:
            return DAY if self._hints.colorScheme() is Qt.ColorScheme.Light else NIGHT
        return DAY if self.theme is Theme.DAY else NIGHT

    def _dress(self) -> None:
        self._window.show_style(self.palette, self.text_scale)
        self._window.show_theme(self.theme)

    def _on_hints_color_scheme_changed(self) -> None:
        if self.theme is Theme.SYSTEM:
            self._dress()
