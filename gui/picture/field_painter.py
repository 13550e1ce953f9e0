"""The field painter: it draws a number for each firefly in the colours of a table, without Qt.

Flashes are limited as for the glow, by two safety nets: colours that would change too
fast at the speed asked are drawn towards the table's mean colour, and a guard on the
wall clock stops any other swing of the picture as a whole.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Instant, is_compiled
from gui.models.colouring import phase_values
from gui.picture import crowd_kernel
from gui.picture.cells import Cells, Shape
from gui.picture.colour_table import linear_from_srgb, relative_luminance, srgb_from_linear
from gui.picture.flash_guard import FlashGuard
from gui.picture.frame_buffer import CALM_RATE_HZ, EVENED_DEPTH, EVENED_RATE_HZ, Frame

_DEPTHS: Final = 33

CALM_CONTRAST: Final = 0.5
"""How far the colours of the other views lie from their mean when calm is on."""


class CalmTable:
    """A table of 256 colours, and the same drawn towards its mean colour.

    Parameters
    ----------
    table
        RGBA, shape ``(256, 4)``, uint8, opaque.
    """

    def __init__(self, table: NDArray[np.uint8]) -> None:
        light = linear_from_srgb(table[:, :3] / 255.0)
        mean = light.mean(axis=0)
        self._tables = []
        for depth in np.linspace(0.0, 1.0, _DEPTHS):
            drawn = np.full((256, 4), 255, dtype=np.uint8)
            drawn[:, :3] = np.rint(srgb_from_linear(mean + depth * (light - mean)) * 255.0)
            self._tables.append(drawn)
        self._luminances = [relative_luminance(drawn) for drawn in self._tables]

    def at(self, depth: float) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
        """Packed colours and their luminance at a depth of contrast in [0, 1]."""
        k = int(depth * (_DEPTHS - 1))
        return self._tables[k].view(np.uint32)[:, 0], self._luminances[k]

    def colours(self, depth: float) -> NDArray[np.uint8]:
        """RGBA at a depth of contrast in [0, 1], shape ``(256, 4)``."""
        return self._tables[int(depth * (_DEPTHS - 1))]

    def luminance(self, depth: float, share: NDArray[np.float64]) -> float:
        """Mean luminance of a picture in which each colour has this share."""
        return float(share @ self.at(depth)[1])


class FieldPainter:
    """Makes pictures of one swarm in any table.

    Parameters
    ----------
    side
        Fireflies along each edge.
    guard
        Watches over the brightness of the whole; keeps its memory over views.
    """

    def __init__(self, side: int, guard: FlashGuard) -> None:
        self._guard = guard
        self._buffers = [np.zeros((side, side), dtype=np.uint16) for _ in range(2)]

    def render(
        self,
        values: NDArray[np.float64],
        table: CalmTable,
        rate_hz: float,
        wall: float,
        contrast: float = 1.0,
    ) -> Frame | None:
        """The picture of `values`; None if the last one has to stay for now.

        Parameters
        ----------
        values
            By id, shape ``(n,)``, in [0, 1].
        table
            Their colours.
        rate_hz
            How often a firefly goes through the table, by the wall clock.
        wall
            Wall time in seconds, for the flash guard alone.
        contrast
            How far colours may lie from their mean, in (0, 1].
        """
        levels = self._next_levels()
        levels[:] = np.minimum(values * 256.0, 255.0)
        share = np.bincount(levels, minlength=256) / len(levels)
        return self._frame(share, table, rate_hz, wall, contrast, is_cyclic=False)

    def render_phases(
        self, instant: Instant, table: CalmTable, rate_hz: float, wall: float, contrast: float = 1.0
    ) -> Frame | None:
        """The picture of how far each firefly is through its cycle: see :meth:`render`."""
        levels = self._next_levels()
        if is_compiled(crowd_kernel):
            counts = np.zeros((crowd_kernel.N_LANES, 256), dtype=np.int64)
            periods = np.array(instant.periods, ndmin=1)
            stride = int(len(periods) > 1)
            crowd_kernel.phase_levels(instant.zero, instant.t, periods, stride, levels, counts)
            share = counts.sum(axis=0) / len(levels)
        else:
            values = phase_values(instant.fractions, 1.0)
            levels[:] = np.minimum(values * 256.0, 255.0)
            share = np.bincount(levels, minlength=256) / len(levels)
        return self._frame(share, table, rate_hz, wall, contrast, is_cyclic=True)

    def _next_levels(self) -> NDArray[np.uint16]:
        """Where the levels of the next picture go, shape ``(n,)``."""
        return self._buffers[1].reshape(-1)

    def _frame(
        self,
        share: NDArray[np.float64],
        table: CalmTable,
        rate_hz: float,
        wall: float,
        contrast: float,
        *,
        is_cyclic: bool,
    ) -> Frame | None:
        excess = (rate_hz - CALM_RATE_HZ) / (EVENED_RATE_HZ - CALM_RATE_HZ)
        depth = float(np.clip(1.0 - (1.0 - EVENED_DEPTH) * excess, EVENED_DEPTH, 1.0))
        is_evened = depth < 1.0
        depth *= contrast
        asked = table.luminance(depth, share)
        allowed = self._guard.allow(wall, asked, lambda d: table.luminance(d * depth, share))
        if allowed is None:
            return None
        colours, luminance = table.at(allowed * depth)
        self._buffers.reverse()
        return Frame(
            cells=Cells(self._buffers[0], colours, Shape.DISC, is_cyclic=is_cyclic),
            luminance=float(share @ luminance),
            is_evened=is_evened or allowed < 1.0,
            is_held_back=allowed < 1.0,
        )
