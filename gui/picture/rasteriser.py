"""The rasteriser: cells become pixels, as lights or tiles, of any part of the grid at any size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import is_compiled
from gui.picture import crowd_kernel
from gui.picture.cells import Cells, Shape, for_screen
from gui.picture.lights import Axis, LightPlan
from gui.picture.phase_means import mean_levels
from gui.picture.scratch import Scratch

LEAST_LIGHT: Final = 6.0
"""Pixels a cell from which fireflies can be lights; below all are tiles."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What part of the grid a picture shows, and how large.

    Attributes
    ----------
    x, y
        Where its upper left corner lies, in cells.
    columns, rows
        What it shows, in cells: nothing beyond the grid, but for parts of a pixel.
    width, height
        Of the picture, pixels.
    """

    x: float
    y: float
    columns: float
    rows: float
    width: int
    height: int

    @property
    def cell(self) -> float:
        """Pixels a cell, along a row."""
        return self.width / self.columns

    @classmethod
    def whole(cls, side: int, length: int) -> Extent:
        """All of a grid, in a square of `length` pixels."""
        return cls(0.0, 0.0, side, side, length, length)


class Rasteriser:
    """Draws pictures; what depends on their size alone is kept from one to the next.

    Parameters
    ----------
    is_for_screen
        Whether pixels are in the order that screens have, see
        :func:`~gui.picture.cells.for_screen`, rather than RGBA.
    """

    def __init__(self, *, is_for_screen: bool = False) -> None:
        self._is_for_screen = is_for_screen
        self._extent: Extent | None = None
        self._side = 0
        self._lights: LightPlan | None = None
        self._tiles: _TilePlan | None = None
        self._crowd: _CrowdPlan | None = None
        self._buffers: list[NDArray[np.uint32]] = []

    def draw(self, cells: Cells, extent: Extent) -> NDArray[np.uint8]:
        """The picture, shape ``(height, width, 4)``.

        It stays as it is until the one after the next is drawn: there are two buffers.
        """
        if (extent, cells.side) != (self._extent, self._side):
            self._extent, self._side = extent, cells.side
            self._lights = self._tiles = self._crowd = None
            self._buffers = [np.empty((extent.height, extent.width), np.uint32) for _ in range(2)]
        if self._is_for_screen:
            cells = replace(cells, colours=for_screen(cells.colours))
        self._buffers.reverse()
        out = self._buffers[0]
        if cells.shape is not Shape.TILE and extent.cell >= LEAST_LIGHT:
            self._lights = self._lights or LightPlan(
                *self._axes(extent), extent.cell, is_for_screen=self._is_for_screen
            )
            self._lights.draw(cells, out)
        elif cells.shape is Shape.LIGHT and extent.cell < 1.0:
            self._crowd = self._crowd or _CrowdPlan(extent, cells.side)
            self._crowd.draw(cells, out)
        else:
            self._tiles = self._tiles or _TilePlan(extent, cells.side)
            self._tiles.draw(cells, out)
        return out.view(np.uint8).reshape(extent.height, extent.width, 4)

    def _axes(self, extent: Extent) -> tuple[Axis, Axis]:
        return (
            Axis.of(extent.x, extent.cell, extent.width, self._side),
            Axis.of(extent.y, extent.height / extent.rows, extent.height, self._side),
        )


class _CrowdPlan:
    """More fireflies than pixels: each pixel is the brightest of its own, so that none is lost.

    Parameters
    ----------
    extent, side
        What part of a grid of which side.
    """

    def __init__(self, extent: Extent, side: int) -> None:
        self._scratch = Scratch()
        self._columns = _members(extent.x, extent.cell, extent.width, side)
        self._rows = _members(extent.y, extent.height / extent.rows, extent.height, side)

    def draw(self, cells: Cells, out: NDArray[np.uint32]) -> None:
        """Draw into packed RGBA."""
        if is_compiled(crowd_kernel):
            row = self._scratch.array("row", (cells.side,), np.uint16)
            line = self._scratch.array("line", (out.shape[1],), np.uint16)
            crowd_kernel.draw_brightest(
                cells.levels, self._rows, self._columns, cells.colours, row, line, out
            )
            return
        narrow = self._brightest(cells.levels, self._rows, "rows")
        wide = self._scratch.array("wide", narrow.shape[::-1], np.uint16)
        np.copyto(wide, narrow.T)
        brightest = self._brightest(wide, self._columns, "columns")
        np.take(cells.colours, brightest.T, out=out, mode="clip")

    def _brightest(
        self, levels: NDArray[np.uint16], members: NDArray[np.uint32], name: str
    ) -> NDArray[np.uint16]:
        shape = members.shape[1], levels.shape[1]
        found = self._scratch.array(f"{name} found", shape, np.uint16)
        next_ones = self._scratch.array(f"{name} next", shape, np.uint16)
        np.take(levels, members[0], axis=0, out=found, mode="clip")
        for member in members[1:]:
            np.take(levels, member, axis=0, out=next_ones, mode="clip")
            np.maximum(found, next_ones, out=found)
        return found


def _members(first: float, cell: float, n_pixels: int, side: int) -> NDArray[np.uint32]:
    """The cells of each pixel along an edge, those that begin in it: shape ``(most, n_pixels)``.

    Where a pixel has fewer, its last one comes again.
    """
    edges = np.ceil(first + np.arange(n_pixels + 1) / cell - _ROUNDING).astype(np.intp)
    edges = np.clip(edges, 0, side)
    starts, ends = np.minimum(edges[:-1], side - 1), edges[1:]
    most = max(1, int((ends - starts).max()))
    last = np.maximum(ends - 1, starts)
    return np.minimum(starts + np.arange(most)[:, None], last).astype(np.uint32)


class _TilePlan:
    """Tiles: each pixel is the mean of what it covers, so that squares are equal to the eye.

    Parameters
    ----------
    extent, side
        What part of a grid of which side.
    """

    def __init__(self, extent: Extent, side: int) -> None:
        self._scratch = Scratch()
        self._columns = _Cover(extent.x, extent.cell, extent.width, side)
        self._rows = _Cover(extent.y, extent.height / extent.rows, extent.height, side)

    def draw(self, cells: Cells, out: NDArray[np.uint32]) -> None:
        """Draw into packed RGBA."""
        columns, rows = self._columns, self._rows
        if cells.is_cyclic:
            mean = mean_levels(cells.levels, rows.covered, columns.covered, self._scratch)
            np.take(cells.colours, mean, out=out, mode="clip")
            return
        shown = cells.levels[rows.first : rows.last, columns.first : columns.last]
        packed = np.take(cells.colours, shown)
        wide = self._scratch.array("wide", (columns.n_pixels, len(packed)), np.uint32)
        across = self._scratch.array("across", wide.shape[::-1], np.uint32)
        np.copyto(across, columns.over(packed.T, wide).T)
        rows.over(across, out)


class _Cover:
    """Which cells the pixels along one edge cover, and how much of each."""

    def __init__(self, first: float, cell: float, n_pixels: int, side: int) -> None:
        self.n_pixels = n_pixels
        self._scratch = Scratch()
        edges = np.clip(first + np.arange(n_pixels + 1) / cell, 0.0, side)
        begin = np.minimum(np.floor(edges[:-1] + _ROUNDING), side - 1).astype(np.intp)
        end = np.maximum(np.ceil(edges[1:] - _ROUNDING).astype(np.intp), begin + 1)
        self.first, self.last = int(begin[0]), int(end[-1])
        self._middle = np.floor((edges[:-1] + edges[1:]) / 2).astype(np.intp) - self.first
        self._middle = np.clip(self._middle, 0, self.last - self.first - 1)
        self._mixed = np.flatnonzero(end - begin > 1)
        n_most = int((end - begin).max())
        at = begin[self._mixed, None] + np.arange(n_most)[None, :]
        share = np.minimum(at + 1, edges[self._mixed + 1, None])
        share = share - np.maximum(at, edges[self._mixed, None])
        whole = np.cumsum(np.clip(share, 0.0, None), axis=1)
        parts = np.rint(_WHOLE * whole / whole[:, -1:]).astype(np.uint16)  # which add up exactly
        self._shares = np.diff(parts, axis=1, prepend=np.uint16(0))
        self._cells = np.minimum(at, self.last - 1) - self.first

    @cached_property
    def covered(self) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """The cells of each pixel, its own first, and their shares: ``(most, n_pixels)``."""
        n_most = self._cells.shape[1]
        cells = np.tile(self._middle + self.first, (n_most, 1))
        shares = np.zeros(cells.shape, dtype=np.int32)
        shares[0] = _WHOLE
        mixed = self._cells + self.first
        order = np.argsort(-self._shares.astype(np.int32), axis=1, kind="stable")
        cells[:, self._mixed] = np.take_along_axis(mixed, order, axis=1).T
        shares[:, self._mixed] = np.take_along_axis(self._shares, order, axis=1).T
        return cells.astype(np.uint32), shares

    def over(self, packed: NDArray[np.uint32], out: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Spread rows of packed colours over the pixels, into shape ``(n_pixels, columns)``."""
        np.take(packed, self._middle, axis=0, out=out, mode="clip")
        if len(self._mixed):
            channels = np.ascontiguousarray(packed).view(np.uint8)
            shape = (len(self._mixed), channels.shape[1])
            covered = self._scratch.array("covered", shape, np.uint8)
            part = self._scratch.array("part", shape, np.uint16)
            mean = self._scratch.array("mean", shape, np.uint16)
            mean[...] = _WHOLE // 2
            for k in range(self._cells.shape[1]):
                np.take(channels, self._cells[:, k], axis=0, out=covered, mode="clip")
                mean += np.multiply(self._shares[:, k, None], covered, out=part)
            mean //= _WHOLE
            covered[...] = mean
            out[self._mixed] = covered.view(np.uint32)
        return out


_WHOLE: Final = 256
"""Parts of a pixel: a sum of colours in such parts stays below 2**16."""

_ROUNDING: Final = 1e-6
"""Of a cell: what a pixel covers less of, it doesn't cover."""
