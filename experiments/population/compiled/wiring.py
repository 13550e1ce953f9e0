"""The wiring: who hears whom, as the kernel takes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from experiments.model.topology import Topology
from experiments.population.compiled.kernel import BY_STEPS, BY_TABLE, EVERYBODY, Wiring

_NONE = np.zeros(0, dtype=np.int64)
_NOBODY = np.zeros(0, dtype=np.int32)


def wiring_of(topology: Topology) -> Iterator[Wiring | None]:
    """A topology as the kernel takes it, to be made in slices: nothing until the last one."""
    n = topology.side * topology.side
    if topology.is_complete:
        yield _wiring(EVERYBODY, most_hearers=n - 1)
    elif (lattice := topology.lattice) is not None:
        dx, dy = (np.array(steps, dtype=np.int64) for steps in zip(*lattice.steps, strict=True))
        yield _wiring(
            BY_STEPS,
            width=lattice.width,
            height=lattice.height,
            is_wrapped=topology.is_wrapped,
            dx=dx,
            dy=dy,
            steps=dy * lattice.width + dx,
            reach_x=int(np.abs(dx).max()),
            reach_y=int(np.abs(dy).max()),
            most_hearers=len(dx),
        )
    else:
        for _ in topology.prepare():
            yield None
        starts = np.zeros(n + 1, dtype=np.int64)
        parts: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
        for y, row in enumerate(topology.rows()):
            first = y * topology.side
            starts[first + 1 : first + len(row) + 1] = [len(each) for each in row]
            parts.append(np.fromiter(chain.from_iterable(row), dtype=np.int32))
            yield None
        most = int(starts.max())
        np.cumsum(starts, out=starts)
        yield _wiring(BY_TABLE, starts=starts, targets=np.concatenate(parts), most_hearers=most)


def _wiring(
    kind: int,
    *,
    most_hearers: int,
    width: int = 0,
    height: int = 0,
    is_wrapped: bool = False,
    dx: np.ndarray[tuple[int], np.dtype[np.int64]] = _NONE,
    dy: np.ndarray[tuple[int], np.dtype[np.int64]] = _NONE,
    steps: np.ndarray[tuple[int], np.dtype[np.int64]] = _NONE,
    reach_x: int = 0,
    reach_y: int = 0,
    starts: np.ndarray[tuple[int], np.dtype[np.int64]] = _NONE,
    targets: np.ndarray[tuple[int], np.dtype[np.int32]] = _NOBODY,
) -> Wiring:
    return Wiring(
        kind, width, height, is_wrapped, dx, dy, steps, reach_x, reach_y, starts, targets,
        most_hearers,
    )  # fmt: skip
