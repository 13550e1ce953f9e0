"""The preset shown: the one that a run began with, and what has been changed since."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters, status_after
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.place import Beginning
from gui.models.preset_words import preset_words


class PresetShown:
    """Once a frame: says of the preset what is true now.

    Parameters
    ----------
    intent
        Knows whether another one is wanted.
    current
        Knows what the run began with.
    screen
        Where it shows.
    """

    def __init__(self, intent: Intent, current: CurrentRun, screen: Screen) -> None:
        self._intent = intent
        self._current = current
        self._screen = screen
        self._beginning: Beginning | None = None
        self._parameters: Parameters | None = None
        self._is_painted = False

    def forget(self) -> None:
        """Something else may show by now."""
        self._beginning = self._parameters = None
        self._is_painted = False

    def note_status(self, status: NDArray[np.uint8], side: int) -> None:
        """Fireflies may be something else than they were; flags by id, shape ``(n,)``."""
        first = status_after(self._current.beginning.first, side)
        is_painted = bool((status != first).any())
        if is_painted is not self._is_painted:
            self.forget()
            self._is_painted = is_painted

    def show(self, parameters: Parameters) -> None:
        """Show it, if it has changed."""
        beginning = self._current.beginning
        if self._intent.restart is not None:  # what shows by now is what comes
            self.forget()
        elif (beginning, parameters) != (self._beginning, self._parameters):
            self._beginning, self._parameters = beginning, parameters
            words = preset_words(beginning, parameters, is_painted=self._is_painted)
            preset = beginning.preset
            self._screen.show_preset(*words, "" if preset is None else preset.description)
