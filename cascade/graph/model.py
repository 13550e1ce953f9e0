"""The graph that a solver is given: nodes, and edges that say what comes first."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NamedTuple

from cascade.record import Record

if TYPE_CHECKING:
    from cascade.spec.task import Task


class NodeKind(enum.Enum):
    """What a node stands for."""

    TASK = "task"
    MAP = "map"
    PARAM = "param"
    ENV = "env"
    ROUTER = "router"
    TARGETS = "targets"


class EdgeKind(enum.Enum):
    """Why one node comes before another."""

    DATA = "data"
    CONDITION = "condition"
    SELECTOR = "selector"
    ROUTE = "route"
    CONSTRAINT = "constraint"
    ORDER = "order"


class Node(NamedTuple):
    """One step of a graph.

    Attributes
    ----------
    id
        Its number in the graph; the target is 0.
    name
        Name of the task, parameter, variable or router.
    kind
        What it stands for. Only tasks, and each item of a map as a task, are
        given to an executor.
    task
        The task to execute, None for the other kinds and in the graph that a
        solver sees (a plan must not keep tasks alive).
    """

    id: int
    name: str
    kind: NodeKind
    task: Task[..., Any] | None = None


class Edge(NamedTuple):
    """`source` is needed by `target`, or settled before it; both are node ids."""

    source: int
    target: int
    kind: EdgeKind


class Graph(Record, kw_only=False):
    """What one target needs: ``nodes[i].id == i``, and the edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
