"""What is needed by now, what of it can go on, and what nobody can need any more.

What the routes of a router need is not known to be needed before its selector has a
value. Each decision demands more, and rules out the rest. Both are kept count of, edge by
edge, so that a graph costs in proportion to its size however many routers are in it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
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
        self._place = {
            number: (index, position)
            for index, stage in enumerate(plan.stages)
            for position, number in enumerate(stage)
        }
        self._settled: set[int] = set()
        self._demanded: set[int] = set()
        self._opened: set[int] = set()  # routers whose route is demanded
        self._unsettled: dict[int, int] = {}  # demanded nodes -> how many needs they wait for
        self._waiting: dict[int, list[int]] = {}  # needs -> demanded nodes that wait for them
        self._due: list[tuple[tuple[int, int], int]] = []
        self._routers_of: dict[int, list[int]] = {}  # selectors -> their routers
        self._possible: list[set[int]] = []  # what each node may yet turn out to need
        self._users = [0] * len(plan.steps)  # how many may yet turn out to need each
        self._note_all_that_is_possible()
        self._frontier = [_TARGET]  # to be demanded
        self._demand()

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
        step = self._steps[number]
        if step.kind is NodeKind.ROUTER:
            return {step.selector}
        return {*step.data, *(references(step.condition) if step.condition != () else ())}

    @property
    def is_settled(self) -> bool:
        """Whether the target is settled."""
        return _TARGET in self._settled

    def take_due(self) -> list[int]:
        """The nodes that can go on now, of the earliest stage that has any, in its order."""
        due = self._due
        stage = due[0][0][0]
        taken = []
        while due and due[0][0][0] == stage:
            taken.append(heapq.heappop(due)[1])
        return taken

    def settle(self, numbers: Iterable[int]) -> list[int]:
        """Some nodes have a value or were skipped; gives those that nobody can need any more."""
        ruled_out: list[int] = []
        for number in numbers:
            self._settled.add(number)
            for router in self._routers_of.get(number, ()):
                self._rule_out_routes(router, ruled_out)
            for waiting in self._waiting.pop(number, ()):
                self._unsettled[waiting] -= 1
                if not self._unsettled[waiting]:
                    self._go_on(waiting)
        self._demand()
        pruned = sorted(number for number in ruled_out if number not in self._settled)
        self._settled.update(pruned)
        return pruned

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
            heapq.heappush(self._due, (self._place[number], number))

    def _rule_out_routes(self, router: int, ruled_out: list[int]) -> None:
        """A router was decided: what only its other routes need is out."""
        kept = {self._steps[router].selector}
        if self._is_known(router):
            kept.update(references(self._choose(router)))
        self._drop(router, self._possible[router] - kept, ruled_out)

    def _drop(self, number: int, needs: set[int], ruled_out: list[int]) -> None:
        dropped = [(number, needs)]
        while dropped:
            number, needs = dropped.pop()
            self._possible[number] = self._possible[number] - needs
            for need in needs:
                self._users[need] -= 1
                if not self._users[need] and need != _TARGET:
                    ruled_out.append(need)
                    dropped.append((need, self._possible[need]))
