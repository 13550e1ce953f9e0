"""Small plans for tests: runs of nine fireflies, each a few milliseconds."""

from __future__ import annotations

from typing import Any

from experiments.sweep import SweepPlan, axis_of_text
from experiments.sweep.measuring import Row

SMALL: dict[str, Any] = {"side": 3}


def plan(*over: str, **more: Any) -> SweepPlan:
    """A plan over some axes as they are typed."""
    axes = tuple(map(axis_of_text, over or ("nudge=0:1:5", "refractory=0.1:2:4")))
    told = {"fixed": SMALL, "seeds": 2, "seconds": 24.0, "observe": ("R_end", "time_to_sync")}
    return SweepPlan(axes=axes, **{**told, **more})


def told_by_worker(row: Row) -> Row:
    """A row without what differs from worker to worker."""
    return {name: value for name, value in row.items() if name not in ("wall_s", "cpu_s", "worker")}
