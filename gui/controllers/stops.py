"""Stops: times in which nothing could run, and the message about them."""

from __future__ import annotations

from gui.controllers.screen import Screen
from gui.system.awake_clock import AwakeClock


class Stops:
    """Says that the program was stopped, or the machine asleep, and that nothing is missing.

    Parameters
    ----------
    clock
        Knows for how long.
    screen
        Shows the message.
    """

    def __init__(self, clock: AwakeClock, screen: Screen) -> None:
        self._clock = clock
        self._screen = screen
        self._told_s = clock.stopped_s

    @property
    def wants_pictures(self) -> bool:
        """It takes none."""
        return False

    def take(self, wall: float) -> None:
        """Once a frame: say how long it was, if it was."""
        new = self._clock.stopped_s - self._told_s
        if new > 0.0:
            self._told_s = self._clock.stopped_s
            self._screen.show_toast(
                f"Stopped for {new:,.0f} s, the computer asleep or busy elsewhere: "
                "nothing is missing from the run"
            )
