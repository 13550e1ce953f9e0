"""When each task of a random graph has to start, reckoned from the graph alone."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tests.cascade.evaluator import Evaluator, Node, Skip, Spec, Value, needs, needs_of


class Timing:
    """Start and end of each node, where nothing limits the tasks.

    A node starts when the last of its needs has ended, and it is known to be needed: what
    only a route of a router needs is known to be needed when the selector has a value.

    Parameters
    ----------
    spec
        The graph; its run must not fail.
    pause_s
        Seconds of one pause of a task, and of one delay before a retry.

    Attributes
    ----------
    starts, ends
        Seconds from the beginning of the run, by node number; infinite if it never is needed.
    """

    def __init__(self, spec: Spec, pause_s: float) -> None:
        self._nodes = spec.nodes
        self._pause_s = pause_s
        self._known = Evaluator(spec.nodes, spec.params)
        self._known.outcome(spec)
        n = len(spec.nodes)
        self.starts, self.ends = [math.inf] * n, [math.inf] * n
        demanded = dict.fromkeys(spec.targets, 0.0)
        before: dict[int, float] = {}
        while demanded != before:  # each round knows of one more layer of routers
            before = dict(demanded)
            self._reckon(demanded)
            self._demand(demanded)

    def _reckon(self, demanded: Mapping[int, float]) -> None:
        for node in self._nodes:
            known_at = demanded.get(node.number, math.inf)
            if known_at < math.inf:
                ends = [self.ends[need] for need in self._waits_for(node)]
                start = max([known_at, *ends])
                self.starts[node.number] = start
                self.ends[node.number] = start + self._duration(node)

    def _demand(self, demanded: dict[int, float]) -> None:
        for node in reversed(self._nodes):
            known_at = demanded.get(node.number, math.inf)
            if known_at == math.inf:
                continue
            for need in self._waits_for(node):
                is_routed = node.kind == "router" and need != node.selector
                since = max(known_at, self.ends[node.selector]) if is_routed else known_at
                demanded[need] = min(demanded.get(need, math.inf), since)

    def _waits_for(self, node: Node) -> list[int]:
        if node.kind != "router":
            return needs_of(node)
        by = self._known.state(node.selector)
        routed = needs(node.routes[by.of]) if isinstance(by, Value) else []
        return [node.selector, *routed]

    def _duration(self, node: Node) -> float:
        """Seconds of a task with its retries, or of the item of a map that takes the longest."""
        state = self._known.state(node.number)
        if not node.is_executed or isinstance(state, Skip):
            return 0.0
        assert isinstance(state, Value)
        retries = node.failures  # the first tries fail, whoever makes them
        if node.kind == "map":
            n = len(state.of)
            if not n:
                return 0.0
            retries = node.failures if n == 1 else min(node.failures, 1)
        return self._pause_s * ((node.pause or 0) * (retries + 1) + retries)
