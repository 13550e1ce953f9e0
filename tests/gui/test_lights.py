"""Lights, discs and tiles: what a level of a firefly becomes in pixels."""

from __future__ import annotations

import itertools
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from gui.picture.cells import FAILED_LEVEL, Cells, Shape, with_failed
from gui.picture.colour_table import relative_luminance, rgba
from gui.picture.dots import colours_of
from gui.picture.rasteriser import LEAST_LIGHT, Extent, Rasteriser
from gui.picture.theme import LIGHT_STOPS
from tests.gui.cells import dark_cells, lit_cells, rgba_of, white_cells

SIDE = 9
MIDDLE = SIDE * SIDE // 2


def drawn(cells: Cells, extent: Extent) -> NDArray[np.int_]:
    """RGB of a picture."""
    return Rasteriser().draw(cells, extent)[..., :3].astype(int)


def luminance(picture: NDArray[np.int_]) -> NDArray[np.float64]:
    """Relative luminance of each pixel."""
    return relative_luminance(picture.reshape(-1, 3).astype(np.uint8)).reshape(picture.shape[:2])


@pytest.mark.parametrize("length", [SIDE * 6, SIDE * 14, 131, 400])
def test_a_lone_flash_is_a_round_light_whose_middle_is_brightest(length: int) -> None:
    """Brightness falls with the distance, in all directions alike, and reaches over the cell."""
    extent = Extent.whole(SIDE, length)
    light = luminance(drawn(lit_cells(SIDE, MIDDLE), extent))
    dark = luminance(drawn(dark_cells(SIDE), extent))
    assert light.max() == light[length // 2, length // 2]
    along = (np.arange(length) + 0.5) / extent.cell - SIDE / 2
    away = np.hypot(along[:, None], along[None, :])
    gain = light - dark
    bright = [gain[(away >= r) & (away < r + 0.25)].mean() for r in (0.0, 0.25, 0.5, 0.75)]
    assert all(near > far > 0.0 for near, far in itertools.pairwise(bright))
    ring = gain[(away > 0.4) & (away < 0.45)]
    assert np.ptp(ring) <= 0.35 * gain.max()
    assert np.abs(gain[away > 2.2]).max() == 0.0
    np.testing.assert_allclose(light, light.T, atol=0.05)


def test_who_rests_is_faintly_seen() -> None:
    """A meadow, not a void: middles of cells differ from what lies between, by a little."""
    picture = luminance(drawn(dark_cells(SIDE), Extent.whole(SIDE, SIDE * 14)))
    middles, corners = picture[7::14, 7::14], picture[13::14, 13::14]
    assert middles.min() > corners.max()
    assert middles.max() < 0.04
    told_apart = (middles[1:-1, 1:-1].min() + 0.05) / (corners[1:-2, 1:-2].max() + 0.05)
    assert told_apart >= 1.25  # on a projector too


def test_more_light_is_never_darker() -> None:
    """No dark ring lies between a light and the meadow around it."""
    stops = np.array([rgba(colour) for _, colour in LIGHT_STOPS], dtype=np.uint8)
    assert (np.diff(relative_luminance(stops)) > 0.005).all()


@pytest.mark.parametrize("cell", [6, 7, 14, 33, 96])
def test_light_adds_up(cell: int) -> None:
    """With all lit, nothing is darker than with one: no sum is more than whole numbers hold."""
    extent = Extent.whole(SIDE, SIDE * cell)
    one = luminance(drawn(lit_cells(SIDE, MIDDLE), extent))
    every = luminance(drawn(lit_cells(SIDE, *range(SIDE * SIDE)), extent))
    assert (every >= one).all()
    assert every[cell:-cell, cell:-cell].min() > 0.15


@pytest.mark.parametrize("cell", [6.0, 8.4, 14.0, 96.0])
def test_the_guard_looks_at_tiles_which_swing_at_least_as_far(cell: float) -> None:
    """A swarm that brightens as one does so as lights by no more than as tiles, at any step."""
    extent = Extent(2.0, 2.0, 3.0, 3.0, round(3 * cell), round(3 * cell))
    shown = []
    for shape in (Shape.LIGHT, Shape.TILE):
        means = []
        for level in range(0, 256, 15):
            cells = dark_cells(SIDE, shape)
            cells.levels[:] = level
            means.append(luminance(drawn(cells, extent)).mean())
        shown.append(np.array(means))
    lights, tiles = shown
    assert (np.diff(lights) >= 0.0).all()
    steps = np.abs(lights[:, None] - lights[None, :]) - np.abs(tiles[:, None] - tiles[None, :])
    assert steps.max() <= 0.02


def test_the_same_cells_are_the_same_picture_however_they_are_cut() -> None:
    """What is seen of a part is what is seen of it in the whole, pixel by pixel."""
    rng = np.random.default_rng(5)
    cells = dark_cells(30)
    cells.levels[:] = rng.integers(0, 256, (30, 30))
    whole = Rasteriser().draw(cells, Extent.whole(30, 30 * 12)).copy()
    part = Rasteriser().draw(cells, Extent(4.0, 7.0, 10.0, 7.0, 120, 84))
    assert (part == whole[84 : 84 + 84, 48 : 48 + 120]).all()
    assert (Rasteriser().draw(cells, Extent.whole(30, 30 * 12)) == whole).all()


def test_colours_are_discs_and_those_who_failed_are_named() -> None:
    """A view that is no light keeps its colours at the middles, with the night between."""
    cells = lit_cells(SIDE, 3, shape=Shape.DISC)
    picture = drawn(cells, Extent.whole(SIDE, SIDE * 14))
    assert (picture[7::14, 7::14].reshape(-1, 3) == rgba_of(cells)[..., :3].reshape(-1, 3)).all()
    assert (picture[13, 13] == drawn(dark_cells(SIDE), Extent.whole(SIDE, 126))[13, 13]).all() or (
        luminance(picture)[13, 13] < 0.01
    )
    for shape in Shape:
        failed = with_failed(lit_cells(SIDE, 3, shape=shape), [3, 80], (224, 69, 123, 255))
        assert (failed.levels.reshape(-1)[[3, 80]] == FAILED_LEVEL).all()
        picture = drawn(failed, Extent.whole(SIDE, SIDE * 14))
        for firefly in (3, 80):
            y, x = (14 * np.array(divmod(firefly, SIDE)) + 7).tolist()
            assert picture[y, x].tolist() == [224, 69, 123]


@pytest.mark.parametrize("length", [100, 131, 299])
def test_tiles_are_equal_to_the_eye(length: int) -> None:
    """Each has its share of the picture, whether or not that is whole pixels."""
    extent = Extent.whole(SIDE, length)
    cells = white_cells(SIDE)
    for firefly in range(SIDE * SIDE):
        colours = np.array([0xFF000000, 0xFFFFFFFF], dtype=np.uint32)
        levels = np.zeros((SIDE, SIDE), dtype=np.uint16)
        levels.reshape(-1)[firefly] = 1
        area = drawn(Cells(levels, colours, Shape.TILE), extent)[..., 0].sum() / 255.0
        assert area == pytest.approx(extent.cell**2, rel=0.01)
    assert (drawn(cells, extent) == 255).all()


@pytest.mark.parametrize("side", [200, 301, 1000])
def test_what_is_smaller_than_a_pixel_is_averaged(side: int) -> None:
    """No firefly is left out, and none counts more than another; but for lights, see crowds."""
    levels = np.random.default_rng(1).integers(0, 2, (side, side)).astype(np.uint16)
    colours = np.array([0xFF000000, 0xFFFFFFFF], dtype=np.uint32)
    picture = drawn(Cells(levels, colours, Shape.DISC), Extent.whole(side, 150))
    assert picture.mean() / 255.0 == pytest.approx(levels.mean(), abs=0.004)
    one = np.zeros((side, side), dtype=np.uint16)
    for firefly in (0, side * side - 1, side * (side // 2) + 3):
        one[...] = 0
        one.reshape(-1)[firefly] = 1
        picture = drawn(Cells(one, colours, Shape.TILE), Extent.whole(side, 150))
        assert picture[..., 0].sum() / 255.0 == pytest.approx((150 / side) ** 2, rel=0.15, abs=0.01)


def test_small_cells_are_tiles() -> None:
    """Below six pixels a light would be a blur."""
    length = int(SIDE * LEAST_LIGHT) - 1
    light, tile = (
        drawn(lit_cells(SIDE, 4, shape=s), Extent.whole(SIDE, length))
        for s in Shape
        if s is not Shape.DISC
    )
    assert (light == tile).all()


def test_cells_come_back_as_they_were_packed() -> None:
    """Through bytes, with and without a failed firefly."""
    plain = lit_cells(7, 3)
    failed = with_failed(lit_cells(7, 3), [5], (1, 2, 3, 255))
    dotted = replace(failed, dots=colours_of(np.arange(49, dtype=np.uint8).reshape(7, 7) % 8))
    for cells in (plain, failed, dotted):
        packed = np.concatenate(cells.parts)
        same = Cells.unpacked(cells.header, packed)
        assert (same.levels == cells.levels).all()
        assert (same.colours == cells.colours).all()
        assert same.shape is cells.shape
        assert (same.dots is None) == (cells.dots is None)
        assert same.dots is None or (same.dots == cells.dots).all()


@pytest.mark.parametrize("shape", list(Shape))
def test_an_older_picture_stays_while_the_next_is_drawn(shape: Shape) -> None:
    """Two buffers: Qt and the encoder may still look at the one before."""
    rasteriser, extent = Rasteriser(), Extent.whole(SIDE, SIDE * 10)
    first = rasteriser.draw(lit_cells(SIDE, MIDDLE, shape=shape), extent)
    kept = first.copy()
    rasteriser.draw(dark_cells(SIDE, shape), extent)
    assert (first == kept).all()
    rasteriser.draw(dark_cells(SIDE, shape), extent)
    assert (first != kept).any(), "it is the same memory again"


@pytest.mark.parametrize("shape", [Shape.LIGHT, Shape.TILE])
def test_a_picture_after_the_first_takes_no_memory_of_its_own(shape: Shape) -> None:
    """All that is large is kept from one to the next; what it shows is new all the same."""
    side, length = 40, 440
    colours = np.arange(256, dtype=np.uint32) | np.uint32(0xFF000000)
    rng = np.random.default_rng(3)
    cells = [
        Cells(rng.integers(0, 256, (side, side)).astype(np.uint16), colours, shape)
        for _ in range(3)
    ]
    extent, kept = Extent.whole(side, length), Rasteriser()
    for each in cells[:2]:
        kept.draw(each, extent)
    tracemalloc.start()
    try:
        drawn = kept.draw(cells[2], extent)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * side * length, f"{most} bytes"
    np.testing.assert_array_equal(drawn, Rasteriser().draw(cells[2], extent))
