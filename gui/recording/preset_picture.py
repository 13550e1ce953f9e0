"""The picture of a preset: drawn as a window draws it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments import Preset, Simulation, open_with
from gui.models.colouring import Colouring
from gui.models.metrics import Metrics
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import rgba
from gui.picture.painting import Painting
from gui.picture.preset_pictures import preset_picture
from gui.picture.theme import FAILED_COLOUR


async def draw_preset(preset: Preset) -> NDArray[np.uint8]:
    """A preset of the gallery at the moment that it names, RGBA."""
    simulation = Simulation(preset.parameters)
    try:
        await simulation.start()
        open_with(simulation, preset.opening)
        simulation.run_until(preset.picture_at)
        simulation.sample()
        painting = Painting(
            preset.parameters, table_of, Metrics(), lambda: 0.0, rgba(FAILED_COLOUR)
        )
        view = Colouring(preset.window.view or Colouring.GLOW)
        frame = painting.make(simulation, view, 0.0, 0.0)
        assert frame is not None, "nothing was seen before, that a picture could have to wait for"
        return preset_picture(frame.cells)
    finally:
        await simulation.aclose()
