"""cascade: a small workflow engine that is safe to share.

Declare tasks, connect them by calling them, and let one :class:`Engine` run any
number of such workflows at the same time, in real time or in virtual time::

    import cascade as cs

    @cs.task
    async def add(a: int, b: int) -> int:
        return a + b

    assert cs.run(add(add(1, 2), 3)) == 6

Everything public is a name of this module.
"""

from cascade.adapters.executor import Executor, LocalExecutor
from cascade.adapters.solver import NativeSolver, Solver
from cascade.clock.base import Clock
from cascade.clock.channel import TIMED_OUT, Channel
from cascade.clock.virtual import Progress, VirtualClock
from cascade.clock.wall import WallClock
from cascade.errors import (
    CascadeError,
    ChannelBusyError,
    ChannelFullError,
    ClockError,
    DependencyMissingError,
    EngineClosedError,
    ForeignWaitError,
    GraphError,
    ParameterMissingError,
    ParameterTypeError,
    ResourceError,
    RunawayWorkflowError,
    TaskError,
)
from cascade.graph.model import Edge, EdgeKind, Graph, Node, NodeKind
from cascade.runtime.bus import MessageBus
from cascade.runtime.engine import Engine, run
from cascade.runtime.events import (
    Event,
    ResourceAcquired,
    ResourceReleased,
    RunFinished,
    RunStarted,
    TaskEvent,
    TaskExecutionFinished,
    TaskExecutionStarted,
    TaskSkipped,
)
from cascade.spec.lazy import Lazy, LazyResult
from cascade.spec.param import Param
from cascade.spec.resource import Inject, Resource, inject, resource
from cascade.spec.router import Router
from cascade.spec.task import Task, task

__all__ = [
    "TIMED_OUT",
    "CascadeError",
    "Channel",
    "ChannelBusyError",
    "ChannelFullError",
    "Clock",
    "ClockError",
    "DependencyMissingError",
    "Edge",
    "EdgeKind",
    "Engine",
    "EngineClosedError",
    "Event",
    "Executor",
    "ForeignWaitError",
    "Graph",
    "GraphError",
    "Inject",
    "Lazy",
    "LazyResult",
    "LocalExecutor",
    "MessageBus",
    "NativeSolver",
    "Node",
    "NodeKind",
    "Param",
    "ParameterMissingError",
    "ParameterTypeError",
    "Progress",
    "Resource",
    "ResourceAcquired",
    "ResourceError",
    "ResourceReleased",
    "Router",
    "RunFinished",
    "RunStarted",
    "RunawayWorkflowError",
    "Solver",
    "Task",
    "TaskError",
    "TaskEvent",
    "TaskExecutionFinished",
    "TaskExecutionStarted",
    "TaskSkipped",
    "VirtualClock",
    "WallClock",
    "inject",
    "resource",
    "run",
    "task",
]
