"""The frame buffer: it takes flashes and gives pictures, without Qt.

A firefly's brightness is a pure function of virtual time and of the flashes so
far, so that paused pictures stand still and renderings repeat. The one thing
that looks at the wall clock is the flash guard, which comes last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import is_compiled
from gui.picture import crowd_kernel
from gui.picture.cells import Cells, Shape
from gui.picture.colour_table import relative_luminance
from gui.picture.flash_guard import FlashGuard
from gui.picture.glow import FLASH, Glow
from gui.picture.scratch import Scratch

CALM_RATE_HZ: Final = 2.5
"""Flashes per second of wall time up to which a firefly glows fully."""

EVENED_RATE_HZ: Final = 3.0
"""Flashes per second of wall time from which its glow is evened out."""

EVENED_DEPTH: Final = 0.08
"""Share of the difference between light and dark that remains then."""

_SIZEABLE_SHARE: Final = 0.1
_SHORTEST_CYCLE_S: Final = 1e-9  # made to flash twice at one instant, a firefly has none


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    Attributes
    ----------
    cells
        Its levels stay as they are until the frame after the next is rendered: there are two
        buffers.
    luminance
        Mean relative luminance of the picture, in [0, 1].
    is_evened
        Whether a sizeable part of the glow was evened out.
    is_held_back
        Whether the guard stopped a swing, so that the picture is due again later.
    """

    cells: Cells
    luminance: float
    is_evened: bool
    is_held_back: bool


class FrameBuffer:
    """The last flash of every firefly, and the picture it makes at any time.

    Parameters
    ----------
    side
        Fireflies along each edge.
    colours
        RGBA from dark to flash, shape ``(256, 4)``, uint8.
    guard
        Watches over the brightness of the whole; keeps its memory over restarts.
    """

    def __init__(self, side: int, colours: NDArray[np.uint8], guard: FlashGuard) -> None:
        n = side * side
        self._packed_colours = np.ascontiguousarray(colours).view(np.uint32)[:, 0]
        self._luminance = relative_luminance(colours)
        self._guard = guard
        self._last = np.full(n, -math.inf)
        self._interval = np.full(n, math.inf)
        self._shortest_interval = math.inf
        self._scratch = Scratch()
        self._buffers = [np.zeros((side, side), dtype=np.uint16) for _ in range(2)]

    def note(self, times: NDArray[np.float64], ids: NDArray[np.uint32]) -> None:
        """Take in flashes, in order; times in seconds of virtual time, both ``(m,)``."""
        if not len(times):
            return
        if is_compiled(crowd_kernel):
            shortest = crowd_kernel.note_flashes(times, ids, self._last, self._interval)
        else:
            shortest = _note_flashes(times, ids, self._last, self._interval)
        self._shortest_interval = min(self._shortest_interval, shortest)

    def memory(self) -> NDArray[np.float64]:
        """Last flashes and the times between the last two, seconds; shape ``(2, n)``, a copy."""
        return np.stack([self._last, self._interval])

    def recall(self, memory: NDArray[np.float64]) -> None:
        """Go back to what :meth:`memory` gave."""
        self._last[:], self._interval[:] = memory
        self._shortest_interval = float(self._interval.min())

    def last_flash(self, firefly: int) -> float:
        """When it flashed last, seconds of virtual time; -inf if it has not yet."""
        return float(self._last[firefly])

    def flashes_per_s(self, display_speed: float, period: float) -> float:
        """How often a firefly flashes in a second of wall time, on average.

        Where it is so seldom that nobody's glow has to be evened out, it counts as never.
        """
        if not self._is_fast(display_speed, period):
            return 0.0
        cycles = np.clip(self._interval, _SHORTEST_CYCLE_S, period)
        return display_speed * float(np.mean(1.0 / cycles))

    def render(
        self,
        now: float,
        glow_s: float,
        period: float,
        display_speed: float,
        wall: float,
        glow: Glow = FLASH,
    ) -> Frame:
        """The picture at virtual time `now`.

        Parameters
        ----------
        now, glow_s, period
            Seconds of virtual time: the present, how long a flash glows, and
            the longest a cycle can take.
        display_speed
            Virtual seconds shown per second of wall time.
        wall
            Wall time in seconds, for the flash guard alone.
        glow
            How the glow comes and goes.
        """
        self._buffers.reverse()
        levels = self._buffers[0].reshape(-1)
        share_evened = 0.0
        if glow is FLASH and not self._is_fast(display_speed, period):
            share = _flash_levels(self._last, now, 1.0 / glow_s, levels, self._scratch)
        else:
            brightness = self._glow(now, glow_s, glow)
            share_evened = self._even_out(brightness, now, glow_s, period, display_speed, glow)
            share = _as_levels(brightness, levels)
        verdict = self._guard.judge(wall, share, self._luminance)
        if verdict.remap is not None:
            np.take(verdict.remap.astype(np.uint16), levels, out=levels, mode="clip")
        return Frame(
            cells=Cells(self._buffers[0], self._packed_colours, Shape.LIGHT),
            luminance=verdict.luminance,
            is_evened=share_evened >= _SIZEABLE_SHARE or verdict.is_evened,
            is_held_back=verdict.is_held_back,
        )

    def _glow(self, now: float, glow_s: float, glow: Glow) -> NDArray[np.float64]:
        """Brightness of each firefly, shape ``(n,)``; those that don't glow have 0."""
        age = self._scratch.array("brightness", self._last.shape, np.float64)
        np.subtract(now, self._last, out=age)
        age *= 1.0 / glow_s
        return glow.brightness(age)

    def _is_fast(self, display_speed: float, period: float) -> bool:
        """Whether anybody flashes too fast to glow fully."""
        if display_speed <= CALM_RATE_HZ * min(self._shortest_interval, period):
            return False
        self._shortest_interval = float(self._interval.min())  # it may have been long ago
        return display_speed > CALM_RATE_HZ * min(self._shortest_interval, period)

    def _even_out(
        self,
        brightness: NDArray[np.float64],
        now: float,
        glow_s: float,
        period: float,
        display_speed: float,
        glow: Glow,
    ) -> float:
        """Draw fast fireflies towards their mean over a cycle; the share so treated."""
        if not self._is_fast(display_speed, period):
            return 0.0
        cycle = np.clip(self._interval, _SHORTEST_CYCLE_S, period)
        excess = (display_speed / cycle - CALM_RATE_HZ) / (EVENED_RATE_HZ - CALM_RATE_HZ)
        depth = np.clip(1.0 - (1.0 - EVENED_DEPTH) * excess, EVENED_DEPTH, 1.0)
        glowing = np.minimum(1.0, cycle / glow_s)
        mean = glow.total(glowing) * glow_s / cycle
        mean[now - self._last > 2.0 * cycle] = 0.0  # it has stopped, or never begun
        brightness -= mean
        brightness *= depth
        brightness += mean
        return float(np.count_nonzero(depth < 1.0)) / len(depth)


def _note_flashes(
    times: NDArray[np.float64],
    ids: NDArray[np.uint32],
    last: NDArray[np.float64],
    interval: NDArray[np.float64],
) -> float:
    """As :func:`gui.picture.crowd_kernel.note_flashes`."""
    order = np.argsort(ids, kind="stable")
    who, when = ids[order], times[order]
    before = last[who]
    again = who[1:] == who[:-1]
    before[1:][again] = when[:-1][again]
    between = when - before
    # Of several assignments to one firefly the last counts: its latest flash.
    interval[who] = between
    last[who] = when
    return float(between.min())


def _flash_levels(
    last: NDArray[np.float64],
    now: float,
    scale: float,
    levels: NDArray[np.uint16],
    scratch: Scratch,
) -> NDArray[np.float64]:
    """Levels of the glow of flashes; the share of fireflies with each."""
    if is_compiled(crowd_kernel):
        counts = np.zeros((crowd_kernel.N_LANES, 256), dtype=np.int64)
        crowd_kernel.glow_levels(last, now, scale, levels, counts)
        share: NDArray[np.float64] = counts.sum(axis=0) / len(last)
        return share
    age = scratch.array("brightness", last.shape, np.float64)
    np.subtract(now, last, out=age)
    age *= scale
    return _as_levels(FLASH.brightness(age), levels)


def _as_levels(brightness: NDArray[np.float64], levels: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Levels of brightness, which is overwritten; the share of fireflies with each."""
    np.multiply(brightness, 255.0, out=brightness)
    np.rint(brightness, out=brightness)
    levels[:] = brightness
    share: NDArray[np.float64] = np.bincount(levels, minlength=256) / len(levels)
    return share
