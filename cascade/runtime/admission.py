"""Admission: which task may begin, over all concurrent runs of an engine.

Tasks that can't begin yet wait in one line, in the order in which they came.
Whenever something changes (a task ends, a constraint comes, goes or expires, a
rate limit allows more) the line is gone through from its head, and everybody
who can begin now does. Each waits on a channel of its own, so no wake-up can be
lost.

The line is kept as several: one for those who want the same resources and are under
the same constraints. Where the first of them can't begin, none of them can; so going
through the line costs as much as there are sorts of tasks, not tasks.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from cascade.clock.base import Clock
from cascade.clock.seconds import is_real
from cascade.runtime.ticket import Amount, Line, Ticket, exact

if TYPE_CHECKING:
    from cascade.runtime.constraints import Constraint

_log = logging.getLogger(__name__)


class Admission:
    """The line of tasks that want to begin.

    Parameters
    ----------
    clock
        Clock of the engine.
    capacity
        How much there is of each bounded resource.

    Attributes
    ----------
    wanted
        How many of those who wait want each resource; None stands for none at all.
    """

    def __init__(self, clock: Clock, capacity: Mapping[str, float]) -> None:
        self._clock = clock
        self._capacity = {resource: exact(amount) for resource, amount in capacity.items()}
        self._free = dict(self._capacity)
        self._constraints: dict[str, Constraint] = {}
        self._rates: dict[tuple[str, str], Constraint] = {}  # the last of each id and scope
        self._lines: dict[Hashable, Line] = {}  # by sort
        self._numbers = itertools.count()
        self._blocked = 0
        self.wanted: Counter[str | None] = Counter()
        self._running: dict[Ticket, None] = {}
        self._cancel_timer: Callable[[], None] | None = None

    @property
    def blocked(self) -> int:
        """How many tasks wait to begin."""
        return self._blocked

    # -- a task -------------------------------------------------------------------------

    def ask(self, task_name: str, amounts: Mapping[str, float]) -> Ticket:
        """Get in line; the ticket says whether the task may begin at once.

        Raises
        ------
        ValueError
            It asks for more than there is.
        """
        bounded: dict[str, Amount] = {}
        for resource, amount in amounts.items():
            capacity = self._capacity.get(resource)
            if capacity is None or not amount:
                continue
            bounded[resource] = exact(amount)
            if bounded[resource] > capacity:
                raise ValueError(
                    f"task '{task_name}' asks for {amount:g} of '{resource}', which exceeds "
                    f"total system capacity of {float(capacity):g}"
                )
        ticket = Ticket(task_name, bounded, next(self._numbers))
        ticket.constraints = self._matching(task_name)
        is_first = self._join(ticket)
        self._blocked += 1
        self.wanted.update(ticket.wants())
        try:
            if is_first:  # otherwise it can't begin before who stands there already
                self._review()
        except BaseException:
            self.leave(ticket)
            raise
        return ticket

    def limits(self, task_name: str, amounts: Mapping[str, float]) -> bool:
        """Whether a task takes of what there is only so much of, or is under a constraint."""
        is_bounded = any(amount and name in self._capacity for name, amount in amounts.items())
        return is_bounded or bool(self._matching(task_name))

    async def wait(self, ticket: Ticket) -> None:
        """Wait until the task may begin.

        Notes
        -----
        On the engine's clock. Cancelling is safe; whoever asked for the ticket gives it back,
        whether or not its turn has come.
        """
        await ticket.turn.receive()

    def leave(self, ticket: Ticket) -> None:
        """Give back what the task took, or its place in the line."""
        if ticket.admitted:
            del self._running[ticket]
            for resource, amount in ticket.amounts.items():
                self._free[resource] += amount
            for constraint in ticket.constraints:
                constraint.running -= 1
        else:
            self._forget(ticket)
        if self._blocked:
            self._review()

    def reason(self, ticket: Ticket) -> str:
        """By what a waiting task is blocked, for people."""
        now = self._clock.now
        reasons = [str(each) for each in ticket.constraints if not each.allows(now)]
        for resource, amount in ticket.amounts.items():
            free, total = self._free[resource], self._capacity[resource]
            ahead = self.wanted[resource] - ticket.waits
            if amount > free or ahead:
                line = f", {ahead} waiting" if ahead else ""
                reasons.append(
                    f"'{resource}': wants {float(amount):g}, "
                    f"{float(free):g} of {float(total):g} free{line}"
                )
        return "; ".join(reasons)

    # -- live constraints ---------------------------------------------------------------

    async def on_message(self, topic: str, payload: Any) -> None:
        """Take in a message on a topic below ``cascade/constraints/``; ignore a bad one."""
        from cascade.runtime.constraints import decoded, parse, scope_of_topic  # if any is sent

        scope = scope_of_topic(topic)
        try:
            message = decoded(payload)
            constraint = None if message is None else parse(message, scope)
        except ValueError as error:
            _log.warning("ignored a malformed constraint on %r: %s", topic, error)
            return
        if constraint is not None:
            self.impose(constraint)
        elif scope is not None:
            self.lift(scope)
        else:
            _log.warning("ignored an empty message on %r: it names no scope", topic)

    def impose(self, constraint: Constraint) -> None:
        """Let a constraint hold from now on, in the place of one with its id."""
        if constraint.type == "rate_limit":
            self._go_on_counting(constraint)
        self._constraints[constraint.id] = constraint
        constraint.running = sum(constraint.matches(each.task_name) for each in self._running)
        self._note_change()

    def lift(self, scope: str | None = None) -> None:
        """Remove the constraints of one scope; or all, for as long as the connector is away."""
        if scope is not None:
            self._rates = {key: each for key, each in self._rates.items() if each.scope != scope}
        self._constraints = {
            identity: each
            for identity, each in self._constraints.items()
            if scope is not None and each.scope != scope
        }
        self._note_change()

    def _go_on_counting(self, rate: Constraint) -> None:
        """Let a rate limit that is told again, or anew, count what it has let begin before."""
        now, key, holding = self._clock.now, (rate.id, rate.scope), self._constraints
        self._rates = {
            name: each
            for name, each in self._rates.items()
            if each.is_open(now) or holding.get(each.id) is each
        }
        if key in self._rates:
            rate.take_up(self._rates[key])
        self._rates[key] = rate

    def _drop_expired(self) -> None:
        now = self._clock.now
        if any(each.expires_at <= now for each in self._constraints.values()):
            self._constraints = {
                identity: each
                for identity, each in self._constraints.items()
                if each.expires_at > now
            }
            self._match_anew()

    def _note_change(self) -> None:
        self._match_anew()
        self._review()

    def _match_anew(self) -> None:
        waiting = [ticket for line in self._lines.values() for ticket in line]
        for ticket in (*waiting, *self._running):
            ticket.constraints = self._matching(ticket.task_name)
        self._lines.clear()
        for ticket in sorted(waiting, key=attrgetter("number")):
            self._join(ticket)

    def _matching(self, task_name: str) -> tuple[Constraint, ...]:
        if not self._constraints:
            return ()
        return tuple(each for each in self._constraints.values() if each.matches(task_name))

    # -- the line -----------------------------------------------------------------------

    def _review(self) -> None:
        """Admit everybody who can begin now, from the head of the line.

        A resource that somebody waits for is closed to all behind. Who is held
        by a constraint waits for that, and for no resource.
        """
        self._drop_expired()
        now = self._clock.now
        closed: set[str] = set()
        heads = [
            (head.number, line)
            for line in self._lines.values()
            if (head := line.head()) is not None
        ]
        heapq.heapify(heads)  # numbers differ, so lines are never compared
        while heads:
            line = heads[0][1]
            ticket = line.head()
            assert ticket is not None
            if any(not each.allows(now) for each in ticket.constraints):
                heapq.heappop(heads)
            elif closed.isdisjoint(ticket.amounts) and self._has_room(ticket):
                self._admit(ticket)
                head = line.head()
                if head is None:
                    heapq.heappop(heads)
                else:
                    heapq.heapreplace(heads, (head.number, line))
            else:
                heapq.heappop(heads)
                closed.update(ticket.amounts)
        self._set_timer()

    def _has_room(self, ticket: Ticket) -> bool:
        free = self._free
        return all(amount <= free[resource] for resource, amount in ticket.amounts.items())

    def _admit(self, ticket: Ticket) -> None:
        self._forget(ticket)
        ticket.admitted = True
        self._running[ticket] = None
        for resource, amount in ticket.amounts.items():
            self._free[resource] -= amount
        now = self._clock.now
        for constraint in ticket.constraints:
            constraint.note_start(now)
        ticket.turn.send(None)

    def _join(self, ticket: Ticket) -> bool:
        """Let a ticket stand in the line of its sort; tells whether it is the first there."""
        ticket.sort = ticket.find_sort()
        line = self._lines.get(ticket.sort)
        if line is None:
            line = self._lines[ticket.sort] = Line()
        ticket.line = line
        line.join(ticket)
        return line.head() is ticket

    def _forget(self, ticket: Ticket) -> None:
        """Take a ticket out of the line."""
        ticket.waits = False
        self._blocked -= 1
        line = ticket.line
        assert line is not None
        line.leave()
        if line.head() is None:
            del self._lines[ticket.sort]
        for resource in ticket.wants():
            self.wanted[resource] -= 1
            if not self.wanted[resource]:
                del self.wanted[resource]

    def _set_timer(self) -> None:
        """See to it that the line is gone through when time alone lets somebody begin."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if not self._blocked or not self._constraints:
            return
        now = self._clock.now
        changes = [each.next_change() for each in self._constraints.values()]
        due = min((t for t in changes if t > now), default=math.inf)
        if due < math.inf:
            self._cancel_timer = self._clock.call_at(due, self._on_time)

    def _on_time(self) -> None:
        self._cancel_timer = None
        self._review()


def capacity_of(system_resources: Mapping[str, float]) -> Mapping[str, float]:
    """How much an engine has of each resource.

    Raises
    ------
    TypeError, ValueError
        It is no mapping, or an amount is no number >= 0.
    """
    if not isinstance(system_resources, Mapping):
        raise TypeError(f"system_resources must be a mapping, got {system_resources!r}")
    for name, amount in system_resources.items():
        if not is_real(amount) or not 0 <= amount < math.inf:
            raise ValueError(f"system resource '{name}' must be a number >= 0, got {amount!r}")
    return system_resources
