"""A picture of the window as it looks at some virtual time, without anybody watching."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from experiments import Parameters
from experiments.command_line import write_out
from gui.app import open_session

_LAYOUT_ROUNDS: Final = 3


async def take_screenshot(parameters: Parameters, path: Path, after: float) -> int:
    """Run to `after` virtual seconds as fast as possible and save the window; the exit code."""
    async with open_session(parameters) as session:
        session.window.show()
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
