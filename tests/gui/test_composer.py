"""The composer: a grid, a window and a caption in a picture of a given size."""

from __future__ import annotations

import numpy as np
import pytest

from gui.models.recording_settings import (
    Layout,
    RecordingSettings,
    Subject,
)
from gui.picture.composer import Composer
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
