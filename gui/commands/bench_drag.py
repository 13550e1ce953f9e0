"""The hand that draws a response during a benchmark of the window."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.instruments.shift_plot import ShiftPlot
from gui.laboratory import Laboratory, running
from gui.models.metrics import Summary

_EVERY_S: Final = 1 / 60
_LOOK_EVERY_S: Final = 0.01
_REACH: Final = (6.0, 20.0)
"""Pixels that the point is moved by, across and upright, on either side of where it was."""

_TURNS_S: Final = (0.7, 1.1)
"""Seconds that it takes to get there and back, over 2 pi."""


@asynccontextmanager
async def dragged(lab: Laboratory) -> AsyncIterator[Callable[[], dict[str, object]]]:
    """Have a hand move a point of the response sixty times a second; gives its figures."""
    lab.window.workbench.show_panel("response")
    [plot] = lab.window.findChildren(ShiftPlot)
    while not plot.points:  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_EVERY_S)
    moves_ms: list[float] = []
    async with running(_drag(plot, moves_ms)):
        await asyncio.sleep(_LOOK_EVERY_S)
        n_before = len(lab.simulation.interventions)
        moves_ms.clear()

        def figures() -> dict[str, object]:
            moves = Summary.of(moves_ms)
            return {
                "drag": {
                    "changes": len(lab.simulation.interventions) - n_before,
                    "move_ms": moves and moves.as_dict("mean", "p50", "p99", "max"),
                }
            }

        yield figures


async def _drag(plot: ShiftPlot, moves_ms: list[float]) -> None:
    """Hold the point in the middle, and move it until this is cancelled."""
    middle = plot.place_of(len(plot.points) // 2)
    began = time.perf_counter()
    _send(plot, QEvent.Type.MouseButtonPress, middle)
    try:
        while True:
            t = time.perf_counter()
            across, upright = (
                reach * math.sin((t - began) / turn)
                for reach, turn in zip(_REACH, _TURNS_S, strict=True)
            )
            _send(plot, QEvent.Type.MouseMove, middle + QPointF(across, upright))
            moves_ms.append(1e3 * (time.perf_counter() - t))
            await asyncio.sleep(_EVERY_S)
    finally:
        _send(plot, QEvent.Type.MouseButtonRelease, middle)


def _send(plot: ShiftPlot, kind: QEvent.Type, at: QPointF) -> None:
    """What Qt makes of the pointer, with the left button held until it is let go."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind,
        at,
        plot.mapToGlobal(at),
        none if kind is QEvent.Type.MouseMove else left,
        none if kind is QEvent.Type.MouseButtonRelease else left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(plot, event)
