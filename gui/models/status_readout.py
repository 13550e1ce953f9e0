"""The status readout: what the status line says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from experiments import OBSERVABLES, Failure, Observable
from gui.models.scales import number_text

HELD_SHARE = 0.97
"""Speed held, as a share of the speed asked, below which the window says slower."""

LIMIT_WORDS: Final = "as fast as this computer can"
BUSY_WORDS: Final = "other programs keep this computer busy"
"""Why it runs slower than asked."""


def rate_words(flashes_per_s: float) -> str:
    """So many flashes a second, as a whole number of them."""
    words = f"{flashes_per_s:,.0f}"
    return f"{words} flash/s" if words == "1" else f"{words} flashes/s"


class Activity(Enum):
    """What the window is doing."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    AHEAD = "running ahead"


@dataclass(frozen=True, slots=True)
class StatusReadout:
    """A moment of the run, for the status line.

    Attributes
    ----------
    activity
        What the window is doing.
    t
        Virtual time, seconds.
    asked, held
        Speed asked and achieved lately; held is None until it is known.
    fps, flashes_per_s
        Of the last second of wall time, or None.
    dropped
        Pictures left out in that second.
    observed
        The observables at `t`, by name; empty before there are any.
    seed
        Of the run.
    population
        What computes the fireflies: "2,500 workflows on one engine".
    failures, latest_failure
        Workflows that failed; the last of them.
    is_replay
        Whether a run is repeated.
    is_starved
        Whether other programs hold the processor.
    advice
        What takes the time, if it runs slowly and that is known, and what helps.
    rules
        What the rules do that makes it slow wherever it runs, in a few words; else empty.
    """

    activity: Activity
    t: float
    asked: float
    held: float | None
    fps: float | None
    flashes_per_s: float | None
    observed: Mapping[str, float]
    seed: int
    population: str
    dropped: int = 0
    failures: int = 0
    latest_failure: Failure | None = None
    is_replay: bool = False
    is_starved: bool = False
    advice: str = ""
    rules: str = ""

    @property
    def is_slower(self) -> bool:
        """Whether it runs noticeably slower than asked."""
        if self.activity is not Activity.RUNNING or self.held is None or math.isinf(self.asked):
            return False
        return self.held < HELD_SHARE * self.asked

    @property
    def is_at_limit(self) -> bool:
        """Whether it could be faster, were this computer."""
        is_known = self.activity is Activity.RUNNING and self.held is not None
        return is_known and (self.is_slower or math.isinf(self.asked))

    def time_text(self) -> str:
        """Virtual time as hours, minutes, seconds and tenths, never ahead of it.

        Paused, when single flashes are looked at, to the millisecond.
        """
        digits = 3 if self.activity is Activity.PAUSED else 1
        seconds, fraction = divmod(math.floor(self.t * 10.0**digits + 1e-6), 10**digits)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        return f"t {hours:02d}:{minute:02d}:{second:02d}.{fraction:0{digits}d}"

    def speed_text(self) -> str:
        """The speed, and what holds it back if something does; or why there is none."""
        return f"replay, {self._speed_text()}" if self.is_replay else self._speed_text()

    def _speed_text(self) -> str:
        if self.activity is not Activity.RUNNING:
            return str(self.activity.value)
        is_endless = math.isinf(self.asked)
        if not is_endless and not self.is_slower:
            return f"{number_text(self.asked, 1)}x"
        busy = BUSY_WORDS if self.is_slower and self.is_starved else LIMIT_WORDS
        why = self.rules or busy
        return why if self.held is None else f"{why}: {_short(self.held)}x"

    def fps_text(self) -> str:
        """Pictures painted in the last second, and left out if any were."""
        if self.fps is None:
            return ""
        return f"{self.fps:.0f} fps" + (f", {self.dropped} dropped" if self.dropped else "")

    def flashes_text(self) -> str:
        """Flashes in the last second of wall time."""
        return "" if self.flashes_per_s is None else rate_words(self.flashes_per_s)

    def observed_text(self, name: str) -> str:
        """An observable; nothing if it isn't known."""
        each = OBSERVABLES.get(name)
        if name not in self.observed or not isinstance(each, Observable):
            return ""
        return each.text(self.observed[name])

    def state_text(self) -> str:
        """How many workflows have failed; nothing if none has."""
        if not self.failures:
            return ""
        noun = "workflow" if self.failures == 1 else "workflows"
        which = f": {self.latest_failure.workflow}" if self.latest_failure else ""
        return f"{self.failures:,} {noun} failed{which}"

    def failure_detail(self) -> str:
        """The last failure in full, or nothing."""
        if self.latest_failure is None:
            return ""
        error = self.latest_failure.error
        return f"{self.latest_failure.workflow}: {type(error).__name__}: {error}"


def _short(speed: float) -> str:
    if speed < 0.01:
        return "below 0.01"
    return f"{speed:.2f}" if speed < 10.0 else f"{speed:.1f}" if speed < 100.0 else f"{speed:.0f}"
