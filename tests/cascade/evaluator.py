"""A plain, slow, obviously right evaluator of declared graphs, to hold the engine against.

It knows nothing of the engine. A graph is a list of :class:`Node`, each of which
refers to earlier ones by number. What becomes of a node is one of three:

* :class:`Value`: it was made;
* :class:`Skip`: it was not, for one of these reasons (several where the contract
  leaves open which of them is told);
* :class:`Failure`: the run fails by one of these errors, or by several at once.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Kind = Literal["task", "map", "param", "router"]

# ("value", x), ("node", number), ("list" | "tuple", [args]) or ("dict", {key: arg})
Arg: TypeAlias = tuple[str, Any]

CAPACITY = {"a": 3, "b": 2}
"""What the engine has; resource "c" is asked for too, and is unlimited."""


@dataclass
class Node:
    """One node of a graph.

    Attributes
    ----------
    number, kind
        Its place in the graph, and what it is.
    modulus
        A task gives a number below this.
    args, kwargs, columns
        What a task is given, or a map for its items.
    condition
        A plain bool, or what it depends on.
    failures, retries, doomed
        How often it fails before it succeeds, how many retries it has, and
        whether it always fails.
    amounts
        What it takes of the resources.
    after
        Nodes that have to be settled before it begins, and nothing more.
    uses
        Name of a resource that is injected.
    pause
        How often it waits; None for a plain function.
    selector, routes
        Of a router.
    default
        Of a param, if it has one.
    """

    number: int
    kind: Kind
    modulus: int = 1000
    args: list[Arg] = field(default_factory=list)
    kwargs: dict[str, Arg] = field(default_factory=dict)
    columns: dict[str, Arg] = field(default_factory=dict)
    condition: Arg | None = None
    failures: int = 0
    retries: int = 0
    doomed: bool = False
    amounts: dict[str, Arg] = field(default_factory=dict)
    after: list[int] = field(default_factory=list)
    uses: str | None = None
    pause: int | None = 0
    selector: int = -1
    routes: dict[int, Arg] = field(default_factory=dict)
    default: int | None = None

    @property
    def name(self) -> str:
        return f"n{self.number}"

    @property
    def is_executed(self) -> bool:
        return self.kind in ("task", "map")


@dataclass
class Spec:
    """A graph, what is asked of it, and values for its params."""

    nodes: list[Node]
    target: int | list[int]
    params: dict[str, int]

    @property
    def targets(self) -> list[int]:
        return self.target if isinstance(self.target, list) else [self.target]


@dataclass(frozen=True)
class Value:
    """It has this value."""

    of: Any


@dataclass(frozen=True)
class Skip:
    """It has no value, and one of these is the reason."""

    reasons: frozenset[str]


@dataclass(frozen=True)
class Failure:
    """It makes the run fail, by some of these: ``"task n3"``, ``"route"``, ..."""

    errors: frozenset[str]


State: TypeAlias = Value | Skip | Failure


@dataclass
class Outcome:
    """What becomes of one run.

    Attributes
    ----------
    result
        Of the target.
    skipped
        Possible reasons for each task that is skipped.
    calls
        How often each task is called; at most, if the run fails.
    amounts
        What each of them takes meanwhile.
    """

    result: State
    skipped: dict[str, frozenset[str]]
    calls: Counter[str]
    amounts: dict[str, dict[str, int]]


def compute(number: int, modulus: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """What a task makes of what it is given; the least difference in that shows."""
    return zlib.crc32(repr((number, list(args), sorted(kwargs.items()))).encode()) % modulus


def needs(arg: Arg | None) -> list[int]:
    """The nodes that an argument refers to, however deep."""
    if arg is None or arg[0] == "value":
        return []
    kind, inner = arg
    if kind == "node":
        return [inner]
    return [each for item in (inner.values() if kind == "dict" else inner) for each in needs(item)]


def needs_of(node: Node) -> list[int]:
    """All that a node refers to."""
    args = [*node.args, *node.kwargs.values(), *node.columns.values(), *node.routes.values()]
    found = [each for arg in [*args, *node.amounts.values()] for each in needs(arg)]
    found += [*needs(node.condition), *node.after]
    return [*found, node.selector] if node.kind == "router" else found


class Evaluator:
    """Evaluates one graph once, by recursion.

    Only what is asked for, directly or through others, is ever looked at.
    """

    def __init__(self, nodes: list[Node], params: Mapping[str, int]) -> None:
        self._nodes = nodes
        self._params = params
        self._states: dict[int, State] = {}
        self._calls: Counter[str] = Counter()
        self._amounts: dict[str, dict[str, int]] = {}

    def outcome(self, spec: Spec) -> Outcome:
        """What becomes of a run that asks for the target of this graph."""
        states = [self.state(number) for number in spec.targets]
        result = _combined(states)
        if isinstance(result, Value) and not isinstance(spec.target, list):
            result = states[0]
        skipped = {}
        for number in sorted(reachable(self._nodes, spec.targets)):
            state = self._states.get(number, Skip(frozenset({"Pruned"})))
            if isinstance(state, Skip) and self._nodes[number].is_executed:
                skipped[self._nodes[number].name] = state.reasons
        return Outcome(result, skipped, self._calls, self._amounts)

    def state(self, number: int) -> State:
        """What becomes of a node that is needed."""
        if number not in self._states:
            node = self._nodes[number]
            if node.kind == "param":
                self._states[number] = self._param(node)
            elif node.kind == "router":
                self._states[number] = self._router(node)
            else:
                self._states[number] = self._executed(node)
        return self._states[number]

    def _param(self, node: Node) -> State:
        value = self._params.get(node.name, node.default)
        return Failure(frozenset({"param"})) if value is None else Value(value)

    def _router(self, node: Node) -> State:
        by = self.state(node.selector)
        if isinstance(by, Failure):
            return by
        if isinstance(by, Skip):
            return Skip(frozenset({"UpstreamSkipped_Route"}))
        if by.of not in node.routes:
            return Failure(frozenset({"route"}))
        route = node.routes[by.of]
        below = _combined([self.state(number) for number in needs(route)])
        if isinstance(below, Failure):
            return below
        if isinstance(below, Skip):
            return Skip(frozenset({"UpstreamSkipped_Route"}))
        return Value(self._fill(route))

    def _executed(self, node: Node) -> State:
        """A task or a map: it needs all it refers to, whatever its condition."""
        for number in needs_of(node):
            self.state(number)
        all_of_it = _combined([self.state(number) for number in needs_of(node)])
        if isinstance(all_of_it, Failure):
            return all_of_it
        reasons = self._reasons_to_skip(node)
        if reasons:
            return Skip(reasons)
        amounts = {resource: self._fill(arg) for resource, arg in node.amounts.items()}
        self._amounts[node.name] = amounts
        rows = self._rows(node)
        if rows and any(n > CAPACITY.get(resource, n) for resource, n in amounts.items()):
            return Failure(frozenset({"capacity"}))
        if rows and node.doomed:
            self._calls[node.name] = len(rows) * (1 + node.retries)
            return Failure(frozenset({f"task {node.name}"}))
        self._calls[node.name] = len(rows) + (node.failures if rows else 0)
        values = [compute(node.number, node.modulus, args, kwargs) for args, kwargs in rows]
        return Value(values if node.kind == "map" else values[0])

    def _reasons_to_skip(self, node: Node) -> frozenset[str]:
        """Why it has no value.

        A false condition is the reason whatever else there is. When condition
        and data are both skipped, the contract names either.
        """
        reasons = set()
        if node.condition is not None:
            if any(isinstance(self.state(number), Skip) for number in needs(node.condition)):
                reasons.add("UpstreamSkipped_Condition")
            elif not self._fill(node.condition):
                return frozenset({"ConditionFalse"})
        for arg in [*node.args, *node.kwargs.values(), *node.columns.values()]:
            reasons |= self._reasons_below(arg)
        for arg in node.amounts.values():
            reasons |= self._reasons_below(arg)
        return frozenset(reasons)

    def _reasons_below(self, arg: Arg) -> set[str]:
        return {
            f"UpstreamSkipped_{'Route' if self._nodes[number].kind == 'router' else 'Data'}"
            for number in needs(arg)
            if isinstance(self.state(number), Skip)
        }

    def _rows(self, node: Node) -> list[tuple[list[Any], dict[str, Any]]]:
        """Arguments of each call."""
        if node.kind == "task":
            kwargs = {name: self._fill(arg) for name, arg in node.kwargs.items()}
            return [([self._fill(arg) for arg in node.args], kwargs)]
        columns = [self._fill(arg) for arg in node.columns.values()]
        return [
            ([], dict(zip(node.columns, row, strict=True))) for row in zip(*columns, strict=True)
        ]

    def _fill(self, arg: Arg) -> Any:
        kind, inner = arg
        if kind == "node":
            state = self.state(inner)
            assert isinstance(state, Value)
            return state.of
        if kind == "list":
            return [self._fill(each) for each in inner]
        if kind == "tuple":
            return tuple([self._fill(each) for each in inner])
        if kind == "dict":
            return {key: self._fill(each) for key, each in inner.items()}
        return inner


def reachable(nodes: Sequence[Node], targets: Iterable[int]) -> set[int]:
    """All that the targets could need, however the routers decide."""
    reached, frontier = set(targets), list(targets)
    while frontier:
        for number in needs_of(nodes[frontier.pop()]):
            if number not in reached:
                reached.add(number)
                frontier.append(number)
    return reached


def _combined(states: Iterable[State]) -> State:
    """All the values, unless one is skipped, unless one fails."""
    states = list(states)
    errors = [state.errors for state in states if isinstance(state, Failure)]
    if errors:
        return Failure(frozenset().union(*errors))
    reasons = [state.reasons for state in states if isinstance(state, Skip)]
    if reasons:
        return Skip(frozenset().union(*reasons))
    return Value([state.of for state in states if isinstance(state, Value)])
