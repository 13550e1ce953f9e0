"""Schedules: the nodes of a graph that can go on, once others are settled.

Two answers to one question. In a graph without routers everything is needed, and a
node can go on when the last of its needs is settled. In one with routers what the
routes need is not known before the selectors have values: see
:class:`cascade.runtime.demand.Demand`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cascade.runtime.plan import Plan


class Schedule(Protocol):
    """Counts, in one execution of one graph, what each node still waits for."""

    def begin(self) -> Sequence[int]:
        """The nodes that can go on at the beginning."""
        ...

    def settle(self, number: int) -> Sequence[int]:
        """A node has a value or was skipped; gives those that can go on because of it."""
        ...

    def take_pruned(self) -> Sequence[int]:
        """The nodes that nobody can need any more, since this was asked last."""
        ...


class NeedCounts:
    """Schedule of a graph in which everything is needed.

    Parameters
    ----------
    plan
        The compiled shape, without routers.
    """

    __slots__ = ("_free", "_missing", "_ready", "_users")

    def __init__(self, plan: Plan) -> None:
        self._free = plan.free
        self._users = plan.users
        self._missing = list(plan.n_needs)
        self._ready: list[int] = []  # the one given next: most often it stays empty

    def begin(self) -> Sequence[int]:
        """The nodes that need nothing."""
        return self._free

    def settle(self, number: int) -> Sequence[int]:
        """Those of whom `number` was the last need."""
        missing, ready = self._missing, self._ready
        for user in self._users[number]:
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
        if ready:
            self._ready = []
        return ready

    def take_pruned(self) -> Sequence[int]:
        """Nothing: all is needed."""
        return ()
