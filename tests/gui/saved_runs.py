"""A simulation with its autosave, and what a kill leaves of them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from experiments import (
    Simulation,
)
from gui.controllers.autosave import Autosave
from gui.controllers.session_keeper import SessionKeeper
from gui.kept.run_folder import RunFolder
from gui.models.current_run import CurrentRun
from tests.gui.fake_screen import FakeScreen
from tests.gui.staged import SMALL


def left_by_a_kill(folder: RunFolder, place: Path) -> None:
    """Put into a place what would be in the folder if this process were killed now.

    The files are the same; their locks are those of a process, which these have none of.
    """
    shutil.copytree(folder.place, place)


def in_folder(
    body: Callable[[Simulation, CurrentRun, FakeScreen, Autosave], Coroutine[Any, Any, None]],
    folder: Path,
) -> None:
    """Run an async test body with a simulation and an autosave of it."""

    async def main() -> None:
        simulation, current, screen = Simulation(SMALL), CurrentRun(), FakeScreen()
        await simulation.start()
        autosave = Autosave(SessionKeeper(simulation), current, screen, RunFolder(folder))
        try:
            await body(simulation, current, screen, autosave)
        finally:
            autosave.close()
            await simulation.aclose()

    asyncio.run(main())
