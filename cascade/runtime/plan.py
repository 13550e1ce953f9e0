"""Plans: what can be known of a shape before its values are, compiled once and kept."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from cascade.adapters.solver import Solver
from cascade.errors import GraphError
from cascade.graph.model import Edge, EdgeKind, Graph, Node, NodeKind
from cascade.graph.shape import Slot, Survey, injections, references, survey
from cascade.record import Record
from cascade.spec.inject import CLOCK
from cascade.spec.lazy import Lazy
from cascade.spec.param import Param
from cascade.spec.result import LazyResult, MappedResult

PLANS_AT_MOST: Final = 1024
NODES_AT_MOST: Final = 200_000


class PlanStep(Record, kw_only=False):
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
    constraints
        Slots of the amounts asked for, by resource.
    selector, routes
        Of a router: the selector's node, and the slots by route.
    data
        Nodes whose results the arguments and the amounts take.
    before
        Nodes that must be settled before, and nothing more.
    needs
        Nodes that must be settled before this one can go on, in any case: those of
        `data`, of the condition and of `before`; of a router, its selector alone.
    resources
        Names of the resources needed.
    is_free
        Whether it is a task that takes no resources but the clock, which is always at hand.
    is_plain
        Whether besides it is one whose function is called, not awaited.
    """

    kind: NodeKind
    args: tuple[tuple[int, Slot], ...] = ()
    kwargs: tuple[tuple[str, Slot], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    condition: Slot = ()
    constraints: tuple[tuple[str, Slot], ...] = ()
    selector: int = -1
    routes: tuple[tuple[Hashable, Slot], ...] = ()
    data: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    resources: tuple[str, ...] = ()
    is_free: bool = False
    is_plain: bool = False


class Plan(Record, kw_only=False):
    """What is known of a graph. It has no tasks, only their numbers: it keeps none alive.

    Attributes
    ----------
    steps
        By node number.
    stages
        The solver's, as node numbers.
    order, ranks
        The stages in one line: the node of each rank, and the rank of each node. Of
        several nodes that can go on, the one of the lowest rank starts first.
    has_routers
        Whether what is needed is only known once it runs.
    is_lone
        Whether there is nothing to do but to execute one task, which is free.
    n_needs, users
        By node number: how many nodes it needs, and those that need it in any case.
    free
        Nodes that need nothing.
    work
        Those that take time, whatever they need: tasks and maps without a condition.
    readers
        How many arguments each node's result is put into; of a router's routes one counts.
    params
        Names of the ``Param``s.
    """

    steps: tuple[PlanStep, ...]
    stages: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    ranks: tuple[int, ...]
    has_routers: bool
    is_lone: bool
    n_needs: tuple[int, ...]
    users: tuple[tuple[int, ...], ...]
    free: tuple[int, ...]
    work: frozenset[int]
    readers: tuple[int, ...]
    params: frozenset[str]


class PlanCache:
    """Finds the plan for a target, compiling it on first sight.

    Keeps the plans used last: ``PLANS_AT_MOST``, with ``NODES_AT_MOST`` nodes together. The
    latest is kept whatever its size.

    Attributes
    ----------
    compiled
        How many plans have been compiled so far.
    nodes
        How many nodes the plans that are kept have.
    """

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        # By the hash of the shape, with the shape; bare tasks by their serial numbers.
        self._plans: OrderedDict[int, tuple[Sequence[Hashable], Plan]] = OrderedDict()
        self.compiled = 0
        self.nodes = 0

    def find(self, survey: Survey) -> Plan:
        """The plan for what was surveyed."""
        kept = self._plans.get(survey.digest)
        if kept is None or kept[0] != survey.shape:
            return self._keep(survey.digest, survey)
        self._plans.move_to_end(survey.digest)
        return kept[1]

    def note_bare(self, target: LazyResult[Any]) -> None:
        """Look up the plan of a bare task: it says nothing, but the solver must have seen it."""
        serial = target.task.serial
        if serial in self._plans:
            self._plans.move_to_end(serial)
        else:
            self._keep(serial, survey(target))

    def _keep(self, key: int, survey: Survey) -> Plan:
        plan = compile_plan(survey, self._solver)
        plans = self._plans
        if key in plans:  # of another shape with the same hash
            self.nodes -= len(plans.pop(key)[1].steps)
        plans[key] = survey.shape, plan
        self.compiled += 1
        self.nodes += len(plan.steps)
        while len(plans) > PLANS_AT_MOST or (self.nodes > NODES_AT_MOST and len(plans) > 1):
            self.nodes -= len(plans.popitem(last=False)[1][1].steps)
        return plan


def compile_plan(survey: Survey, solver: Solver) -> Plan:
    """Make the plan of the shape that a survey has found.

    Raises
    ------
    GraphError
        The solver's stages are not a valid order of the graph.
    """
    shape, instances = survey.shape, survey.instances
    known: dict[Any, PlanStep] = {}  # what is described alike is one step: leaves, above all
    made = []
    for described, lazy in zip(shape, instances, strict=True):
        step = known.get(described)
        if step is None:
            step = known[described] = _step(described, lazy)
        made.append(step)
    steps = tuple(made)
    numbered = enumerate(zip(steps, instances, strict=True))
    nodes = tuple([Node(number, lazy.name, step.kind) for number, (step, lazy) in numbered])
    edges = []
    for number, step in enumerate(steps):
        if step.needs:
            edges += _edges(number, step)
    graph = Graph(nodes, tuple(edges))
    stages = tuple(tuple(node.id for node in stage) for stage in solver.resolve(graph))
    _check(stages, graph)
    order = tuple(number for stage in stages for number in stage)
    ranks = [0] * len(order)
    for rank, number in enumerate(order):
        ranks[number] = rank
    users: list[list[int]] = [[] for _ in steps]
    for number, step in enumerate(steps):
        for need in step.needs:
            users[need].append(number)
    return Plan(
        steps=steps,
        stages=stages,
        order=order,
        ranks=tuple(ranks),
        has_routers=any(step.kind is NodeKind.ROUTER for step in steps),
        is_lone=len(steps) == 1 and steps[0].is_free,
        n_needs=tuple([len(step.needs) for step in steps]),
        users=tuple(map(tuple, users)),
        free=tuple([number for number, step in enumerate(steps) if not step.needs]),
        work=frozenset([number for number, step in enumerate(steps) if _is_work(step)]),
        readers=_readers(steps),
        params=frozenset(lazy.name for lazy in instances if isinstance(lazy, Param)),
    )


def _is_work(step: PlanStep) -> bool:
    return step.kind in (NodeKind.TASK, NodeKind.MAP) and step.condition == ()


def _readers(steps: Sequence[PlanStep]) -> tuple[int, ...]:
    readers = [0] * len(steps)
    for step in steps:
        for _, slot in (*step.args, *step.kwargs):
            for number in references(slot):
                readers[number] += 1
        if step.routes:
            most: Counter[int] = Counter()
            for _, slot in step.routes:
                most |= Counter(references(slot))
            for number, n in most.items():
                readers[number] += n
    return tuple(readers)


def _step(described: Any, lazy: Lazy) -> PlanStep:
    kind = NodeKind(described[0])
    if kind is NodeKind.ROUTER:
        _, selector, routes = described
        resources = [name for _, slot in routes for name in injections(slot)]
        return PlanStep(
            kind,
            selector=selector,
            routes=routes,
            needs=(selector,),
            resources=tuple(resources),
        )
    if kind is NodeKind.TARGETS:
        (_, slot) = described
        data = _numbers([slot])
        return PlanStep(kind, args=((0, slot),), data=data, needs=data)
    if kind is NodeKind.TASK:
        _, _, args, kwargs, policies = described
        assert isinstance(lazy, LazyResult)
        injected = lazy.task.injected
        given: Collection[str] = ()
        if injected:
            given = lazy.task.signature.bind_partial(*lazy.args, **lazy.kwargs).arguments
        is_sync = not lazy.task.is_async
        return _task_step(kind, injected, given, args, kwargs, policies, is_sync)
    if kind is NodeKind.MAP:
        _, _, columns, policies = described
        assert isinstance(lazy, MappedResult)
        if any(injections(slot) for _, slot in columns):
            raise TypeError(
                f"map of task '{lazy.name}' can't take a resource among its items: "
                "let a parameter's default inject it"
            )
        return _task_step(kind, lazy.task.injected, lazy.columns, (), columns, policies)
    return PlanStep(kind)


def _task_step(
    kind: NodeKind,
    injected: Mapping[str, str],
    given: Collection[str],
    args: tuple[Slot, ...],
    kwargs: tuple[tuple[str, Slot], ...],
    policies: tuple[Slot, tuple[tuple[str, Slot], ...], tuple[int, ...]],
    is_sync: bool = False,
) -> PlanStep:
    condition, constraints, before = policies
    filled_args = tuple([each for each in enumerate(args) if each[1] is not None])
    filled_kwargs = tuple([each for each in kwargs if each[1] is not None])
    slots = [slot for _, slot in (*filled_args, *filled_kwargs)]
    defaults = tuple([each for each in injected.items() if each[0] not in given])
    resources = [name for slot in slots for name in injections(slot)]
    resources += [resource for _, resource in defaults]
    data = _numbers([*slots, *[slot for _, slot in constraints]])
    condition_needs = references(condition) if condition != () else ()
    is_free = kind is NodeKind.TASK and all(name == CLOCK for name in resources)
    return PlanStep(
        kind,
        args=filled_args,
        kwargs=filled_kwargs,
        defaults=defaults,
        condition=condition,
        constraints=constraints,
        data=data,
        before=before,
        needs=tuple(dict.fromkeys((*data, *condition_needs, *before))),
        resources=tuple(dict.fromkeys(resources)),
        is_free=is_free,
        is_plain=is_free and is_sync,
    )


def _numbers(slots: Iterable[Slot]) -> tuple[int, ...]:
    """Nodes that any of the slots refers to, each once."""
    return tuple(dict.fromkeys([number for slot in slots for number in references(slot)]))


def _edges(number: int, step: PlanStep) -> list[Edge]:
    amounts = _numbers([slot for _, slot in step.constraints])
    edges = [
        Edge(source, number, EdgeKind.CONSTRAINT if source in amounts else EdgeKind.DATA)
        for source in step.data
    ]
    if step.condition != ():
        edges += [Edge(s, number, EdgeKind.CONDITION) for s in references(step.condition)]
    edges += [Edge(source, number, EdgeKind.ORDER) for source in step.before]
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
