"""Solvers: they decide the order in which a graph is executed."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from cascade.errors import GraphError
from cascade.graph.model import Graph, Node


@runtime_checkable
class Solver(Protocol):
    """Orders a graph."""

    def resolve(self, graph: Graph) -> list[list[Node]]:
        """Stages, one after the other; the nodes of one stage may run side by side.

        Each node appears exactly once, in a stage after all that it needs.
        """
        ...


class NativeSolver:
    """Puts each node in the first stage after all that it needs (Kahn 1962)."""

    def resolve(self, graph: Graph) -> list[list[Node]]:
        """Stages of `graph`, the nodes of each in the order of their ids.

        Raises
        ------
        GraphError
            The graph has a cycle.
        """
        missing = [0] * len(graph.nodes)
        needed_by: list[list[int]] = [[] for _ in graph.nodes]
        for edge in graph.edges:
            missing[edge.target] += 1
            needed_by[edge.source].append(edge.target)
        stages: list[list[Node]] = []
        ready = [node.id for node in graph.nodes if not missing[node.id]]
        while ready:
            stages.append([graph.nodes[number] for number in sorted(ready)])
            following = []
            for number in ready:
                for target in needed_by[number]:
                    missing[target] -= 1
                    if not missing[target]:
                        following.append(target)
            ready = following
        if any(missing):
            names = ", ".join(f"'{node.name}'" for node in graph.nodes if missing[node.id])
            raise GraphError(f"these tasks need each other in a cycle: {names}")
        return stages
