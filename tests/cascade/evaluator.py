"""A plain, slow, obviously right evaluator of declared graphs, to hold the engine against.

It knows nothing of the engine: a graph is a list of :class:`Node`, each of which
refers to earlier ones by number, and the last one is the target.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["task", "map", "param", "router"]

# An argument: ("value", x), ("node", j), ("list" | "tuple", [args]), ("dict", {key: arg})
Arg = tuple[str, Any]

CAPACITY = {"a": 4, "b": 2}


@dataclass
class Node:
    """One node of a graph."""

    number: int
    kind: Kind
    args: list[Arg] = field(default_factory=list)
    kwargs: dict[str, Arg] = field(default_factory=dict)
    condition: bool | int | None = None
    failures: int = 0
    retries: int = 0
    constraints: dict[str, int | tuple[str, int]] = field(default_factory=dict)
    columns: dict[str, list[Arg] | int] = field(default_factory=dict)
    selector: int = -1
    modulus: int = 0
    routes: dict[int, Arg] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"n{self.number}"


def combine(number: int, values: Any) -> int:
    """What every task computes of what it is given."""
    total = number + 1
    for value in _flat(values):
        total = (31 * total + value) % 1009
    return total


def _flat(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [each for key in value for each in _flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [each for item in value for each in _flat(item)]
    return [value]


def amount_of(value: Any) -> int:
    """How much of a resource a task asks for that makes its amount of `value`."""
    return 1 + combine(0, value) % 2


class Skipped(Exception):  # noqa: N818 - it is no error
    """A node has no value, for this reason."""

    def __init__(self, node: Node, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


class PlannedFailure(Exception):  # noqa: N818
    """What a task raises whose tries are used up, or not yet."""


@dataclass
class Outcome:
    """What becomes of a graph."""

    value: Any = None
    error: type[Exception] | None = None
    skipped: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)


class Evaluator:
    """Evaluates one graph once, by recursion."""

    def __init__(self, nodes: list[Node], params: dict[str, int]) -> None:
        self._nodes = nodes
        self._params = params
        self._values: dict[int, Any] = {}
        self._reasons: dict[int, str] = {}
        self._calls: Counter[str] = Counter()

    def outcome(self) -> Outcome:
        """The target's value or error, and for each task whether and why it was skipped."""
        outcome = Outcome(calls=self._calls)
        target = self._nodes[-1]
        try:
            self._settle(target.number)
        except (PlannedFailure, ValueError) as error:
            outcome.error = type(error)
            return outcome
        if target.number in self._reasons:
            outcome.error = LookupError
        else:
            outcome.value = self._values[target.number]
        for number in sorted(self._reachable(target.number)):
            node = self._nodes[number]
            if node.kind in ("task", "map"):
                if number in self._reasons:
                    outcome.skipped[node.name] = self._reasons[number]
                elif number not in self._values:
                    outcome.skipped[node.name] = "Pruned"
        return outcome

    def _settle(self, number: int) -> None:
        """Give a node a value, or a reason why it has none."""
        if number in self._values or number in self._reasons:
            return
        node = self._nodes[number]
        try:
            self._values[number] = getattr(self, f"_{node.kind}")(node)
        except Skipped as skipped:
            self._reasons[number] = skipped.reason

    def _task(self, node: Node) -> int:
        self._decide(node, [*node.args, *node.kwargs.values()])
        values = [self._fill(arg) for arg in node.args]
        values += [self._fill(arg) for arg in node.kwargs.values()]
        self._calls[node.name] += 1 + min(node.failures, node.retries)
        if node.failures > node.retries:
            raise PlannedFailure(node.name)
        return combine(node.number, values)

    def _map(self, node: Node) -> list[int]:
        lists = [
            column if isinstance(column, list) else [("node", column)]
            for column in node.columns.values()
        ]
        self._decide(node, [arg for column in lists for arg in column])
        filled = [
            [self._fill(arg) for arg in column] if isinstance(column, list) else self._of(column)
            for column in node.columns.values()
        ]
        rows = list(zip(*filled, strict=True))
        self._calls[node.name] += len(rows) * (1 + node.failures)
        return [combine(node.number, list(row)) for row in rows]

    def _param(self, node: Node) -> int:
        return self._params[node.name]

    def _router(self, node: Node) -> Any:
        self._settle(node.selector)
        if node.selector in self._reasons:
            raise Skipped(node, "UpstreamSkipped_Route")
        key = combine(0, self._of(node.selector)) % node.modulus
        if key not in node.routes:
            raise ValueError(f"no matching route found: {key}")
        arg = node.routes[key]
        for needed in _needs(arg):
            self._settle(needed)
        if any(needed in self._reasons for needed in _needs(arg)):
            raise Skipped(node, "UpstreamSkipped_Route")
        return self._fill(arg)

    def _decide(self, node: Node, args: list[Arg]) -> None:
        """Settle all that a task needs, and skip the task if it must be."""
        needs = [needed for arg in args for needed in _needs(arg)]
        asked = [a[1] for a in node.constraints.values() if isinstance(a, tuple)]
        on_node = isinstance(node.condition, int) and not isinstance(node.condition, bool)
        for needed in [*needs, *asked, *([int(node.condition or 0)] if on_node else [])]:
            self._settle(needed)
        if on_node:
            if node.condition in self._reasons:
                raise Skipped(node, "UpstreamSkipped_Condition")
            if not self._of(int(node.condition or 0)):
                raise Skipped(node, "ConditionFalse")
        elif node.condition is False:
            raise Skipped(node, "ConditionFalse")
        for needed in needs:
            if needed in self._reasons:
                by_router = self._nodes[needed].kind == "router"
                raise Skipped(node, f"UpstreamSkipped_{'Route' if by_router else 'Data'}")
        if any(needed in self._reasons for needed in asked):  # a task makes an amount of it
            raise Skipped(node, "UpstreamSkipped_Data")

    def _of(self, number: int) -> Any:
        return self._values[number]

    def _fill(self, arg: Arg) -> Any:
        kind, inner = arg
        if kind == "node":
            return self._of(inner)
        if kind in ("list", "tuple"):
            return [self._fill(each) for each in inner]
        if kind == "dict":
            return {key: self._fill(each) for key, each in inner.items()}
        return inner

    def _reachable(self, target: int) -> set[int]:
        """All that the target could need, whatever is decided."""
        reached, frontier = {target}, [target]
        while frontier:
            for number in _possible_needs(self._nodes[frontier.pop()]):
                if number not in reached:
                    reached.add(number)
                    frontier.append(number)
        return reached


def _needs(arg: Arg) -> list[int]:
    kind, inner = arg
    if kind == "node":
        return [inner]
    if kind in ("list", "tuple"):
        return [number for each in inner for number in _needs(each)]
    if kind == "dict":
        return [number for each in inner.values() for number in _needs(each)]
    return []


def _possible_needs(node: Node) -> list[int]:
    args = [*node.args, *node.kwargs.values(), *node.routes.values()]
    for column in node.columns.values():
        args += column if isinstance(column, list) else [("node", column)]
    args += [
        ("node", amount[1]) for amount in node.constraints.values() if isinstance(amount, tuple)
    ]
    numbers = [number for arg in args for number in _needs(arg)]
    if isinstance(node.condition, int) and not isinstance(node.condition, bool):
        numbers.append(node.condition)
    if node.kind == "router":
        numbers.append(node.selector)
    return numbers


class Gardener:
    """Grows random graphs.

    Parameters
    ----------
    seed, size
        Source of randomness, and number of nodes.
    may_fail
        Whether one of the tasks may fail for good.
    """

    def __init__(self, seed: int, size: int, may_fail: bool) -> None:
        self._rng = random.Random(seed)
        self._size = size
        self._may_fail = may_fail
        self.nodes: list[Node] = []

    def graph(self) -> list[Node]:
        """The nodes, each after all that it may need."""
        rng = self._rng
        while len(self.nodes) < self._size - 1:
            kind = rng.choices(["task", "map", "param", "router"], [12, 3, 1, 3])[0]
            self.nodes.append(self._grow(kind))
        self.nodes.append(self._gather())
        if self._may_fail and rng.random() < 0.3:
            tasks = [node for node in self.nodes if node.kind == "task"]
            doomed = rng.choice(tasks)
            doomed.failures, doomed.retries = 3, rng.randint(0, 2)
        return self.nodes

    def _grow(self, kind: str) -> Node:
        number, rng = len(self.nodes), self._rng
        if kind == "param" or (kind == "router" and not number):
            return Node(number, "param")
        if kind == "router":
            return self._router(number)
        node = Node(number, "map" if kind == "map" else "task")
        if number and rng.random() < 0.2:
            node.condition = rng.choice([True, False, self._earlier(), self._earlier()])
        for resource in ("a", "b"):
            if rng.random() < 0.12:
                lazy = number > 0 and rng.random() < 0.5
                node.constraints[resource] = (
                    ("node", self._earlier()) if lazy else rng.randint(0, 2)
                )
        if rng.random() < 0.15:
            node.failures = rng.randint(1, 2) if kind == "task" else 0
            node.retries = node.failures + rng.randint(0, 1)
        if kind == "map":
            width = rng.randint(0, 4)
            node.columns["x"] = [self._arg(1) for _ in range(width)]
            if rng.random() < 0.4:
                node.columns["y"] = [self._arg(0) for _ in range(width)]
            lists = [each.number for each in self.nodes if each.kind == "map"]
            if lists and rng.random() < 0.4:
                node.columns = {"x": rng.choice(lists)}
            return node
        node.args = [self._arg(2) for _ in range(rng.randint(0, 4))]
        node.kwargs = {name: self._arg(1) for name in rng.sample(["k", "l"], rng.randint(0, 2))}
        return node

    def _router(self, number: int) -> Node:
        rng = self._rng
        modulus = rng.randint(1, 4)
        known = [key for key in range(modulus) if key == 0 or rng.random() < 0.97]
        routes = {key: self._arg(1) for key in known}
        return Node(number, "router", selector=self._earlier(), modulus=modulus, routes=routes)

    def _gather(self) -> Node:
        """A target that needs some of the last nodes."""
        number = len(self.nodes)
        recent = range(max(0, number - 12), number)
        chosen = self._rng.sample(recent, min(len(recent), self._rng.randint(1, 6)))
        return Node(number, "task", args=[("node", each) for each in chosen])

    def _earlier(self) -> int:
        """An earlier node, more likely a recent one."""
        number = len(self.nodes)
        return max(0, number - 1 - int(self._rng.expovariate(0.15)))

    def _arg(self, depth: int) -> Arg:
        rng = self._rng
        if self.nodes and rng.random() < 0.7:
            return ("node", self._earlier())
        if depth and rng.random() < 0.4:
            inner = [self._arg(depth - 1) for _ in range(rng.randint(0, 3))]
            kind = rng.choice(["list", "tuple", "dict"])
            return (kind, dict(enumerate(inner))) if kind == "dict" else (kind, inner)
        return ("value", rng.randint(0, 9))
