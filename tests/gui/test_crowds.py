"""More fireflies than pixels: no flash is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments import Instant, Parameters
from gui.picture import field_painter, frame_buffer, phase_means, rasteriser
from gui.picture.cells import FAILED_LEVEL, Cells, Shape
from gui.picture.colour_table import colour_table
from gui.picture.field_painter import CalmTable, FieldPainter
from gui.picture.flash_guard import FlashGuard
from gui.picture.frame_buffer import FrameBuffer
from gui.picture.rasteriser import Extent, Rasteriser
from gui.picture.theme import GLOW_STOPS

COLOURS = np.arange(256, dtype=np.uint32) * 0x010101 + 0xFF000000


def drawn(levels: np.ndarray[tuple[int, int], np.dtype[np.uint16]], extent: Extent) -> np.ndarray:
    """Brightness of the pixels."""
    return Rasteriser().draw(Cells(levels, COLOURS, Shape.LIGHT), extent)[..., 0]


@pytest.mark.parametrize(("side", "length"), [(40, 39), (100, 37), (64, 32), (101, 20), (7, 3)])
def test_a_pixel_is_the_brightest_of_its_fireflies(side: int, length: int) -> None:
    """Each firefly is in one pixel; the rest of the picture doesn't change for it."""
    rng = np.random.default_rng(side)
    extent = Extent.whole(side, length)
    for _ in range(30):
        levels = np.full((side, side), 20, dtype=np.uint16)
        y, x = rng.integers(0, side, 2)
        levels[y, x] = 255
        picture = drawn(levels, extent)
        ((row,), (column,)) = np.nonzero(picture == 255)
        assert abs(row - y * length / side) <= 1.0
        assert abs(column - x * length / side) <= 1.0
        assert (picture == 20).sum() == length * length - 1
    everybody = rng.integers(0, 256, (side, side)).astype(np.uint16)
    assert drawn(everybody, extent).max() == everybody.max()


def test_a_part_of_a_crowd_shows_what_is_in_it_alone() -> None:
    """From the middle on, to the lower right corner."""
    levels = np.full((100, 100), 20, dtype=np.uint16)
    levels[10, 10], levels[60, 70] = 255, 200
    picture = drawn(levels, Extent(50.0, 50.0, 50.0, 50.0, 30, 30))
    assert picture.max() == 200
    ((row,), (column,)) = np.nonzero(picture == 200)
    assert [int(row), int(column)] == [6, 12]


@pytest.mark.parametrize("cell", [0.3, 0.64, 0.99, 1.0, 1.01, 1.5, 2.3, 4.0, 5.9, 6.0, 9.5, 40.0])
def test_a_single_flash_is_seen_at_every_zoom(cell: float) -> None:
    """Wherever the picture begins: it stands out from all others."""
    levels = np.full((100, 100), 0, dtype=np.uint16)
    levels[50, 50] = 255
    n_shown = min(100, int(90 / cell))
    for first in np.linspace(max(0.0, 50.0 - n_shown / 2), 50.0, 7) % (100.5 - n_shown):
        length = int(n_shown * cell)
        shown = drawn(levels, Extent(first, first, length / cell, length / cell, length, length))
        assert shown.max() >= shown.min() + 60, first


# -- phases ------------------------------------------------------------------------------

LEVELS = np.arange(FAILED_LEVEL + 1, dtype=np.uint32)
"""Colours that are the levels themselves."""


def phases_drawn(levels: np.ndarray[tuple[int, int], np.dtype[np.uint16]], extent: Extent) -> Any:
    """Levels of the pixels of a picture of phases, none of them mixed in another way."""
    cells = Cells(levels, LEVELS, Shape.DISC, is_cyclic=True)
    return Rasteriser().draw(cells, extent).view(np.uint32)[..., 0]


@pytest.mark.parametrize("length", [5, 13, 20, 27, 60])
def test_a_front_between_the_end_and_the_begin_of_the_cycle_stays_one(length: int) -> None:
    """Fireflies at 0.99 and 0.01 of their cycles are never shown in the middle of it."""
    front = np.full((20, 20), 2, dtype=np.uint16)
    front[:, 7:] = 253
    front[::2, 7] = 2
    shown = phases_drawn(front, Extent.whole(20, length))
    assert shown.shape == (length, length)
    assert set(np.unique(shown)) <= {0, 1, 2, 253, 254, 255}


@pytest.mark.parametrize(("side", "length"), [(20, 13), (20, 20), (20, 50), (64, 21)])
def test_fireflies_in_step_have_the_phase_that_they_have(side: int, length: int) -> None:
    """Levels come out as they are at every zoom, that of a failed firefly too."""
    for level in (*range(0, FAILED_LEVEL, 5), FAILED_LEVEL - 1, FAILED_LEVEL):
        same = np.full((side, side), level, dtype=np.uint16)
        assert (phases_drawn(same, Extent.whole(side, length)) == level).all()


def test_a_pixel_has_the_circular_mean_of_its_fireflies() -> None:
    """As a textbook has it, to a level; where phases are opposite, that of one of them."""
    rng = np.random.default_rng(5)
    levels = (
        rng.integers(0, 256, (16, 16)) // 4 + rng.integers(0, 256, (8, 8)).repeat(2, 0).repeat(2, 1)
    ) % 256
    shown = phases_drawn(levels.astype(np.uint16), Extent.whole(16, 8))
    angles = (levels + 0.5) * (2.0 * np.pi / 256)
    means = np.exp(1j * angles).reshape(8, 2, 8, 2).mean(axis=(1, 3))
    away = (shown + 0.5) * (2.0 * np.pi / 256) - np.angle(means)
    assert np.abs(np.angle(np.exp(1j * away))).max() < 2.0 * np.pi / 256
    opposite = np.array([[10, 138], [138, 10]], dtype=np.uint16)
    assert phases_drawn(opposite, Extent.whole(2, 1)).item() in (10, 138)


# -- what is compiled --------------------------------------------------------------------


def _pictures() -> list[Any]:
    side, rng, found = 31, np.random.default_rng(9), []
    colours = colour_table(GLOW_STOPS)
    buffer, painter = FrameBuffer(side, colours, FlashGuard()), FieldPainter(side, FlashGuard())
    for k in range(6):
        ids = rng.integers(0, side * side, 400).astype(np.uint32)
        times = np.sort(k + rng.random(400))
        buffer.note(times, ids)
        for speed in (1.0, 9.0):
            frame = buffer.render(k + 1.0, 1.5, 5.0, speed, 10.0 * k)
            found += [frame.cells.levels.copy(), frame.luminance]
            found += [Rasteriser().draw(frame.cells, Extent.whole(side, n)) for n in (9, 30)]
        found.append(buffer.memory())
        for spread in (0.0, 0.2):
            parameters = Parameters(side=side, spread=spread)
            instant = Instant(k + 1.0, parameters, k - 7.0 * rng.random(side * side), 0, 0)
            shown = painter.render_phases(instant, CalmTable(colours), 0.0, 10.0 * k)
            assert shown is not None
            found += [shown.cells.levels.copy(), shown.luminance]
            found += [Rasteriser().draw(shown.cells, Extent.whole(side, n)) for n in (9, 30, 70)]
    return found


def test_the_kernel_makes_the_pictures_that_arrays_make(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To the last byte: levels, luminance, pixels, and what is remembered of flashes."""
    made = []
    for is_kernel in (False, True):
        for module in (frame_buffer, phase_means, rasteriser, field_painter):
            monkeypatch.setattr(module, "is_compiled", lambda _module, it=is_kernel: it)
        made.append(_pictures())
    for by_arrays, by_kernel in zip(*made, strict=True):
        assert np.array_equal(by_arrays, by_kernel)
