"""The mouse wheel: how far it was turned, for all kinds of mice and touchpads."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent

_UNITS_PER_STEP: Final = 120
"""Eighths of a degree of one notch, as all systems count; a touchpad sends a few at a time,
and some send pixels alone, of which about as many scroll as far as a notch does."""


def turned(event: QWheelEvent) -> tuple[float, float]:
    """Steps sideways and away from the user, or parts of one, that an event turns the wheel on.

    What a touchpad still sends after the fingers have left it is ignored.
    """
    x, y = _units(event).toTuple()
    return x / _UNITS_PER_STEP, y / _UNITS_PER_STEP


def _units(event: QWheelEvent) -> QPoint:
    if event.phase() is Qt.ScrollPhase.ScrollMomentum:
        return QPoint()
    angle = event.angleDelta()
    return event.pixelDelta() if angle.isNull() else angle


class WheelSteps:
    """Adds up turns of the wheel and gives whole steps; the rest waits for more."""

    def __init__(self) -> None:
        self._turned = 0

    def take(self, event: QWheelEvent) -> int:
        """Steps that an event completes, away from the user counting up; mostly none."""
        if event.phase() in (Qt.ScrollPhase.ScrollMomentum, Qt.ScrollPhase.ScrollBegin):
            self._turned = 0
        units = _units(event).y()
        if units * self._turned < 0:  # the other way: at once, not after what was left over
            self._turned = 0
        self._turned += units
        steps = int(self._turned / _UNITS_PER_STEP)
        self._turned -= steps * _UNITS_PER_STEP
        return steps
