"""Whole steps of the wheel, out of whatever mice and touchpads send."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

_UNITS_PER_STEP: Final = 120
"""Eighths of a degree of one notch, as all systems count; a touchpad sends a few at a time,
and some send pixels alone, of which about as many scroll as far as a notch does."""


class WheelSteps:
    """Adds up what is turned, and gives it in whole steps; what is left over waits for more."""

    def __init__(self) -> None:
        self._turned = 0

    def take(self, event: QWheelEvent) -> int:
        """Steps that an event completes, away from the user counting up; mostly none.

        What a touchpad goes on to send once the fingers have left it is nobody's wish.
        """
        if event.phase() is Qt.ScrollPhase.ScrollMomentum:
            self._turned = 0
            return 0
        if event.phase() is Qt.ScrollPhase.ScrollBegin:
            self._turned = 0
        turned = event.angleDelta().y() or event.pixelDelta().y()
        if turned * self._turned < 0:  # the other way: at once, not after what was left over
            self._turned = 0
        self._turned += turned
        steps = int(self._turned / _UNITS_PER_STEP)
        self._turned -= steps * _UNITS_PER_STEP
        return steps
