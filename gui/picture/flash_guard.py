"""The flash guard: the picture as a whole never flashes more than three times a second.

A flash is defined as in WCAG 2.3.1: a pair of opposing changes of relative luminance by a
tenth of its range. The frame buffer evens out what
regularly flashes too fast, from virtual time alone. This is the net below it, on
the wall clock, for all that no rule foresees: clusters that take turns, a swarm
that catches up after a stall, someone who hammers the step key or resets at will.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SWING: Final = 0.08
"""Change of relative luminance that counts; WCAG's tenth, with a margin."""

MOST_CHANGES: Final = 6
"""Opposing changes allowed in any second: three up, three down."""

MOST_CHANGES_CALM: Final = 2
"""The same when calm is on: one up, one down."""

WINDOW_S: Final = 1.0

_EVENED_FOR_S: Final = 2.0
_EVENED_DEPTH: Final = 0.08
_CENTRE_FOLLOWS_S: Final = 1.5
_LEVELS: Final = np.arange(256, dtype=np.float64)
_BISECTIONS: Final = 8
_SHARES_TRIED: Final = 9


class SwingCounter:
    """Counts opposing changes of a level within the last second."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()
        self._direction = 0
        self._lowest = self._highest = 0.0
        self._has_begun = False

    def see(self, wall: float, level: float) -> None:
        """Take in the level shown from `wall` seconds on."""
        if not self._has_begun:
            self._has_begun = True
            self._lowest = self._highest = level
        goes_on = level > self._highest if self._direction > 0 else level < self._lowest
        if self._direction and goes_on:
            self._move_last(wall)
        self._lowest = min(self._lowest, level)
        self._highest = max(self._highest, level)
        if self._direction <= 0 and level - self._lowest >= SWING:
            self._turn(wall, 1, level)
        elif self._direction >= 0 and self._highest - level >= SWING:
            self._turn(wall, -1, level)

    def _turn(self, wall: float, direction: int, level: float) -> None:
        self._direction = direction
        self._lowest = self._highest = level
        self._moments.append(wall)

    def _move_last(self, wall: float) -> None:
        """A change that goes on counts from its end, by whatever measure it counts."""
        if self._moments:
            self._moments.pop()
        self._moments.append(wall)

    def recent(self, wall: float) -> int:
        """Opposing changes in the second up to `wall`."""
        while self._moments and self._moments[0] <= wall - WINDOW_S:
            self._moments.popleft()
        return len(self._moments)

    def bounds(self) -> tuple[float, float]:
        """Lowest and highest level that would not be another opposing change."""
        margin = SWING * 0.999
        return (
            self._highest - margin if self._direction >= 0 else 0.0,
            self._lowest + margin if self._direction <= 0 else 1.0,
        )


@dataclass(frozen=True, slots=True)
class Tempering:
    """What the guard makes of a picture.

    Attributes
    ----------
    remap
        Level to show for each level of the picture, shape ``(256,)``; None if each stays.
    luminance
        Mean relative luminance shown.
    is_evened, is_held_back
        Whether contrast was taken away for a while; whether a swing was stopped.
    """

    remap: NDArray[np.intp] | None
    luminance: float
    is_evened: bool
    is_held_back: bool


class FlashGuard:
    """Remembers the last second of pictures, and tempers the next one if necessary.

    Attributes
    ----------
    most_changes
        Opposing changes allowed in any second.
    """

    def __init__(self) -> None:
        self.most_changes = MOST_CHANGES
        self._asked = SwingCounter()
        self._shown = SwingCounter()
        self._evened_until = float("-inf")
        self._centre = 0.0
        self._wall = float("-inf")

    def judge(
        self, wall: float, share: NDArray[np.float64], luminance: NDArray[np.float64]
    ) -> Tempering:
        """Decide how a picture may be shown at `wall`, and note that it is.

        Parameters
        ----------
        wall
            Wall time, seconds, never going back.
        share
            How much of the picture has each level, shape ``(256,)``; 1 in all.
        luminance
            Relative luminance of each level, shape ``(256,)``.
        """
        self._asked.see(wall, float(share @ luminance))
        if self._asked.recent(wall) > self.most_changes:
            self._evened_until = wall + _EVENED_FOR_S
        is_evened = wall < self._evened_until
        self._follow(wall, float(share @ _LEVELS), is_evened)
        levels = _towards(self._centre, 1.0 - _EVENED_DEPTH) if is_evened else _LEVELS
        held_back = self._hold_back(wall, levels, share, luminance)
        remap = np.rint(levels if held_back is None else held_back).astype(np.intp)
        shown = float(share @ luminance[remap])
        self._shown.see(wall, shown)
        stays = not is_evened and held_back is None
        return Tempering(None if stays else remap, shown, is_evened, held_back is not None)

    def allow(
        self, wall: float, asked: float, luminance_at: Callable[[float], float]
    ) -> float | None:
        """The share of its contrast with which a picture in other colours may be shown at `wall`.

        Parameters
        ----------
        wall
            Wall time, seconds, never going back.
        asked
            Its mean relative luminance.
        luminance_at
            That luminance when its contrast is drawn down to a share in [0, 1].

        Returns
        -------
        float or None
            The share; None if the picture shown before has to stay.
        """
        self._asked.see(wall, asked)
        if self._asked.recent(wall) > self.most_changes:
            self._evened_until = wall + _EVENED_FOR_S
        share = _EVENED_DEPTH if wall < self._evened_until else 1.0
        if self._shown.recent(wall) >= self.most_changes:
            lowest, highest = self._shown.bounds()
            shares = share * np.linspace(1.0, 0.0, _SHARES_TRIED)
            fitting = (s for s in shares if lowest <= luminance_at(float(s)) <= highest)
            found = next(fitting, None)
            if found is None:
                return None
            share = float(found)
        self._shown.see(wall, luminance_at(share))
        return share

    def _follow(self, wall: float, mean_level: float, is_evened: bool) -> None:
        """Let the centre follow the mean level: at once while calm, slowly while evened."""
        step = 1.0
        if is_evened:
            step = min(1.0, max(0.0, wall - self._wall) / _CENTRE_FOLLOWS_S)
        self._centre += step * (mean_level - self._centre)
        self._wall = wall

    def _hold_back(
        self,
        wall: float,
        levels: NDArray[np.float64],
        share: NDArray[np.float64],
        luminance: NDArray[np.float64],
    ) -> NDArray[np.float64] | None:
        """The levels drawn so far together that no change too many happens, or None."""
        if self._shown.recent(wall) < self.most_changes:
            return None
        lowest, highest = self._shown.bounds()

        def shown(drawn: NDArray[np.float64]) -> float:
            return float(share @ luminance[np.rint(drawn).astype(np.intp)])

        if lowest <= shown(levels) <= highest:
            return None
        wanted = lowest if shown(levels) < lowest else highest
        goal = float(np.searchsorted(luminance, wanted))
        if luminance[min(int(goal), 255)] > highest:
            goal -= 1.0
        too_little, enough = 0.0, 1.0
        for _ in range(_BISECTIONS):
            pull = (too_little + enough) / 2
            if lowest <= shown(levels + pull * (goal - levels)) <= highest:
                enough = pull
            else:
                too_little = pull
        return levels + enough * (goal - levels)


def _towards(centre: float, pull: float) -> NDArray[np.float64]:
    """All levels drawn towards `centre`; `pull` 0 leaves them, 1 makes them one."""
    return _LEVELS + pull * (centre - _LEVELS)
