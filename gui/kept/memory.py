"""What is remembered from the last window, brought back to the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from PySide6.QtCore import QSize, Qt

from experiments import (
    ParameterError,
    Parameters,
    PresetError,
    check_openings,
    check_workflow_side,
    find_preset,
)
from experiments.commands.command_line import Start
from gui.controls.screen_room import size_on_screen
from gui.kept.settings import Settings
from gui.models.look import Look, Theme
from gui.models.panels import PanelName
from gui.models.recording import RecordingChoice
from gui.picture.theme import SIZES
from gui.views.window import Window


class Memory:
    """Fills in what nobody asked for from what was last time.

    Parameters
    ----------
    settings
        What is remembered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def look(self, asked: Look) -> Look:
        """What the window looked like last time, where nothing else is asked for."""
        settings = self._settings
        theme = Theme(settings.theme) if asked.theme is None else asked.theme
        is_calm = asked.is_calm or settings.is_calm
        return dataclasses.replace(
            asked, theme=theme, is_calm=is_calm, text_scale=settings.text_scale
        )

    @property
    def recording(self) -> RecordingChoice:
        """How recordings were made last time."""
        return self._settings.recording

    @property
    def folders(self) -> Mapping[str, str]:
        """Where files of each kind were last time."""
        return self._settings.folders

    def start(self, asked: Start) -> Start:
        """The last preset, if nothing else is asked for and it can still be had."""
        source = self._settings.preset
        if not asked.is_plain or not source:
            return asked
        try:
            preset = find_preset(source)
            parameters = Parameters(**preset.values)
            check_workflow_side(parameters.side)
            check_openings(preset.opening, parameters.side)
        except (PresetError, ParameterError):
            return asked  # it is gone, or damaged: as if there had been none
        return Start(parameters, preset.opening, preset, source)

    def bring_back(self, window: Window, panels: Collection[PanelName] | None) -> None:
        """Give a window its size, and its panels their places, all of it on the screen.

        Parameters
        ----------
        window
            The window.
        panels
            Those asked for; None: the ones of last time.
        """
        settings = self._settings
        wanted = QSize(settings.width or SIZES.window_width, settings.height or SIZES.window_height)
        window.resize(size_on_screen(window, wanted))
        if settings.arrangement:
            window.workbench.arrange(settings.arrangement)
        if panels is not None:
            window.workbench.show_panels(panels)
        if settings.is_maximized:
            window.setWindowState(Qt.WindowState.WindowMaximized)
