"""Demand: the nodes of a graph with routers that are needed by now, and those that never will be.

What the routes of a router need is not known to be needed before its selector has a
value. Each decision demands more, and rules out the rest. Both are kept count of, edge by
edge, so that a graph costs in proportion to its size however many routers are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cascade.graph.model import NodeKind
from cascade.graph.shape import Slot, references
from cascade.runtime.plan import Plan

Choose = Callable[[int], "Slot | None"]

_TARGET: Final = 0


class Demand:
    """Demand in one execution of one graph with routers.

    Parameters
    ----------
    plan
        The compiled shape.
    choose
        Slot of the route that a decided router takes, by the router's number; None where
        its selector was skipped.
    is_known
        Whether the route that a decided router asks for is one it has.

    Notes
    -----
    `choose` may raise: an unknown route is an error once the router is needed.
    """

    def __init__(self, plan: Plan, choose: Choose, is_known: Callable[[int], bool]) -> None:
        self._steps = plan.steps
        self._choose = choose
        self._is_known = is_known
        self._settled: set[int] = set()
        self._demanded: set[int] = set()
        self._opened: set[int] = set()  # routers whose route is demanded
        self._unsettled: dict[int, int] = {}  # demanded nodes -> how many needs they wait for
        self._waiting: dict[int, list[int]] = {}  # needs -> demanded nodes that wait for them
        self._ready: list[int] = []  # can go on, and have not been given yet
        self._ruled_out: list[int] = []  # nobody can need them, and they have not been given yet
        self._routers_of: dict[int, list[int]] = {}  # selectors -> their routers
        self._possible: list[set[int]] = []  # what each node may yet turn out to need
        self._users = [0] * len(plan.steps)  # how many may yet turn out to need each
        self._note_all_that_is_possible()
        self._frontier = [_TARGET]  # to be demanded

    def _note_all_that_is_possible(self) -> None:
        for number, step in enumerate(self._steps):
            needs = self._needs_of(number)
            if step.kind is NodeKind.ROUTER:
                self._routers_of.setdefault(step.selector, []).append(number)
                needs.update(need for _, slot in step.routes for need in references(slot))
            self._possible.append(needs)
            for need in needs:
                self._users[need] += 1

    def _needs_of(self, number: int) -> set[int]:
        """What a node needs in any case; of a router, its selector."""
        return set(self._steps[number].needs)

    def begin(self) -> Sequence[int]:
        """What the target needs, whatever the routers decide, and is free to go on."""
        self._demand()
        return self._take_ready()

    def settle(self, number: int) -> Sequence[int]:
        """A node has a value or was skipped; gives those that can go on because of it."""
        self._settled.add(number)
        for router in self._routers_of.get(number, ()):
            self._rule_out_routes(router)
        for waiting in self._waiting.pop(number, ()):
            self._unsettled[waiting] -= 1
            if not self._unsettled[waiting]:
                self._go_on(waiting)
        self._demand()
        return self._take_ready()

    def take_pruned(self) -> Sequence[int]:
        """The nodes that nobody can need any more, since this was asked last."""
        if not self._ruled_out:
            return ()
        pruned = sorted(number for number in self._ruled_out if number not in self._settled)
        self._ruled_out.clear()
        self._settled.update(pruned)
        return pruned

    def _take_ready(self) -> list[int]:
        ready, self._ready = self._ready, []
        return ready

    def _demand(self) -> None:
        """Demand what was found to be needed, and all that is needed for it."""
        frontier = self._frontier
        while frontier:
            number = frontier.pop()
            if number not in self._demanded:
                self._demanded.add(number)
                needs = self._needs_of(number)
                frontier += needs
                self._wait_for(number, needs)

    def _wait_for(self, number: int, needs: Iterable[int]) -> None:
        unsettled = [need for need in needs if need not in self._settled]
        self._unsettled[number] = len(unsettled)
        for need in unsettled:
            self._waiting.setdefault(need, []).append(number)
        if not unsettled:
            self._go_on(number)

    def _go_on(self, number: int) -> None:
        """All that a demanded node is known to need is settled: it is due, or needs its route."""
        if self._steps[number].kind is NodeKind.ROUTER and number not in self._opened:
            self._opened.add(number)
            needs = set(references(self._choose(number)))
            self._frontier += needs
            self._wait_for(number, needs)
        else:
            self._ready.append(number)

    def _rule_out_routes(self, router: int) -> None:
        """A router was decided: what only its other routes need is out."""
        kept = {self._steps[router].selector}
        if self._is_known(router):
            kept.update(references(self._choose(router)))
        self._drop(router, self._possible[router] - kept)

    def _drop(self, number: int, needs: set[int]) -> None:
        dropped = [(number, needs)]
        while dropped:
            number, needs = dropped.pop()
            self._possible[number] = self._possible[number] - needs
            for need in needs:
                self._users[need] -= 1
                if not self._users[need] and need != _TARGET:
                    self._ruled_out.append(need)
                    dropped.append((need, self._possible[need]))
