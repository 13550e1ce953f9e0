"""A picture of the window as it looks at some virtual time, without anybody watching."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from experiments.command_line import Start, write_out
from gui.app import open_session
from gui.models.look import Look

_LAYOUT_ROUNDS: Final = 3


async def take_screenshot(start: Start, path: Path, after: float, look: Look) -> int:
    """Run to `after` virtual seconds as fast as possible and save the window; the exit code."""
    async with open_session(start.parameters, look=look) as session:
        if start.preset is not None:
            session.controller.note_preset(start.preset, start.source)
        session.window.show()
        QApplication.processEvents()  # panels get their places before anything is drawn for them
        await session.pump.begin()
        await session.pump.run_ahead(after)
        session.pump.present()
        for _ in range(_LAYOUT_ROUNDS):  # layouts, then what follows from them
            QApplication.processEvents()
        is_saved = session.window.grab().save(str(path))
    if not is_saved:
        sys.stderr.write(f"fireflies: --screenshot {path} couldn't be written\n")
        return 2
    return 0 if write_out("fireflies", f"{path}\n") else 1
