"""The sweep beside a benchmark of the window."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from experiments.processes.workers import n_cores
from gui.instruments.sweep import SWEEP
from gui.laboratory import Laboratory

if TYPE_CHECKING:
    from experiments.sweep import SweepPlan

_LOOK_EVERY_S: Final = 0.01
_STEPS: Final = 101
_SIDE: Final = 20
_SECONDS: Final = 60.0


def bench_plan() -> SweepPlan:
    """A sweep that lasts longer than any benchmark: a map of nudge and refractory time."""
    from experiments.sweep import SweepPlan, axis_of_text

    return SweepPlan(
        axes=(
            axis_of_text(f"nudge=0:0.5:{_STEPS}"),
            axis_of_text(f"refractory=0.15:2.15:{_STEPS}"),
        ),
        fixed={"side": _SIDE},
        seeds=5,
        seconds=_SECONDS,
        observe=("R", "time_to_sync"),
    )


@asynccontextmanager
async def swept(lab: Laboratory) -> AsyncIterator[Callable[[], dict[str, object]]]:
    """Have a sweep take all processors meanwhile, its panel shown; gives its figures."""
    with tempfile.TemporaryDirectory() as folder:
        lab.sweeping.folder = Path(folder)
        lab.sweeping.begin(bench_plan())
        sweep = None
        while sweep is None or sweep.progress.left_s is None:
            await asyncio.sleep(_LOOK_EVERY_S)
            sweep = lab.sweeping.under_way
        done, began = sweep.progress.done, time.monotonic()
        cpu = os.times()

        def figures() -> dict[str, object]:
            seconds = time.monotonic() - began
            here = os.times()
            return {
                "sweep": {
                    "jobs": n_cores(),
                    "runs": sweep.progress.done - done,
                    "runs_per_s": round((sweep.progress.done - done) / seconds, 2),
                    "window_cpu_fraction": round(
                        (here.user + here.system - cpu.user - cpu.system) / seconds, 4
                    ),
                    "panel_seen": lab.window.is_seen(SWEEP.name),
                    "notes": list(sweep.notes),
                }
            }

        yield figures
        await lab.sweeping.aclose()
