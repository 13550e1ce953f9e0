"""The context of a run: what resources, events and the execution of its tasks need of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from cascade.adapters.executor import Executor, calls_in_place
from cascade.adapters.state import StateBackend
from cascade.clock.base import Clock
from cascade.clock.current import Run
from cascade.errors import TaskError, add_note
from cascade.graph.model import Node, NodeKind
from cascade.runtime.admission import Admission
from cascade.runtime.bus import MessageBus
from cascade.runtime.events import (
    Event,
    ExecutionPlace,
    FinalStatus,
    ResourceAcquired,
    ResourceReleased,
    TaskExecutionFinished,
    TaskExecutionStarted,
)
from cascade.runtime.failing import Failing
from cascade.runtime.outcome import checked
from cascade.runtime.plan import PlanCache, PlanStep
from cascade.runtime.resources import ResourceScope
from cascade.runtime.statistics import ActivityCounter, TaskRecord
from cascade.runtime.tracebacks import forget_earlier_raises
from cascade.spec.containers import BUILT_IN
from cascade.spec.lazy import Lazy
from cascade.spec.param import Param
from cascade.spec.read_once import find_read_once
from cascade.spec.resource import Resource

if TYPE_CHECKING:
    from cascade.runtime.link import Link

_WORDS: Final = {
    NodeKind.PARAM: "parameter",
    NodeKind.ENV: "variable",
    NodeKind.ROUTER: "router",
    NodeKind.TARGETS: "targets",
}
"""What a node is called in notes, where it is not a task."""

_PLACE_NOTES: Final = tuple(f"in {word} '" for word in ("task", *_WORDS.values()))
_PLACES_AT_MOST: Final = 8
"""Notes of this kind on one exception: runs may be nested, so it is more than one."""


class Shared(Protocol):
    """What the runs of one engine share."""

    executor: Executor
    bus: MessageBus
    clock: Clock
    state_backend_factory: Callable[[str], StateBackend] | None
    plans: PlanCache
    activity: ActivityCounter
    admission: Admission
    link: Link | None
    provided: Mapping[str, Any]
    is_closed: bool

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The registered resources by name."""


class RunContext(Failing):
    """One run, as its graphs, tasks and resources see it: all but what drives it.

    Parameters
    ----------
    engine
        Gives what runs share: plans, bus, executor, registered resources, clock.
    number
        Number of this run on the engine.
    params
        Values for the ``Param``s of this run.
    """

    __slots__ = (
        "_graphs",
        "_number",
        "_read",
        "_scope",
        "bus",
        "engine",
        "host",
        "outer",
        "params",
        "wait_on_host",
    )

    def __init__(self, engine: Shared, number: int, params: dict[str, Any]) -> None:
        super().__init__(engine.clock)
        self.engine = engine
        self.wait_on_host = engine.clock.wait_on_host
        self._number = number
        self._graphs = 0
        self.bus = engine.bus
        self._scope: ResourceScope | None = None
        self.host: asyncio.Task[Any] | None = None
        self.outer: Run | None = None
        self.params = params
        # Names of the params read so far, with what of each can be read only once.
        self._read: dict[str, Any] | None = None

    @property
    def run_id(self) -> str:
        """Name of the run in events and notes, unique on its engine."""
        return f"run-{self._number}"

    def tell(self, event_type: type[Event], **fields: Any) -> None:
        """Publish an event of this run, if anybody wants it."""
        if not self.bus.is_silent:
            self.bus.tell(event_type, run_id=self.run_id, timestamp=self.clock.now, **fields)

    def begin_graph(self) -> int:
        """Number of one more graph of this run, a single task included; 0 is the first."""
        self._graphs += 1
        return self._graphs - 1

    def value_of(self, param: Param[Any], readers: int) -> object:
        """The value of a Param, for so many arguments of one graph.

        Raises
        ------
        TaskError
            It can be read only once, and another argument of the graph or of an earlier
            one of this run needs it.
        """
        value, name = param.value_in(self.params), param.name
        if type(value) in BUILT_IN or name not in self.params:
            return value
        if self._read is None:
            self._read = {}
        is_first = name not in self._read
        if is_first:
            self._read[name] = find_read_once(value)
        found = self._read[name]
        if found is not None and not (is_first and readers <= 1):
            raise TaskError(
                f"parameter '{name}' is or holds a {type(found).__name__}, which can be read only "
                "once, and more than one argument of this run needs it: pass a list"
            )
        return value

    # -- one task -----------------------------------------------------------------------

    def record_of(self, name: str) -> TaskRecord:
        """The record of the tasks of this name."""
        return self.engine.activity.record_of(name)

    def begin_task(self, name: str) -> tuple[TaskRecord, float]:
        """Count a task as running, from now on; gives its record and the time."""
        record, now = self.record_of(name), self.clock.now
        record.begin(now)
        return record, now

    async def execute(
        self,
        node: Node,
        args: Any,
        kwargs: dict[str, Any],
        place: ExecutionPlace,
        executor: Executor | None = None,
    ) -> Any:
        """Let the executor, the engine's or another, execute one task; count and tell of it."""
        executor = executor or self.engine.executor
        record, began = self.begin_task(node.name)
        try:
            if self.bus.is_silent:
                result = await executor.execute(node, args, kwargs)
            else:
                result = await self._execute_aloud(node, args, kwargs, place, executor)
            return checked(result, node.name)
        except BaseException as error:
            self.explain(error, node.name)
            raise
        finally:
            record.end(began, self.clock.now)

    @property
    def is_linked(self) -> bool:
        """Whether its engine has a connector: constraints may come at any time."""
        return self.engine.link is not None

    @property
    def may_call_in_place(self) -> bool:
        """Whether functions may be called where the workflow runs, without the executor."""
        return self.engine.link is None and calls_in_place(self.engine.executor)

    async def _execute_aloud(
        self,
        node: Node,
        args: Any,
        kwargs: dict[str, Any],
        place: ExecutionPlace,
        executor: Executor,
    ) -> Any:
        """Execute one task, and tell those who want to know."""
        about = {"task_id": node.id, "task_name": node.name, **place.fields()}
        began = self.clock.now
        self.tell(TaskExecutionStarted, **about)
        failure: BaseException | None = None
        try:
            return await executor.execute(node, args, kwargs)
        except BaseException as error:
            failure = error
            raise
        finally:
            self.tell(
                TaskExecutionFinished,
                **about,
                status=status_of(failure),
                duration=self.clock.now - began,
                error=failure,
            )

    def explain(self, error: BaseException, name: str, kind: NodeKind = NodeKind.TASK) -> None:
        """Note on an error where it happened, once: the innermost node speaks first.

        An instance that is raised again and again keeps the latest of such notes.
        """
        forget_earlier_raises(error)
        place = f" of {self.run_id}"
        notes: list[str] = getattr(error, "__notes__", [])
        # Who raises a cancellation that nobody asked for is hard to find otherwise.
        is_told = isinstance(error, (Exception, asyncio.CancelledError))
        if is_told and not any(note.endswith(place) for note in notes):
            add_note(error, f"in {_WORDS.get(kind, 'task')} '{name}'{place}")
            places = [note for note in notes if note.startswith(_PLACE_NOTES)]
            if len(places) >= _PLACES_AT_MOST:
                notes.remove(places[0])

    # -- resources ----------------------------------------------------------------------

    def scope(self) -> ResourceScope:
        """The resources that live as long as the run."""
        if self._scope is None:
            engine = self.engine
            self._scope = ResourceScope(
                engine.resources, engine.provided, None, self.announce_resource
            )
        return self._scope

    def scope_of_task(self) -> ResourceScope:
        """A new scope, for one execution of a task."""
        engine = self.engine
        return ResourceScope(
            engine.resources, engine.provided, self.scope(), self.announce_resource
        )

    def announce_resource(self, resource: Resource, acquired: bool) -> None:
        event_type = ResourceAcquired if acquired else ResourceReleased
        self.tell(event_type, resource=resource.name, scope=resource.scope)

    async def acquire_for_router(self, step: PlanStep, router: Lazy) -> dict[str, Any]:
        """Resources that stand directly in a router's routes; they live as long as the run."""
        if not step.resources:
            return {}
        scope = self.scope()
        return {name: await scope.acquire(name, f"{router.name}") for name in step.resources}


def status_of(error: BaseException | None) -> FinalStatus:
    if error is None:
        return "Succeeded"
    return "Cancelled" if isinstance(error, asyncio.CancelledError) else "Failed"
