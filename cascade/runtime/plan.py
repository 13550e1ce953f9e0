"""Plans: what can be known of a shape before its values are, compiled once and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cascade.adapters.solver import Solver
from cascade.errors import GraphError
from cascade.graph.model import Edge, EdgeKind, Graph, Node, NodeKind
from cascade.graph.shape import Shape, Slot, injections, references, survey
from cascade.spec.lazy import Lazy, LazyResult

PLAN_CACHE_SIZE: Final = 1024


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan knows of one node.

    Attributes
    ----------
    kind
        What the node stands for.
    args, kwargs
        Places in the arguments that must be filled in: (index or name, slot).
    defaults
        Parameters left to their injected default: (name, resource name).
    condition
        Slot of the condition; ``()`` if there is none.
    selector, routes
        Of a router: the selector's node, and the slots by route.
    data
        Nodes whose results the arguments take.
    resources
        Names of the resources needed.
    """

    kind: NodeKind
    args: tuple[tuple[int, Slot], ...] = ()
    kwargs: tuple[tuple[str, Slot], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    condition: Slot = ()
    selector: int = -1
    routes: tuple[tuple[Hashable, Slot], ...] = ()
    data: tuple[int, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps by node number, and the solver's stages as node numbers.

    A plan refers to tasks by number only, so that it doesn't keep them alive.
    """

    steps: tuple[Step, ...]
    stages: tuple[tuple[int, ...], ...]
    has_routers: bool


class PlanCache:
    """Finds the plan for a target, compiling it on first sight.

    Keeps the ``PLAN_CACHE_SIZE`` plans used last.

    Attributes
    ----------
    compiled
        How many plans have been compiled so far.
    """

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._plans: OrderedDict[Shape, Plan] = OrderedDict()
        self.compiled = 0

    def find(self, target: Lazy) -> tuple[Plan, list[Lazy]]:
        """The plan for `target`, and its lazy values by node number."""
        shape, instances = survey(target)
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._keep(shape, compile_plan(shape, instances, self._solver))
        else:
            self._plans.move_to_end(shape)
        return plan, instances

    def note_bare(self, target: LazyResult[Any]) -> None:
        """Look up the plan of a bare task: it says nothing, but the solver must have seen it."""
        serial = target.task.serial
        if serial in self._plans:
            self._plans.move_to_end(serial)
        else:
            self._keep(serial, compile_plan(*survey(target), self._solver))

    def _keep(self, shape: Shape, plan: Plan) -> Plan:
        self._plans[shape] = plan
        self.compiled += 1
        if len(self._plans) > PLAN_CACHE_SIZE:
            self._plans.popitem(last=False)
        return plan


def compile_plan(shape: Any, instances: Sequence[Lazy], solver: Solver) -> Plan:
    """Make the plan of one shape.

    Raises
    ------
    GraphError
        The solver's stages are not a valid order of the graph.
    """
    steps = tuple(_step(described, lazy) for described, lazy in zip(shape, instances, strict=True))
    nodes = tuple(
        Node(number, lazy.name, step.kind)
        for number, (step, lazy) in enumerate(zip(steps, instances, strict=True))
    )
    edges = tuple(edge for number, step in enumerate(steps) for edge in _edges(number, step))
    graph = Graph(nodes, edges)
    stages = tuple(tuple(node.id for node in stage) for stage in solver.resolve(graph))
    _check(stages, graph)
    return Plan(steps, stages, any(step.kind is NodeKind.ROUTER for step in steps))


def _step(described: Any, lazy: Lazy) -> Step:
    if described[0] == "param":
        return Step(NodeKind.PARAM)
    if described[0] == "router":
        _, selector, routes = described
        resources = [name for _, slot in routes for name in injections(slot)]
        return Step(NodeKind.ROUTER, selector=selector, routes=routes, resources=tuple(resources))
    assert isinstance(lazy, LazyResult)
    _, _, args, kwargs, condition = described
    slots = [*args, *(slot for _, slot in kwargs)]
    given = lazy.task.signature.bind_partial(*lazy.args, **lazy.kwargs).arguments
    defaults = tuple(
        (name, resource) for name, resource in lazy.task.injected.items() if name not in given
    )
    resources = [name for slot in slots for name in injections(slot)]
    resources += [resource for _, resource in defaults]
    return Step(
        NodeKind.TASK,
        args=tuple((index, slot) for index, slot in enumerate(args) if slot is not None),
        kwargs=tuple((name, slot) for name, slot in kwargs if slot is not None),
        defaults=defaults,
        condition=condition,
        data=tuple(dict.fromkeys(number for slot in slots for number in references(slot))),
        resources=tuple(dict.fromkeys(resources)),
    )


def _edges(number: int, step: Step) -> list[Edge]:
    edges = [Edge(source, number, EdgeKind.DATA) for source in step.data]
    if step.condition != ():
        edges += [Edge(s, number, EdgeKind.CONDITION) for s in references(step.condition)]
    if step.kind is NodeKind.ROUTER:
        edges.append(Edge(step.selector, number, EdgeKind.SELECTOR))
        edges += [
            Edge(source, number, EdgeKind.ROUTE)
            for _, slot in step.routes
            for source in references(slot)
        ]
    return edges


def _check(stages: Sequence[Sequence[int]], graph: Graph) -> None:
    """Refuse stages that are not a topological order of the whole graph."""
    stage_of = {number: index for index, stage in enumerate(stages) for number in stage}
    listed = sum(len(stage) for stage in stages)
    if listed != len(graph.nodes) or set(stage_of) != set(range(len(graph.nodes))):
        raise GraphError(
            f"the solver must return each of the {len(graph.nodes)} nodes exactly once, "
            f"got {listed} entries for {len(stage_of)} nodes"
        )
    for edge in graph.edges:
        if stage_of[edge.source] >= stage_of[edge.target]:
            source, target = graph.nodes[edge.source], graph.nodes[edge.target]
            raise GraphError(
                f"the solver put '{source.name}' not before '{target.name}', which needs it"
            )
