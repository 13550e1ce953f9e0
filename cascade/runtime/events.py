"""Events: what an engine tells about its runs, frozen and timed in seconds of its clock."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from cascade.record import Record

FinalStatus: TypeAlias = Literal["Succeeded", "Failed", "Cancelled"]


class Event(Record, kw_only=True):
    """Base of all events.

    Attributes
    ----------
    run_id
        The run it belongs to.
    timestamp
        When, in seconds of the engine's clock.
    """

    run_id: str
    timestamp: float


class RunStarted(Event, kw_only=True):
    """A run began; `target` is the name of what it makes."""

    target: str


class RunFinished(Event, kw_only=True):
    """A run ended, `duration` seconds after it began."""

    status: FinalStatus
    duration: float
    error: BaseException | None = None


class ExecutionPlace:
    """Which of the executions of a node it is; see :class:`TaskEvent`."""

    __slots__ = ("attempt", "item", "step")

    def __init__(self, step: int = 0, item: int | None = None, attempt: int = 1) -> None:
        self.step = step
        self.item = item
        self.attempt = attempt

    def of_item(self, item: int) -> ExecutionPlace:
        """That of one item of a map."""
        return ExecutionPlace(self.step, item, self.attempt)

    def of_attempt(self, attempt: int) -> ExecutionPlace:
        """That of another try."""
        return ExecutionPlace(self.step, self.item, attempt)

    def fields(self) -> dict[str, Any]:
        """As fields of an event."""
        return {"step": self.step, "item": self.item, "attempt": self.attempt}


class TaskEvent(Event, kw_only=True):
    """Base of what is told about one task. Run, step, node, item and attempt are one execution.

    Attributes
    ----------
    task_id, task_name
        Number of its node in the graph, and its name.
    step
        Number of the graph within the run: 0 at first, and one more with each tail call,
        also with those of tasks inside a graph.
    item
        Of a map, which item it is, from 0; else None.
    attempt
        Which try it is, from 1.
    """

    task_id: int
    task_name: str
    step: int = 0
    item: int | None = None
    attempt: int = 1


class TaskExecutionStarted(TaskEvent, kw_only=True):
    """A task is about to be executed."""


class TaskExecutionFinished(TaskEvent, kw_only=True):
    """A task has been executed, in `duration` seconds."""

    status: FinalStatus
    duration: float
    error: BaseException | None = None


class TaskRetrying(TaskEvent, kw_only=True):
    """Try number `attempt` failed with `error`; the next begins `delay` seconds from now."""

    delay: float
    error: BaseException


class TaskBlocked(TaskEvent, kw_only=True):
    """A task has to wait before it may begin; `reason` says by what, in words."""

    reason: str


SkipReason: TypeAlias = Literal[
    "ConditionFalse",
    "UpstreamSkipped_Data",
    "UpstreamSkipped_Condition",
    "UpstreamSkipped_Route",
    "Pruned",
    "CacheHit",
]


class TaskSkipped(TaskEvent, kw_only=True):
    """A task will not be executed in this run; after a ``CacheHit`` it has a value all the same."""

    reason: SkipReason


class ResourceAcquired(Event, kw_only=True):
    """A resource has been set up."""

    resource: str
    scope: str


class ResourceReleased(Event, kw_only=True):
    """A resource has been released."""

    resource: str
    scope: str


class ConnectorConnected(Event, kw_only=True):
    """The first of overlapping runs has connected the connector."""


class ConnectorDisconnected(Event, kw_only=True):
    """The last of overlapping runs has disconnected the connector."""
