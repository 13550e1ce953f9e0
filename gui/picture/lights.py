"""Fireflies as lights: soft, round, with a glow that reaches over their cells and adds up.

Light is added up in whole numbers: fast, and the same each time. A light is
the sum of two bells, a core and a halo. A bell is a product of one along the row and one along
the column; so each row of cells is spread along the row first, and then, for each
place that a pixel can have within its cell, all rows of pixels with that place are made at once.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.picture.cells import FAILED_LEVEL, Cells, Shape, for_screen
from gui.picture.colour_table import packed_table
from gui.picture.scratch import Scratch
from gui.picture.theme import LIGHT_STOPS

_CORE: Final = 0.23
_HALO: Final = 0.8
"""Widths (standard deviations) of the two bells, in cells."""

_REACH: Final = 1.5
"""Cells from the middle of a light to where its halo ends: no pixel sees farther than that."""

_HALO_SHARE: Final = 0.20
"""Of the halo in the light at the middle of its cell, where the core gives 1."""

_RESTING: Final = 9
"""Amount of light of a firefly at rest, of 255: a meadow, not a void."""

_ONE: Final = 142
"""What stands for 1 in a bell; the sum of all lights stays below 2**16, see the tests."""

_ROW_SHIFT: Final = 7
_SUM_SHIFT: Final = 6

_FULL: Final = (255 * _ONE >> _ROW_SHIFT) * _ONE >> _SUM_SHIFT
"""The sum at the middle of a lone flash, by its core alone."""

_MOST_PLACES: Final = 128
"""Places within a cell that are told apart; beyond that many pixels, pixels share one."""

_NEIGHBOURS: Final = (-1, 0, 1)
_LAST: Final = len(_NEIGHBOURS) - 1


@dataclass(frozen=True, slots=True)
class Axis:
    """Where the pixels along one edge of a picture lie on the grid.

    Attributes
    ----------
    cells
        The cell of each pixel.
    places
        Where it lies within that, from -0.5 to 0.5.
    """

    cells: NDArray[np.intp]
    places: NDArray[np.float64]

    @classmethod
    def of(cls, first: float, cell: float, n_pixels: int, side: int) -> Axis:
        """Pixels of `1 / cell` cells each, the first of which begins at `first` cells."""
        at = first + (np.arange(n_pixels) + 0.5) / cell
        cells = np.clip(np.floor(at), 0, side - 1).astype(np.intp)
        return cls(cells, at - cells - 0.5)


def _bell(places: NDArray[np.float64], width: float, height: float) -> NDArray[np.uint16]:
    """How much of a neighbour's light, the own cell among them, comes to places; ``(3, n)``."""
    away = places[None, :] - np.array(_NEIGHBOURS)[:, None]
    weights: NDArray[np.float64] = np.exp(-(away**2) / (2.0 * width * width))
    weights *= np.clip(1.0 - (away / _REACH) ** 2, 0.0, 1.0) ** 2  # it fades, and has no edge
    return np.rint(_ONE * height * weights).astype(np.uint16)


class LightPlan:
    """What of a picture depends on where its pixels are, and not on what shows.

    Parameters
    ----------
    columns, rows
        The pixels of a row, and the rows.
    cell
        Pixels a cell.
    is_for_screen
        Whether pixels are in the order that screens have.
    """

    def __init__(
        self, columns: Axis, rows: Axis, cell: float, *, is_for_screen: bool = False
    ) -> None:
        table = _light_table()
        self._table = for_screen(table) if is_for_screen else table
        self._scratch = Scratch()
        self._left, self._right = int(columns.cells[0]), int(columns.cells[-1]) + 1
        self._top, self._bottom = int(rows.cells[0]), int(rows.cells[-1]) + 1
        self._columns = columns.cells - self._left
        height = math.sqrt(_HALO_SHARE)
        n_places = min(_MOST_PLACES, math.ceil(cell))
        middles = (np.arange(n_places) + 0.5) / n_places - 0.5
        kinds = ((_CORE, 1.0), (_HALO, height))
        self._along = [_bell(columns.places, *kind) for kind in kinds]
        self._across = [_bell(middles, *kind) for kind in kinds]
        place = np.clip(((rows.places + 0.5) * n_places).astype(np.intp), 0, n_places - 1)
        own = rows.cells - self._top
        self._rows = [(at := np.flatnonzero(place == k), own[at]) for k in range(n_places)]
        every = np.arange(self._bottom - self._top)
        self._is_every = [np.array_equal(which, every) for _, which in self._rows]
        self._discs = [_disc(columns.places, middle, cell) for middle in middles]
        self.shape = (len(rows.cells), len(columns.cells))

    def draw(self, cells: Cells, out: NDArray[np.uint32]) -> None:
        """Draw into packed RGBA of :attr:`shape`."""
        levels = cells.levels[self._top : self._bottom, :]
        if cells.shape is Shape.LIGHT:
            self._draw_light(cells.levels, out)
            failed = levels == FAILED_LEVEL
            if failed.any():
                self._draw_failed(failed, cells.colours[FAILED_LEVEL], out)
        else:
            self._draw_discs(levels, cells.colours, out)

    def _draw_light(self, levels: NDArray[np.uint16], out: NDArray[np.uint32]) -> None:
        spread = self._spread(self._amounts(levels))
        n_rows, n_places = self._bottom - self._top, len(self._rows)
        shape = (n_rows, self.shape[1])
        product = self._scratch.array("product", spread[0].shape, np.uint16)
        light = self._scratch.array("light", (2, *shape), np.uint16)
        # What an index is made of in the end, so that nothing has to be turned into it.
        index = self._scratch.array("index", shape, np.intp)
        packed = self._scratch.array("packed", shape, np.uint32)
        for k in range((n_places + 1) // 2):
            # As much comes from above to a place as from below to the one that mirrors it.
            light[...] = 0
            for source, across in zip(spread, self._across, strict=True):
                for j in range(len(_NEIGHBOURS)):
                    if weight := across[j, k]:
                        np.multiply(source, weight, out=product)
                        light[0] += product[j : j + n_rows]
                        light[1] += product[_LAST - j : _LAST - j + n_rows]
            for place, lit in zip((k, n_places - 1 - k), light, strict=True):
                at, own = self._rows[place]
                np.right_shift(lit, _SUM_SHIFT, out=index)
                np.take(self._table, index, out=packed, mode="clip")
                out[at] = packed if self._is_every[place] else packed[own]

    def _amounts(self, levels: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Light of the cells that show and of one around them; darkness beyond the grid."""
        side = len(levels)
        top, left = self._top - 1, self._left - 1
        bottom, right = self._bottom + 1, self._right + 1
        inside = levels[max(top, 0) : bottom, max(left, 0) : right]
        edge = ((max(0, -top), max(0, bottom - side)), (max(0, -left), max(0, right - side)))
        return np.pad(_AMOUNTS[inside], edge)

    def _spread(self, amounts: NDArray[np.uint16]) -> list[NDArray[np.uint16]]:
        """The light of each row of cells along the row, by each of the two bells."""
        shape = (len(amounts), len(self._columns))
        product = self._scratch.array("product", shape, np.uint16)
        near = self._scratch.array("near", (len(_NEIGHBOURS), *shape), np.uint16)
        for j in range(len(_NEIGHBOURS)):
            np.take(amounts, self._columns + j, axis=1, out=near[j], mode="clip")
        spread = []
        for k, along in enumerate(self._along):
            light = self._scratch.array(f"spread {k}", shape, np.uint16)
            np.multiply(near[0], along[0], out=light)
            for cells, weights in zip(near[1:], along[1:], strict=True):
                light += np.multiply(cells, weights, out=product)
            light >>= _ROW_SHIFT
            spread.append(light)
        return spread

    def _draw_discs(
        self, levels: NDArray[np.uint16], colours: NDArray[np.uint32], out: NDArray[np.uint32]
    ) -> None:
        table = _disc_table(colours.tobytes(), int(self._table[0]))
        wide = np.take(levels, self._columns + self._left, axis=1) << _DISC_BITS
        packed = np.empty(wide.shape, np.uint32)
        for (at, own), disc in zip(self._rows, self._discs, strict=True):
            if len(at):
                np.take(table, wide + disc, out=packed, mode="clip")
                out[at] = packed[own]

    def _draw_failed(
        self, failed: NDArray[np.bool_], colour: np.uint32, out: NDArray[np.uint32]
    ) -> None:
        wide = np.take(failed, self._columns + self._left, axis=1)
        for (at, own), disc in zip(self._rows, self._discs, strict=True):
            if len(at):
                rows = out[at]
                rows[wide[own] & (disc >= _DISC_FULL // 2)] = colour
                out[at] = rows


_DISC_BITS: Final = 4
_DISC_FULL: Final = (1 << _DISC_BITS) - 1
_DISC_RADIUS: Final = 0.46


def _disc(columns: NDArray[np.float64], row: float, cell: float) -> NDArray[np.uint16]:
    """How much of each pixel of a row lies within the disc of its cell, from 0 to 15."""
    inside = (_DISC_RADIUS - np.hypot(columns, row)) * cell + 0.5
    return np.rint(np.clip(inside, 0.0, 1.0) * _DISC_FULL).astype(np.uint16)


@functools.lru_cache(maxsize=8)
def _disc_table(colours: bytes, night_colour: int) -> NDArray[np.uint32]:
    """Packed colours of each level on a packed night, for each share of a pixel."""
    rgba = np.frombuffer(colours, dtype=np.uint8).reshape(-1, 1, 4).astype(np.float64)
    night = np.array([night_colour], dtype=np.uint32).view(np.uint8).astype(np.float64)
    share = (np.arange(_DISC_FULL + 1) / _DISC_FULL)[None, :, None]
    mixed = np.rint(night + share * (rgba - night)).astype(np.uint8)
    return np.ascontiguousarray(mixed).view(np.uint32).reshape(-1)


@functools.cache
def _light_table() -> NDArray[np.uint32]:
    """Packed colours by amount of light; beyond that of one flash they stay as they are."""
    table = packed_table(LIGHT_STOPS)
    light = np.arange(1024) / _FULL
    return table[np.minimum(255.0 * light**0.75, 255.0).astype(np.intp)]


_AMOUNTS: Final = np.append(
    np.rint(_RESTING + (255 - _RESTING) * np.arange(256) / 255.0), _RESTING
).astype(np.uint16)
"""Light by level; a failed firefly, which has a colour of its own, gives that of one at rest."""
