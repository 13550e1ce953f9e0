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

from typing import TYPE_CHECKING, Any, Final

from cascade.adapters.executor import Executor, LocalExecutor
from cascade.adapters.solver import NativeSolver, Solver
from cascade.adapters.state import InMemoryStateBackend, StateBackend
from cascade.clock.base import Clock
from cascade.clock.channel import TIMED_OUT, Channel
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
    ParameterUnknownError,
    ParameterUnknownWarning,
    ResourceError,
    RunawayWorkflowError,
    TaskError,
)
from cascade.graph.model import Edge, EdgeKind, Graph, Node, NodeKind
from cascade.runtime.bus import MessageBus, Subscriber
from cascade.runtime.engine import Engine
from cascade.runtime.events import (
    ConnectorConnected,
    ConnectorDisconnected,
    Event,
    ResourceAcquired,
    ResourceReleased,
    RunFinished,
    RunStarted,
    TaskBlocked,
    TaskEvent,
    TaskExecutionFinished,
    TaskExecutionStarted,
    TaskRetrying,
    TaskSkipped,
)
from cascade.runtime.script import run
from cascade.runtime.statistics import Statistics
from cascade.spec.cache_policy import MISS, CachePolicy
from cascade.spec.constant import Constant, constant
from cascade.spec.env import Env
from cascade.spec.inject import Inject, inject
from cascade.spec.lazy import Lazy
from cascade.spec.param import Param
from cascade.spec.resource import Resource, resource
from cascade.spec.result import LazyResult, MappedResult
from cascade.spec.router import Router
from cascade.spec.task import BoundTask, Task, task

if TYPE_CHECKING:
    from cascade.adapters.cache import FileCache, InMemoryCache
    from cascade.adapters.connector import Connector, InProcessConnector, Subscription
    from cascade.adapters.pools import FuturesExecutor, ProcessExecutor, ThreadExecutor
    from cascade.clock.virtual import Progress, VirtualClock
    from cascade.command_line import cli
    from cascade.runtime.inspection import DryRun, dry_run, visualize
    from cascade.runtime.overriding import override_resource
    from cascade.spec.waiting import recv, wait
else:
    from importlib import import_module

    _LATER: Final = {
        "FileCache": "cascade.adapters.cache",
        "InMemoryCache": "cascade.adapters.cache",
        "Connector": "cascade.adapters.connector",
        "InProcessConnector": "cascade.adapters.connector",
        "Subscription": "cascade.adapters.connector",
        "FuturesExecutor": "cascade.adapters.pools",
        "ProcessExecutor": "cascade.adapters.pools",
        "ThreadExecutor": "cascade.adapters.pools",
        "Progress": "cascade.clock.virtual",
        "VirtualClock": "cascade.clock.virtual",
        "cli": "cascade.command_line",
        "DryRun": "cascade.runtime.inspection",
        "dry_run": "cascade.runtime.inspection",
        "visualize": "cascade.runtime.inspection",
        "override_resource": "cascade.runtime.overriding",
        "recv": "cascade.spec.waiting",
        "wait": "cascade.spec.waiting",
    }

    def __getattr__(name: str) -> Any:
        """Load what few programs need when it is first asked for."""
        if name not in _LATER:
            raise AttributeError(f"module 'cascade' has no attribute '{name}'")
        value = globals()[name] = getattr(import_module(_LATER[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER})


__all__ = [
    "MISS",
    "TIMED_OUT",
    "BoundTask",
    "CachePolicy",
    "CascadeError",
    "Channel",
    "ChannelBusyError",
    "ChannelFullError",
    "Clock",
    "ClockError",
    "Connector",
    "ConnectorConnected",
    "ConnectorDisconnected",
    "Constant",
    "DependencyMissingError",
    "DryRun",
    "Edge",
    "EdgeKind",
    "Engine",
    "EngineClosedError",
    "Env",
    "Event",
    "Executor",
    "FileCache",
    "ForeignWaitError",
    "FuturesExecutor",
    "Graph",
    "GraphError",
    "InMemoryCache",
    "InMemoryStateBackend",
    "InProcessConnector",
    "Inject",
    "Lazy",
    "LazyResult",
    "LocalExecutor",
    "MappedResult",
    "MessageBus",
    "NativeSolver",
    "Node",
    "NodeKind",
    "Param",
    "ParameterMissingError",
    "ParameterTypeError",
    "ParameterUnknownError",
    "ParameterUnknownWarning",
    "ProcessExecutor",
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
    "StateBackend",
    "Statistics",
    "Subscriber",
    "Subscription",
    "Task",
    "TaskBlocked",
    "TaskError",
    "TaskEvent",
    "TaskExecutionFinished",
    "TaskExecutionStarted",
    "TaskRetrying",
    "TaskSkipped",
    "ThreadExecutor",
    "VirtualClock",
    "WallClock",
    "cli",
    "constant",
    "dry_run",
    "inject",
    "override_resource",
    "recv",
    "resource",
    "run",
    "task",
    "visualize",
    "wait",
]
