"""Random graphs for the evaluator and the engine: most of each is needed, and most of it runs."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final, Literal, TypeVar

from tests.cascade.evaluator import (
    Arg,
    Evaluator,
    Failure,
    Node,
    Skip,
    Spec,
    Value,
    needs_of,
    reachable,
)

K = TypeVar("K")

Mood = Literal["clean", "skips", "fails"]

WANTED: Final[dict[Mood, type]] = {"clean": Value, "skips": Skip, "fails": Failure}


def grow(seed: int, size: int, mood: Mood) -> Spec:
    """A graph of about `size` nodes.

    Parameters
    ----------
    seed, size
        Source of randomness, and number of nodes; a smaller graph of a seed
        begins like a larger one.
    mood
        With its own params, the target of a "clean" graph has a value, that of
        one that "skips" is skipped, and the run of one that "fails" fails.
    """
    return _Gardener(seed, mood).graph(size)


def other_params(spec: Spec, seed: int) -> dict[str, int]:
    """Other values for the params of a graph."""
    rng = random.Random(seed)
    return {name: rng.randint(0, 3) for name in spec.params}


def other_values(spec: Spec, seed: int) -> Spec:
    """A graph of the same shape: other values, and other widths of maps over plain values."""
    rng = random.Random(seed)

    def other(arg: Arg) -> Arg:
        kind, inner = arg
        if kind == "value":
            return (kind, rng.randint(0, 9))
        if kind == "dict":
            return (kind, {key: other(each) for key, each in inner.items()})
        return arg if kind == "node" else (kind, [other(each) for each in inner])

    def others(args: dict[K, Arg]) -> dict[K, Arg]:
        return {name: other(arg) for name, arg in args.items()}

    nodes = []
    for node in spec.nodes:
        columns = others(node.columns)
        if node.columns and not needs_of(replace(node, condition=None, amounts={}, after=[])):
            width = rng.randint(0, 6)
            columns = {
                name: ("list", [("value", rng.randint(0, 9)) for _ in range(width)])
                for name in columns
            }
        nodes.append(
            replace(
                node,
                args=[other(arg) for arg in node.args],
                kwargs=others(node.kwargs),
                columns=columns,
                routes=others(node.routes),
            )
        )
    return Spec(nodes, spec.target, other_params(spec, seed))


class _Gardener:
    """Grows one graph, and always knows what has become of the nodes so far."""

    def __init__(self, seed: int, mood: Mood) -> None:
        self._rng = random.Random(seed)
        self._mood = mood
        self._nodes: list[Node] = []
        self._params: dict[str, int] = {}
        self._known = Evaluator(self._nodes, self._params)
        self._bounds: list[int | None] = []  # values are below this; None: not a number
        self._wild = False
        self._used: set[int] = set()

    def graph(self, size: int) -> Spec:
        rng, wanted = self._rng, WANTED[self._mood]
        while len(self._nodes) < size - 1:
            # A wild node may be skipped or fail; others need what has a value.
            self._wild = rng.random() < 0.25
            kind = rng.choices(["task", "map", "param", "router"], [10, 3, 1, 4])[0]
            getattr(self, f"_add_{kind}")()
        sort_of_wanted = [n for n in range(len(self._nodes)) if self._is(n, wanted)]
        if not sort_of_wanted or rng.random() < 0.9:
            self._wild = False
            self._add_gathering(wanted, sort_of_wanted)
            sort_of_wanted.append(len(self._nodes) - 1)
        target: int | list[int] = sort_of_wanted[-1]
        if rng.random() < 0.1:
            fine = [n for n in range(len(self._nodes)) if self._is(n, Value)]
            target = [*rng.sample(fine, min(2, len(fine))), sort_of_wanted[-1]]
        spec = Spec(self._nodes, target, self._params)
        met = {self._nodes[number].name for number in reachable(self._nodes, spec.targets)}
        return replace(spec, params={n: x for n, x in self._params.items() if n in met})

    # -- nodes --------------------------------------------------------------------------

    def _add(self, node: Node, bound: int | None) -> int:
        self._nodes.append(node)
        self._bounds.append(bound)
        self._used.update(needs_of(node))
        return node.number

    def _new(self, kind: Literal["task", "map", "param", "router"]) -> Node:
        return Node(len(self._nodes), kind)

    def _add_param(self) -> int:
        node = self._new("param")
        if self._rng.random() < 0.4:
            node.default = self._rng.randint(0, 3)
        if not self._wild and (node.default is None or self._rng.random() < 0.5):
            self._params[node.name] = self._rng.randint(0, 3)
        return self._add(node, 4)

    def _add_task(self, modulus: int = 0) -> int:
        rng = self._rng
        modulus = modulus or rng.choice([2, 3, 4, 1000, 1000, 1000])
        args = [self._arg(2) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]))]
        names = rng.sample(["k", "l"], rng.choice([0, 0, 0, 1, 2]))
        kwargs = {name: self._arg(1) for name in names}
        return self._add(self._with_policies(self._new("task"), modulus, args, kwargs), modulus)

    def _add_map(self) -> int:
        rng = self._rng
        width = rng.choice([0, 1, 2, 2, 3, 4])
        as_one = rng.random() < 0.4
        columns: dict[str, Arg] = {}
        for name in ["x", "y"][: rng.randint(1, 2)]:
            items = [("value", rng.randint(0, 9)) if as_one else self._arg(1) for _ in range(width)]
            columns[name] = (rng.choice(["list", "tuple"]), items)
        lists = self._lists()
        if lists and rng.random() < 0.4:
            columns = {"x": ("node", rng.choice(lists))}
        node = self._with_policies(self._new("map"), 1000, [], {})
        node.columns = columns
        return self._add(node, None)

    def _add_router(self) -> int:
        rng = self._rng
        gives_lists = rng.random() < 0.15
        bound = rng.randint(1, 4)
        selector = self._pick(most=bound)
        if selector is None:
            selector = self._add_task(bound)
        state, keys = self._known.state(selector), list(range(self._bounds[selector] or 1))
        chosen = state.of if isinstance(state, Value) else 0
        if self._wild and rng.random() < 0.2:
            keys.remove(chosen)
        routes: dict[int, Arg] = {}
        was_wild = self._wild
        for key in keys:
            self._wild = was_wild or key != chosen  # what isn't chosen may be anything
            lists = self._lists()
            if gives_lists and lists and rng.random() < 0.7:
                routes[key] = ("node", rng.choice(lists))
            elif gives_lists:
                routes[key] = ("list", [self._arg(0) for _ in range(rng.randint(0, 3))])
            else:
                routes[key] = self._arg(1 if rng.random() < 0.3 else 0)
        self._wild = was_wild
        if not routes:
            routes[7] = ("value", 7)
        node = self._new("router")
        node.selector, node.routes = selector, routes
        bounds = [self._bound_of(arg) for arg in routes.values()]
        known = [each for each in bounds if each is not None]
        return self._add(node, max(known) if len(known) == len(bounds) else None)

    def _add_gathering(self, wanted: type, sort_of_wanted: list[int]) -> int:
        """A target that needs most of what nobody needs yet."""
        rng = self._rng
        node = self._new("task")
        fine = [n for n in range(len(self._nodes)) if self._is(n, Value) and n not in self._used]
        chosen = [n for n in fine if rng.random() < 0.8]
        if wanted is not Value:
            chosen += [n for n in sort_of_wanted if rng.random() < 0.7]
            if not any(self._is(n, wanted) for n in chosen):
                if wanted is Skip:
                    node.condition = ("value", False)
                else:
                    node.doomed, node.retries = True, rng.randint(0, 2)
        rng.shuffle(chosen)
        half = len(chosen) // 2
        node.args = [("node", n) for n in chosen[:half]]
        node.args.append(("dict", {n: ("node", n) for n in chosen[half:]}))
        return self._add(node, 1000)

    def _with_policies(
        self, node: Node, modulus: int, args: list[Arg], kwargs: dict[str, Arg]
    ) -> Node:
        rng = self._rng
        node.modulus, node.args, node.kwargs = modulus, args, kwargs
        node.pause = rng.choice([None, 0, 0, 1, 2])
        node.uses = rng.choice([None, None, None, "session", "lease"])
        if rng.random() < 0.15:
            node.failures = rng.randint(1, 2)
            node.retries = node.failures + rng.randint(0, 1)
        if rng.random() < 0.25:
            node.condition = self._condition()
        for resource in ("a", "b", "c"):
            if rng.random() < 0.15:
                lazy = self._pick(most=3) if rng.random() < 0.4 else None
                node.amounts[resource] = (
                    ("value", rng.randint(0, 2)) if lazy is None else ("node", lazy)
                )
        if rng.random() < 0.15:
            node.after = self._earlier()
        if self._wild and rng.random() < 0.2:
            node.doomed = True
        if self._wild and rng.random() < 0.05:
            node.amounts["a"] = ("value", 9)
        return node

    def _earlier(self) -> list[int]:
        """Earlier nodes to come after, skipped ones too."""
        picked = [
            len(self._nodes) - 1 - int(self._rng.expovariate(0.1))
            for _ in range(self._rng.randint(1, 2))
        ]
        return [n for n in picked if n >= 0 and (self._wild or not self._is(n, Failure))]

    def _condition(self) -> Arg | None:
        """For a wild node any, for others one that is true."""
        if self._wild:
            number = self._pick(most=4)
            is_lazy = number is not None and self._rng.random() < 0.7
            return ("node", number) if is_lazy else ("value", self._rng.random() < 0.3)
        for _ in range(3):
            number = self._pick()
            state = None if number is None else self._known.state(number)
            if isinstance(state, Value) and state.of:
                return ("node", number)
        return ("value", True)

    # -- what they refer to -------------------------------------------------------------

    def _is(self, number: int, sort: type) -> bool:
        return isinstance(self._known.state(number), sort)

    def _fits(self, number: int) -> bool:
        """Whether a node may be needed by the one that is being made."""
        if self._wild or self._is(number, Value):
            return True
        return self._rng.random() < 0.06 and self._is(number, WANTED[self._mood])

    def _pick(self, most: int | None = None) -> int | None:
        """An earlier node, more likely a recent one, whose values are below `most`.

        A wild node likes those that have no value.
        """
        likes_wild = self._wild and self._rng.random() < 0.4
        for _ in range(12 if likes_wild else 6):
            number = len(self._nodes) - 1 - int(self._rng.expovariate(0.1))
            if number < 0 or not self._fits(number) or (likes_wild and self._is(number, Value)):
                continue
            bound = self._bounds[number]
            if most is None or (bound is not None and bound <= most):
                return number
        return None

    def _lists(self) -> list[int]:
        """Recent nodes that give lists."""
        recent = range(max(0, len(self._nodes) - 40), len(self._nodes))
        return [n for n in recent if self._gives_list(("node", n)) and self._fits(n)]

    def _gives_list(self, arg: Arg) -> bool:
        kind, inner = arg
        if kind != "node":
            return kind == "list"
        node = self._nodes[inner]
        if node.kind == "router":
            return all(self._gives_list(route) for route in node.routes.values())
        return node.kind == "map"

    def _bound_of(self, arg: Arg) -> int | None:
        kind, inner = arg
        if kind == "node":
            return self._bounds[inner]
        return inner + 1 if kind == "value" else None

    def _arg(self, depth: int) -> Arg:
        rng = self._rng
        if depth and rng.random() < 0.25:
            inner = [self._arg(depth - 1) for _ in range(rng.randint(0, 3))]
            kind = rng.choice(["list", "tuple", "dict"])
            return (kind, dict(enumerate(inner))) if kind == "dict" else (kind, inner)
        number = self._pick() if rng.random() < 0.8 else None
        return ("value", rng.randint(0, 9)) if number is None else ("node", number)
