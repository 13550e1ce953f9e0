"""The first start: what a window opens with before anything is remembered, and the story it tells.

Of the seeds 1 to 20 each is in step within 70 s with this preset, as `fireflies run` measures it:
at the preset's speed within 18 s of real time, and within 30 s on a machine that holds two thirds
of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from experiments import Parameters, topology_of
from gui.models.brush import Brush
from gui.models.look import Look

FIRST_PRESET: Final = "First light"
"""The preset of the gallery that it opens with."""

_BRUSH_WIDTH: Final = 9
"""Cells: of a grid that is 50 wide a click is seen at once."""


def first_look(asked: Look) -> Look:
    """A look with the story over the grid, and a brush whose first click is seen."""
    return replace(asked, brush=Brush.FLASH, brush_width=_BRUSH_WIDTH, tells_story=True)


def story_of(parameters: Parameters) -> tuple[str, ...]:
    """Who they are, that nobody leads, and what can be done: three lines about a run."""
    n_heard = np.asarray(topology_of(parameters).sizes_around()) - 1
    least, most = int(n_heard.min()), int(n_heard.max())
    heard = f"{least}" if least == most else f"{least} to {most}"
    return (
        f"{parameters.n_fireflies:,} fireflies, each hears its {heard} neighbours.",
        "Nobody leads.",
        "Click, and some flash.",
    )
