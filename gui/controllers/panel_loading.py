"""The loading of plots: after the first picture of the swarm, beside what goes on."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import Final, Protocol

from gui.instruments.panel import Panel
from gui.instruments.registry import PANELS
from gui.system.disk_thread import DiskThread

_LONGEST_WAIT_S: Final = 1.0
"""Seconds after which plots are loaded although a large swarm is still being made."""

_LONGEST_END_S: Final = 10.0
"""Seconds for which an end waits until nothing is being loaded: Python can't end before."""


class HoldsPanels(Protocol):
    """Where panels are, whose views can be made later."""

    def hold_views_back(self) -> None: ...
    def views_missing(self) -> list[str]: ...
    def make_views(self) -> None: ...


async def load_panels(
    panels: HoldsPanels, until_shown: asyncio.Event, made: Callable[[], object]
) -> None:
    """Load what the panels that are shown need, in a thread, and have their views made.

    What plots are drawn with takes a third as long to load as all else together. Pictures of the
    grid need nothing of it, so they go on meanwhile.

    Parameters
    ----------
    panels
        They hold their views back.
    until_shown
        Set once the first picture of the swarm is on the screen.
    made
        Called when the views are made, which has taken the time of some frames.

    Notes
    -----
    Cancelling is safe; what is being loaded is waited for.
    """
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(until_shown.wait(), _LONGEST_WAIT_S)
    thread = DiskThread("panels")
    try:
        for name in panels.views_missing():
            if (module := _module_of(PANELS[name])) not in sys.modules:
                loading = asyncio.wrap_future(thread.submit(importlib.import_module, module))
                # What fails fails again where the view is made.
                await asyncio.gather(loading, return_exceptions=True)
    finally:
        thread.has_done_all(_LONGEST_END_S)
        thread.end()
    panels.make_views()
    made()


def _module_of(panel: Panel) -> str:
    return panel.view.partition(":")[0]
