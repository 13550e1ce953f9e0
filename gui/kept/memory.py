"""The memory of the last window, with which the next one begins."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from experiments import (
    ParameterError,
    Parameters,
    PresetError,
    check_openings,
    check_size,
    find_preset,
)
from experiments.commands.starts import Start
from gui.kept.settings import Settings
from gui.models.drawing import Drawing
from gui.models.first_start import FIRST_PRESET, first_look
from gui.models.look import Look, Theme
from gui.models.recording import RecordingChoice
from gui.models.stroke_shape import StrokeShape


class Memory:
    """Fills in what wasn't asked for with what was last used.

    Parameters
    ----------
    settings
        What is remembered.
    is_first_start
        Whether nothing is, and nothing was asked for: then the window tells its story.
    """

    def __init__(self, settings: Settings, *, is_first_start: bool = False) -> None:
        self._settings = settings
        self._is_first_start = is_first_start

    def look(self, asked: Look) -> Look:
        """What the window looked like last time, where nothing else is asked for."""
        settings = self._settings
        theme = Theme(settings.theme) if asked.theme is None else asked.theme
        is_calm = asked.is_calm or settings.is_calm
        drawing = Drawing(settings.drawing) if asked.drawing is None else asked.drawing
        look = dataclasses.replace(
            asked,
            theme=theme,
            is_calm=is_calm,
            drawing=drawing,
            text_scale=settings.text_scale,
            brush_width=settings.brush_width,
            shape=StrokeShape(settings.shape),
        )
        return first_look(look) if self._is_first_start else look

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
        source = FIRST_PRESET if self._is_first_start else self._settings.preset
        if not asked.is_plain or not source:
            return asked
        try:
            preset = find_preset(source)
            parameters = Parameters(**preset.values)
            check_size(parameters, asked.population)
            check_openings(preset.opening, parameters.side)
        except (PresetError, ParameterError):
            return asked  # it is gone, or damaged: as if there had been none
        return dataclasses.replace(
            asked, parameters=parameters, opening=preset.opening, preset=preset, source=source
        )
