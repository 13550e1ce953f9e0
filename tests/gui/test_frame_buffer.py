"""Flashes in, pictures out: numpy alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gui.picture.colour_table import colour_table, relative_luminance
from gui.picture.flash_guard import FlashGuard
from gui.picture.frame_buffer import Frame, FrameBuffer
from gui.picture.theme import DAY, GLOW_STOPS, NIGHT, Palette
from tests.gui.cells import rgba_of
from tests.gui.contrast import contrast_ratio

COLOURS = colour_table(GLOW_STOPS)
DARK, FLASH = COLOURS[0].tolist(), COLOURS[-1].tolist()


class Film:
    """A buffer whose wall clock goes 60 frames a second."""

    def __init__(self, side: int = 3) -> None:
        self.buffer = FrameBuffer(side, COLOURS, FlashGuard())
        self.wall = 0.0

    def flash(self, t: float, *ids: int) -> None:
        self.buffer.note(np.full(len(ids), float(t)), np.array(ids, dtype=np.uint32))

    def picture(
        self, now: float, glow_s: float = 1.5, period: float = 5.0, speed: float = 1.0
    ) -> Frame:
        self.wall += 10.0
        return self.buffer.render(now, glow_s, period, speed, self.wall)


def test_the_table_goes_from_dark_through_amber_to_flash() -> None:
    """The three stops are met exactly, and it only gets brighter."""
    assert DARK == [0x10, 0x18, 0x2C, 255]
    assert FLASH == [0xFF, 0xF3, 0xC4, 255]
    middle = (COLOURS[127].astype(int) + COLOURS[128]) / 2
    assert np.allclose(middle[:3], [0xB8, 0x74, 0x1A], atol=2)
    assert (np.diff(relative_luminance(COLOURS)) >= 0).all()


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
def test_text_can_be_read_on_every_ground(palette: Palette) -> None:
    """Text, muted text, accent and warning contrast by at least 4.5:1 (WCAG AA)."""
    for ground in (palette.background, palette.panel):
        for colour in (palette.text, palette.muted, palette.warning):
            assert contrast_ratio(colour, ground) >= 4.5, (colour, ground)
    assert contrast_ratio(palette.text, palette.raised) >= 4.5


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
def test_what_is_subtle_can_still_be_seen(palette: Palette) -> None:
    """The noise band about 2.2:1, disabled icons about 2.5:1; the accent is read as text is."""
    assert 2.0 <= contrast_ratio(palette.noise_band, palette.background) <= 2.5
    assert contrast_ratio(palette.noise_band_edge, palette.noise_band) >= 1.8
    assert contrast_ratio(palette.accent, palette.noise_band) >= 2.0
    assert 2.4 <= contrast_ratio(palette.disabled, palette.panel) <= 3.0
    for ground in (palette.background, palette.panel):
        assert contrast_ratio(palette.accent, ground) >= 4.5


def test_who_never_flashed_is_dark() -> None:
    """Before the first flash all pixels have the darkest colour."""
    frame = Film().picture(100.0)
    assert (rgba_of(frame.cells) == DARK).all()


def test_a_flash_lights_its_own_pixel() -> None:
    """Firefly i = y * side + x is at row y, column x, and nobody else is lit."""
    film = Film()
    film.flash(2.0, 1 * 3 + 2)
    rgba = rgba_of(film.picture(2.0).cells)
    assert rgba[1, 2].tolist() == FLASH
    assert (rgba.reshape(-1, 4) == DARK).all(axis=1).sum() == 8


def test_the_glow_fades_and_ends_after_its_time() -> None:
    """Brightness is (1 - age / glow)^2: full, a quarter at half time, none at the end."""
    film = Film()
    film.flash(0.0, 4)
    assert rgba_of(film.picture(0.75).cells)[1, 1].tolist() == COLOURS[round(255 / 4)].tolist()
    assert rgba_of(film.picture(1.5).cells)[1, 1].tolist() == DARK
    assert rgba_of(film.picture(0.0).cells)[1, 1].tolist() == FLASH


def test_the_picture_depends_on_virtual_time_alone() -> None:
    """However many frames came before, the picture of a moment is the same."""
    one, many = Film(), Film()
    for film in (one, many):
        film.flash(0.0, 0, 1)
        film.flash(0.4, 5)
    for k in range(50):
        many.picture(k * 0.01)
    assert (rgba_of(one.picture(0.5).cells) == rgba_of(many.picture(0.5).cells)).all()


def test_an_older_frame_stays_as_it_is_while_the_next_is_made() -> None:
    """Two buffers: what was handed out isn't written to by the next rendering."""
    film = Film()
    film.flash(0.0, 0)
    first = film.picture(0.0).cells.levels
    kept = first.copy()
    assert kept.max() == 255
    film.picture(0.7)
    assert (first == kept).all()
    film.picture(0.7)
    assert (first != kept).any(), "it is the same memory again"


def test_of_several_flashes_at_once_the_latest_counts() -> None:
    """A batch with one firefly flashing three times leaves its last time and interval."""
    film = Film()
    film.buffer.note(np.array([1.0, 1.5, 2.0, 3.5]), np.array([4, 0, 4, 4], dtype=np.uint32))
    last, interval = film.buffer.memory()
    assert (last[4], interval[4]) == (3.5, 1.5)
    assert (last[0], interval[0]) == (1.5, math.inf)
    film.flash(4.0, 4)
    assert film.buffer.memory()[1, 4] == 0.5


def test_fast_flashes_are_evened_out_to_their_mean() -> None:
    """Above 3 Hz what is left of the swing is 8 %, around the mean over a cycle."""
    film = Film()
    everybody = range(9)
    for k in range(4):
        film.flash(k * 1.0, *everybody)
    frame = film.picture(3.0, glow_s=0.5, period=1.0, speed=10.0)
    mean = 0.5 / 3.0
    assert frame.is_evened
    assert (
        rgba_of(frame.cells)[0, 0].tolist()
        == COLOURS[round(255 * (mean + 0.08 * (1 - mean)))].tolist()
    )
    late = film.picture(3.9, glow_s=0.5, period=1.0, speed=10.0)
    level = round(255 * (mean - 0.08 * mean))
    assert rgba_of(late.cells)[0, 0].tolist() == COLOURS[level].tolist()


def test_slow_flashes_are_shown_as_they_are() -> None:
    """Up to 2.5 Hz nothing is taken from the glow."""
    film = Film()
    for k in range(4):
        film.flash(k * 1.0, *range(9))
    frame = film.picture(3.0, glow_s=0.5, period=1.0, speed=2.5)
    assert not frame.is_evened
    assert (rgba_of(frame.cells) == FLASH).all()


def test_a_tiny_period_is_evened_out_at_speed_one() -> None:
    """It is flashes per wall second that count, whatever makes them fast."""
    film = Film()
    film.flash(0.0, *range(9))
    assert film.picture(0.0, glow_s=0.03, period=0.1, speed=1.0).is_evened
