"""The works on `dask.delayed`: many calls, one `compute`, as its guide to best practice says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from dask.base import compute
from dask.delayed import delayed

from experiments.benchmarks.rivals import works

_leaf: Final = delayed(works.leaf)
_step: Final = delayed(works.step)


def _wide(scheduler: str, n: int, times: int) -> list[float]:
    def work() -> list[int]:
        return list(compute(*[_leaf(i) for i in range(n)], scheduler=scheduler))

    return works.timed(work, list(range(n)), times)


def _chain(scheduler: str, n: int, times: int) -> list[float]:
    def work() -> int:
        x: Any = 0
        for _ in range(n):
            x = _step(x)
        (found,) = compute(x, scheduler=scheduler)
        return int(found)

    return works.timed(work, n, times)


def ways(scheduler: str) -> dict[str, Callable[..., Any]]:
    """The works on one of its schedulers."""
    return {"wide": partial(_wide, scheduler), "chain": partial(_chain, scheduler)}


WAYS: Final = ways("threads")
