"""The settings keeper: it saves settings as soon as they change, so that they survive a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gui.kept.settings import Settings, save_settings
from gui.system.disk_thread import DiskThread

SAVE_SETTINGS_EVERY_S: Final = 2.0
"""Wall seconds between two looks at what is to be remembered."""

_LONGEST_CLOSE_S: Final = 5.0


class SettingsKeeper:
    """Keeps a file of settings up to date with the window.

    Nothing is written before something has changed, so that windows beside each other don't
    overwrite each other's settings. A thread does the writing: nothing waits for a disk.

    Parameters
    ----------
    path
        The file.
    present
        Gives what is to be remembered now; None if that isn't known at the moment.
    """

    def __init__(self, path: Path, present: Callable[[], Settings | None]) -> None:
        self._path = path
        self._present = present
        self._saved: Settings | None = None
        self._thread = DiskThread("settings")

    async def run(self) -> None:
        """Check every other second, until cancelled. Cancelling is safe."""
        self._saved = self._present()
        while True:
            await asyncio.sleep(SAVE_SETTINGS_EVERY_S)
            await self.save_if_changed()

    async def save_if_changed(self) -> None:
        """Write what is to be remembered, unless that is in the file already."""
        settings = self._present()
        if settings is not None and settings != self._saved:
            self._saved = settings
            await asyncio.wrap_future(self._thread.submit(save_settings, self._path, settings))

    def close(self, settings: Settings) -> None:
        """Write for the last time, after everything else; doesn't wait for a disk that hangs."""
        self._thread.submit(save_settings, self._path, settings)
        self._thread.has_done_all(_LONGEST_CLOSE_S)
        self._thread.end()
