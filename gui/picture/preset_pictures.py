"""The pictures of presets, and their files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import slug
from gui.picture.cells import Cells
from gui.picture.rasteriser import Extent, Rasteriser

FOLDER: Final = Path(__file__).parent / "presets"
"""Those of the gallery; ``scripts/preset_pictures.py`` draws them."""


_LENGTH: Final = 168
"""Pixels along an edge: twice what the gallery gives them, for screens that have those."""


def preset_picture(cells: Cells) -> NDArray[np.uint8]:
    """A grid as the gallery shows it, RGBA."""
    return Rasteriser().draw(cells, Extent.whole(cells.side, _LENGTH))


def shipped_picture(name: str) -> Path:
    """The file of the picture of a preset of the gallery."""
    return FOLDER / f"{slug(name)}.png"


def own_picture(folder: Path, file: str) -> Path:
    """The file of the picture of a preset of the user's own, in a folder for such."""
    digest = hashlib.sha256(file.encode(errors="surrogateescape")).hexdigest()
    return folder / f"{digest[:32]}.png"
