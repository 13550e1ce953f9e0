"""Inspection: what would run, without running it, as stages or as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from cascade.adapters.solver import NativeSolver, Solver
from cascade.graph.model import EdgeKind, Graph, Node, NodeKind
from cascade.graph.shape import references, survey
from cascade.record import Record
from cascade.runtime.plan import Plan, compile_plan
from cascade.runtime.target import as_target
from cascade.spec.lazy import Lazy


class DryRun(Record, kw_only=False):
    """What a run of a target would do, as far as it can be known before.

    Attributes
    ----------
    graph
        All nodes and edges; the target is node 0.
    stages
        Nodes by stage: those of one stage may run side by side. Which tasks
        are skipped or pruned is only known while running.
    """

    graph: Graph
    stages: tuple[tuple[Node, ...], ...]

    def __str__(self) -> str:
        lines = []
        for number, stage in enumerate(self.stages, start=1):
            names = [_label(node) for node in stage]
            lines.append(f"{number}. {', '.join(names)}")
        return "\n".join(lines)


def dry_run(target: Lazy | list[Any] | tuple[Any, ...], solver: Solver | None = None) -> DryRun:
    """Order what `target` needs, and execute nothing: ``print(cs.dry_run(target))``.

    Parameters
    ----------
    target
        What ``Engine.run`` would be given.
    solver
        Orders the graph; :class:`NativeSolver` by default.

    Raises
    ------
    TypeError, GraphError
        The target can't be run.
    """
    plan, graph = _compile(target, solver or NativeSolver())
    stages = tuple(tuple(graph.nodes[number] for number in stage) for stage in plan.stages)
    return DryRun(graph, stages)


def visualize(target: Lazy | list[Any] | tuple[Any, ...]) -> str:
    """What `target` needs as a Mermaid flow chart, to paste into Markdown.

    Tasks are boxes, maps doubled boxes, routers diamonds, values from outside
    rounded. A solid arrow carries a value, a dotted one a condition, an amount,
    a choice or nothing but the order.

    Raises
    ------
    TypeError, GraphError
        The target can't be run.
    """
    plan, graph = _compile(target, NativeSolver())
    lines = ["graph TD"]
    for node in graph.nodes:
        opening, closing = _BRACKETS[node.kind]
        lines.append(f'    n{node.id}{opening}"{_escaped(_label(node))}"{closing}')
    lines += _arrows(plan, graph)
    return "\n".join(lines) + "\n"


_BRACKETS: Final = {
    NodeKind.TASK: ("[", "]"),
    NodeKind.MAP: ("[[", "]]"),
    NodeKind.PARAM: ("(", ")"),
    NodeKind.ENV: ("(", ")"),
    NodeKind.ROUTER: ("{", "}"),
    NodeKind.TARGETS: ("([", "])"),
}


def _arrows(plan: Plan, graph: Graph) -> Iterator[str]:
    words = {EdgeKind.CONDITION: "if", EdgeKind.SELECTOR: "selects", EdgeKind.CONSTRAINT: "amount"}
    words[EdgeKind.ORDER] = "then"
    for edge in graph.edges:
        if edge.kind is EdgeKind.ROUTE:
            continue
        arrow = f"-. {words[edge.kind]} .->" if edge.kind in words else "-->"
        yield f"    n{edge.source} {arrow} n{edge.target}"
    for number, step in enumerate(plan.steps):
        for key, slot in step.routes:
            for source in references(slot):
                yield f'    n{source} -. "{_escaped(str(key))}" .-> n{number}'


def _compile(target: Any, solver: Solver) -> tuple[Plan, Graph]:
    graphs = []

    class Recording:
        def resolve(self, graph: Graph) -> list[list[Node]]:
            graphs.append(graph)
            return solver.resolve(graph)

    plan = compile_plan(survey(as_target(target)), Recording())
    return plan, graphs[0]


def _label(node: Node) -> str:
    if node.kind is NodeKind.MAP:
        return f"{node.name} (each)"
    if node.kind is NodeKind.ENV:
        return f"${node.name}"
    return node.name


def _escaped(text: str) -> str:
    """Text for a Mermaid label in quotes."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")
