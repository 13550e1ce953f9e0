"""The composer: a grid, a window and a caption in a picture of a given size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments import Status
from gui.models.recording_settings import (
    Layout,
    RecordingSettings,
    Subject,
)
from gui.picture.colour_table import rgba
from gui.picture.composer import Composer
from gui.picture.dots import colours_of
from gui.picture.theme import MARK_COLOURS
from tests.gui.cells import white_cells


def test_a_picture_with_a_caption_has_both_in_their_places() -> None:
    """The caption stands beside the grid, or below it in a square."""
    for settings in (RecordingSettings(), RecordingSettings(width=1080, height=1080)):
        layout = Layout.of(settings)
        place = layout.caption
        assert place is not None
        caption = np.full((place.height, place.width, 4), 200, dtype=np.uint8)
        picture = Composer(settings).compose(white_cells(50), caption)
        assert picture.shape == (settings.height, settings.width, 4)
        assert (picture[place.y : place.y + place.height, place.x : place.x + place.width]
                == 200).all()  # fmt: skip
        lit = np.argwhere((picture[..., :3] == 255).all(axis=-1))
        height, width = lit.max(axis=0) - lit.min(axis=0) + 1
        assert height == width >= 10
        assert len(lit) == height * width


@pytest.mark.parametrize("side", [3, 50, 141, 300, 700, 2_000])
def test_grids_of_any_size_fit(side: int) -> None:
    """The grid is as large, square and centred, however many fireflies there are."""
    settings = RecordingSettings(has_caption=False)
    picture = Composer(settings).compose(white_cells(side), None)
    lit = np.argwhere((picture[..., :3] == 255).all(axis=-1))
    height, width = lit.max(axis=0) - lit.min(axis=0) + 1
    assert height == width
    assert height == 720 - 2 * (720 // 24)
    margins = lit.min(axis=0), (720, 1280) - lit.max(axis=0) - 1
    assert np.abs(margins[0] - margins[1]).max() <= 1


def test_a_window_of_other_proportions_is_centred() -> None:
    """Nothing is cut off and nothing is stretched."""
    settings = RecordingSettings(Subject.WINDOW, 1280, 720)
    picture = Composer(settings).compose(np.full((600, 900, 4), 255, dtype=np.uint8), None)
    lit = np.argwhere((picture[..., :3] == 255).all(axis=-1))
    assert (lit.max(axis=0) - lit.min(axis=0) + 1).tolist() == [600, 900]


@pytest.mark.parametrize("side", [3, 50, 141])
def test_what_was_done_to_fireflies_is_marked_in_videos_too(side: int) -> None:
    """A dot of its colour in the middle of each that is silent, blind or a pacemaker."""
    status = np.zeros((side, side), dtype=np.uint8)
    status[0, 0], status[1, 2], status[-1, -1] = Status.SILENT, Status.BLIND, Status.PACEMAKER
    settings = RecordingSettings(has_caption=False)
    plain = Composer(settings).compose(white_cells(side), None).copy()
    cells = replace(white_cells(side), dots=colours_of(status))
    marked = Composer(settings).compose(cells, None)
    changed = (marked != plain).any(axis=-1)
    length = 720 - 2 * (720 // 24)
    for (row, column), name in (
        ((0, 0), MARK_COLOURS[Status.SILENT]),
        ((1, 2), MARK_COLOURS[Status.BLIND]),
        ((side - 1, side - 1), MARK_COLOURS[Status.PACEMAKER]),
    ):
        y = 30 + int((row + 0.5) * length / side)
        x = (1280 - length) // 2 + int((column + 0.5) * length / side)
        assert tuple(marked[y, x]) == rgba(name)
    share = changed.sum() / (3 * (length / side) ** 2)
    assert 0.05 < share < 0.2


def test_no_mark_of_a_crowd_is_lost() -> None:
    """With more fireflies than pixels, each one that was silenced has its colour in the picture."""
    side, settings = 300, RecordingSettings(width=200, height=200, has_caption=False)
    composer, colour = Composer(settings), rgba(MARK_COLOURS[Status.SILENT])
    for firefly in range(0, side * side, 1_237):
        status = np.zeros(side * side, dtype=np.uint8)
        status[firefly] = Status.SILENT
        cells = replace(white_cells(side), dots=colours_of(status).reshape(side, side))
        marked = (composer.compose(cells, None) == colour).all(axis=2)
        assert marked.sum() == 1, firefly
