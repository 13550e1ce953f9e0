"""The pace of a sweep: how long a run takes, how many make a batch, how long all will take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BATCH_S: Final = 1.0
"""Work that a batch has at least, wall seconds: what it costs to hand it over is a thousandth."""

_MEMORY: Final = 0.9


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """How far a sweep is.

    Attributes
    ----------
    done, total
        Runs that have a row, and all.
    failed
        Those of them that have no result.
    found
        Those that had a row before.
    refused
        Those of the failed that can't be run at all.
    elapsed_s, left_s
        Wall seconds since it began, and until it ends; `left_s` is None as long as nobody knows.
    """

    done: int
    total: int
    failed: int
    found: int
    elapsed_s: float
    left_s: float | None
    refused: int = 0

    @property
    def share(self) -> float:
        """What part is done, in [0, 1]."""
        return self.done / self.total if self.total else 1.0


class Pace:
    """What runs have taken, per firefly, and so what others will take.

    Parameters
    ----------
    n_workers
        Who run at a time.
    """

    def __init__(self, n_workers: int) -> None:
        self._n_workers = n_workers
        self._per_weight: float | None = None

    def note(self, weight: float, wall_s: float) -> None:
        """A run of some weight, in fireflies, has taken so long."""
        found = wall_s / weight
        before = self._per_weight
        self._per_weight = found if before is None else _MEMORY * before + (1.0 - _MEMORY) * found

    def seconds_of(self, weight: float) -> float | None:
        """What runs of some weight in all take one after the other, wall seconds, if known."""
        return None if self._per_weight is None else self._per_weight * weight

    def is_enough(self, n: int, weight: float, left: float) -> bool:
        """Whether a batch of `n` runs, of some weight in all, should have no more.

        At first it is one run, which tells how long runs take. Towards the end there are more
        than one batch left for each worker, so that all end at about the same time.
        """
        seconds = self.seconds_of(weight)
        if seconds is None:
            return n >= 1
        return seconds >= BATCH_S or weight * 2 * self._n_workers >= left

    def left_s(self, weight: float) -> float | None:
        """Wall seconds that runs of some weight in all take for all workers together."""
        seconds = self.seconds_of(weight)
        return None if seconds is None else seconds / self._n_workers
