"""A single work of one rival, timed in this process.

Usage: ``python -m experiments.benchmarks.rivals.one RIVAL WORK SIZE…``
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

_ONCE_MORE_FROM: Final = 10_000
"""Tasks and sleeps from which on a work is repeated once only."""

_AGAIN: Final = 5


def figures(rival: str, work: str, sizes: Sequence[int]) -> dict[str, float]:
    """The figures of one work.

    Gives ``bytes`` of one workflow for ``waiting``; else ``first_us``, of the first time at
    this size, and ``us``, the median of the times after it: both for one task or sleep.
    """
    way = _ways(rival)[work]
    if work == "waiting":
        way(10)
        return {"bytes": way(*sizes)}
    number = 1
    for size in sizes:
        number *= size
    way(*(min(size, 3) for size in sizes), 2)  # what is done once only in a process
    seconds = way(*sizes, 1 + (_AGAIN if number < _ONCE_MORE_FROM else 1))
    return {
        "first_us": 1e6 * seconds[0] / number,
        "us": 1e6 * statistics.median(seconds[1:]) / number,
    }


def _ways(rival: str) -> dict[str, Callable[..., Any]]:
    name = rival.replace("-", "_")
    module = importlib.import_module(f"experiments.benchmarks.rivals.{name}_way")
    ways: dict[str, Callable[..., Any]] = module.WAYS
    return ways


def main() -> None:
    """Print one JSON object."""
    rival, work, *sizes = sys.argv[1:]
    _ways(rival)
    gc.collect()
    gc.freeze()  # what this program holds itself costs the rivals nothing
    found = figures(rival, work, [int(size) for size in sizes])
    os.write(1, json.dumps(found).encode() + b"\n")


if __name__ == "__main__":
    main()
