"""``python scripts/preset_pictures.py [NAME ...]``: draw the pictures of the gallery's presets."""

from __future__ import annotations

import asyncio
import sys

from experiments import GALLERY, slug
from gui.picture.png import save_png
from gui.picture.preset_pictures import FOLDER, shipped_picture
from gui.recording.preset_picture import draw_preset


def main(names: list[str]) -> int:
    """Draw those of some presets, by their names on the command line, or of all."""
    FOLDER.mkdir(exist_ok=True)
    for preset in GALLERY:
        if not names or slug(preset.name) in names:
            picture = asyncio.run(draw_preset(preset))
            save_png(shipped_picture(preset.name), picture, {"title": preset.name})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
