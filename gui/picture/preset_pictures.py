"""The files of the pictures of presets, which have one pixel a firefly."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from experiments import slug

FOLDER: Final = Path(__file__).parent / "presets"
"""Those of the gallery; ``scripts/preset_pictures.py`` draws them."""


def shipped_picture(name: str) -> Path:
    """The file of the picture of a preset of the gallery."""
    return FOLDER / f"{slug(name)}.png"


def own_picture(folder: Path, file: str) -> Path:
    """The file of the picture of a preset of the user's own, in a folder for such."""
    digest = hashlib.sha256(file.encode(errors="surrogateescape")).hexdigest()
    return folder / f"{digest[:32]}.png"
