"""Tickets of tasks that want to begin, and the lines in which they wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from cascade.clock.channel import Channel

if TYPE_CHECKING:
    from fractions import Fraction

    from cascade.runtime.constraints import Constraint

Amount: TypeAlias = "int | Fraction"
"""Exact, so that ten tenths are one, and nothing is left over after a million tasks."""


def exact(amount: float) -> Amount:
    """The number that is written like `amount`: 0.1 is a tenth."""
    if amount == int(amount):
        return int(amount)
    from fractions import Fraction  # for those alone who need it

    return Fraction(repr(float(amount)))


class Ticket:
    """One task that wants to begin, or has.

    Attributes
    ----------
    task_name
        Name of the task.
    amounts
        What it takes of the bounded resources, none of them 0.
    constraints
        Live constraints that hold for it.
    admitted
        Whether it may go on.
    waits
        Whether it is in the line.
    number
        Its place in the line: who came before has a lower one.
    line, sort
        The line in which it stands, and what that line is found by.
    turn
        Gets a value when it may go on.
    """

    __slots__ = (
        "admitted",
        "amounts",
        "constraints",
        "line",
        "number",
        "sort",
        "task_name",
        "turn",
        "waits",
    )

    def __init__(self, task_name: str, amounts: dict[str, Amount], number: int) -> None:
        self.task_name = task_name
        self.number = number
        self.waits = True
        self.amounts = amounts
        self.constraints: tuple[Constraint, ...] = ()
        self.admitted = False
        self.line: Line | None = None
        self.sort: Hashable = None
        self.turn: Channel[None] = Channel(capacity=1)

    def wants(self) -> list[str | None]:
        """The bounded resources it takes; None stands for none of them."""
        return [*self.amounts] if self.amounts else [None]

    def find_sort(self) -> Hashable:
        """Equal for tickets of which the later ones can't begin while the first can't."""
        return frozenset(self.amounts), tuple([id(each) for each in self.constraints])


class Line:
    """Tickets of one sort that wait, in order.

    Who leaves from the middle is only taken out when most have left.
    """

    __slots__ = ("_tickets", "_waiting")

    def __init__(self) -> None:
        self._tickets: deque[Ticket] = deque()
        self._waiting = 0

    def join(self, ticket: Ticket) -> None:
        """Get in line, behind all others."""
        self._tickets.append(ticket)
        self._waiting += 1

    def leave(self) -> None:
        """Somebody who was in this line no longer waits."""
        self._waiting -= 1
        if len(self._tickets) > 2 * self._waiting + 16:
            self._tickets = deque(ticket for ticket in self._tickets if ticket.waits)

    def head(self) -> Ticket | None:
        """The first who waits."""
        tickets = self._tickets
        while tickets and not tickets[0].waits:
            tickets.popleft()
        return tickets[0] if tickets else None

    def __iter__(self) -> Iterator[Ticket]:
        return (ticket for ticket in self._tickets if ticket.waits)
