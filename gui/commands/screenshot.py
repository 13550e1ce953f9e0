"""The screenshot: the window as it looks at some virtual time, with nobody watching."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from cascade.standard_output import write_error, write_out
from experiments import in_place_of, write_whole
from experiments.commands.starts import Start
from gui.laboratory import open_laboratory
from gui.models.look import Look
from gui.picture.encoded import encoded_picture
from gui.system.application import make_application
from gui.system.event_loop import run_app

_LAYOUT_ROUNDS: Final = 3


def save_screenshot(start: Start, path: Path, after: float, look: Look) -> int:
    """Start Qt for :func:`take_screenshot`; gives the exit code."""
    app = make_application()
    return run_app(take_screenshot(start, path, after, look), app)


async def take_screenshot(start: Start, path: Path, after: float, look: Look) -> int:
    """Run to `after` virtual seconds as fast as possible and save the window; the exit code."""
    try:
        with in_place_of(path, must_take_place=False):
            pass
    except OSError as error:
        return _refused(path, error, 2)
    async with open_laboratory(
        start.parameters, look=look, session=start.session, population=start.population
    ) as lab:
        if start.preset is not None:
            lab.controller.note_preset(start.preset, start.source)
        lab.window.show()
        QApplication.processEvents()  # panels get their places before anything is drawn for them
        await lab.pump.begin()
        await lab.pump.run_ahead(after)
        lab.pump.present()
        for _ in range(_LAYOUT_ROUNDS):  # layouts, then what follows from them
            QApplication.processEvents()
        picture = lab.window.grab().toImage()
    try:
        write_whole(path, encoded_picture(picture, path.suffix))
    except OSError as error:
        return _refused(path, error, 1)
    return 0 if write_out("fireflies", f"{path}\n") else 1


def _refused(path: Path, error: OSError, code: int) -> int:
    words = f"--screenshot {path} can't be written: {error.strerror}"
    write_error(f"fireflies: {' '.join(words.split())}\n")
    return code
