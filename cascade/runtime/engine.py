"""The engine: what runs share, and nothing of any one of them."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import operator
from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, overload

from cascade.adapters.executor import Executor, LocalExecutor
from cascade.adapters.solver import NativeSolver, Solver
from cascade.adapters.state import StateBackend
from cascade.clock.base import Clock, join_failures
from cascade.clock.current import CURRENT, chain_of
from cascade.clock.wall import WallClock
from cascade.errors import EngineClosedError, ResourceError, add_note
from cascade.runtime.admission import Admission, capacity_of
from cascade.runtime.bus import MessageBus, Subscriber
from cascade.runtime.events import ConnectorConnected, ConnectorDisconnected
from cascade.runtime.execution import Execution
from cascade.runtime.plan import PlanCache
from cascade.runtime.statistics import ActivityCounter, Statistics
from cascade.runtime.target import as_target
from cascade.spec.inject import CLOCK, CONNECTOR
from cascade.spec.lazy import Lazy
from cascade.spec.param import refuse_lazy
from cascade.spec.resource import Resource

if TYPE_CHECKING:
    from cascade.adapters.connector import Connector
    from cascade.runtime.link import Link

Params: TypeAlias = Mapping[str, Any] | None

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

PRIORITY_LIMIT: Final = 2**31
"""Beyond it the clock has ranks of its own."""


class Engine:
    """Runs workflows, any number of them at the same time.

    Safe to share: whatever belongs to one execution is a local of it, so no
    run can tell that others exist.

    Parameters
    ----------
    solver
        Orders the graphs; :class:`NativeSolver` by default.
    executor
        Calls the functions of tasks; :class:`LocalExecutor` by default.
    bus
        Passes on events; a new :class:`MessageBus` by default.
    connector
        Carries messages: for ``cs.recv``, and for live constraints on the
        topics below ``cascade/constraints/``. It is connected before the first
        task of the first of overlapping runs begins, and disconnected after
        the last of them.
    state_backend_factory
        Called with the id of the run for each execution of a graph; gives what
        keeps its results. By default they are kept in a list.
    system_resources
        How much there is of what ``with_constraints`` asks for, over all runs:
        name -> number >= 0. What isn't named is unlimited.
    clock
        Time of all its runs; a :class:`WallClock` by default.

    Raises
    ------
    TypeError, ValueError
        An argument doesn't have the methods of its protocol, or an amount is
        not a finite number >= 0.
    """

    def __init__(
        self,
        solver: Solver | None = None,
        executor: Executor | None = None,
        bus: MessageBus | None = None,
        connector: Connector | None = None,
        state_backend_factory: Callable[[str], StateBackend] | None = None,
        system_resources: Mapping[str, float] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.solver: Solver = _having("resolve", solver, NativeSolver)
        self.executor: Executor = _having("execute", executor, LocalExecutor)
        self.bus: MessageBus = _having("publish", bus, MessageBus)
        self.clock: Clock = _having("run_workflow", clock, WallClock)
        if state_backend_factory is not None and not callable(state_backend_factory):
            raise TypeError(
                f"state_backend_factory must be callable with a run's id, "
                f"got {state_backend_factory!r}"
            )
        self.state_backend_factory = state_backend_factory
        self.plans = PlanCache(self.solver)
        self.activity = ActivityCounter(self.clock)
        self.admission = Admission(self.clock, capacity_of(system_resources or {}))
        self.link: Link | None = None
        if connector is not None:
            from cascade.adapters.connector import InProcessConnector  # for those who have one
            from cascade.runtime.link import Link

            connector = _having("connect", connector, InProcessConnector)
            self.link = Link(connector, self.admission.on_message, self._on_link_changed)
        self.provided: Mapping[str, Any] = {CLOCK: self.clock, CONNECTOR: connector}
        self._resources: dict[str, Resource] = {}
        self._subscribers: list[Subscriber] = []
        self._numbers = itertools.count(1)
        self.is_closed = False

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The registered resources by name, read only."""
        return MappingProxyType(self._resources)

    def register(self, resource: Resource) -> None:
        """Make a resource known, so that ``inject`` can ask for it by name.

        Raises
        ------
        TypeError
            It was not made by ``@cs.resource``.
        ResourceError
            Another resource has this name.
        """
        if not isinstance(resource, Resource):
            raise TypeError(f"register takes what @cs.resource made, got {resource!r}")
        if self._resources.get(resource.name, resource) is not resource:
            raise ResourceError(f"another resource named '{resource.name}' is registered already")
        if resource.name in self.provided:
            raise ResourceError(f"'{resource.name}' is what every engine provides itself")
        self._resources[resource.name] = resource

    def add_subscriber(self, subscriber: Subscriber) -> None:
        """Let `subscriber` hear what happens, until the engine is closed.

        Its ``start`` is called now, with the bus, its ``stop`` by ``aclose``.

        Raises
        ------
        TypeError
            It lacks one of the two methods.
        """
        if isinstance(subscriber, type) or not isinstance(subscriber, Subscriber):
            raise TypeError(
                f"a subscriber needs methods 'start(bus)' and 'stop()', got {subscriber!r}"
            )
        subscriber.start(self.bus)
        self._subscribers.append(subscriber)

    def statistics(self) -> Statistics:
        """What the engine is doing just now, as a frozen snapshot."""
        return self.activity.statistics(self.admission.blocked)

    @overload
    def run(
        self,
        target: Lazy[T],
        params: Params = None,
        *,
        priority: int = 0,
    ) -> Coroutine[object, None, T]: ...
    @overload
    def run(  # type: ignore[overload-overlap]
        self,
        target: tuple[Lazy[T], Lazy[A]],
        params: Params = None,
        *,
        priority: int = 0,
    ) -> Coroutine[object, None, tuple[T, A]]: ...
    @overload
    def run(  # type: ignore[overload-overlap]
        self,
        target: tuple[Lazy[T], Lazy[A], Lazy[B]],
        params: Params = None,
        *,
        priority: int = 0,
    ) -> Coroutine[object, None, tuple[T, A, B]]: ...
    @overload
    def run(  # type: ignore[overload-overlap]
        self,
        target: tuple[Lazy[T], ...],
        params: Params = None,
        *,
        priority: int = 0,
    ) -> Coroutine[object, None, tuple[T, ...]]: ...
    @overload
    def run(
        self,
        target: Sequence[Lazy[T]],
        params: Params = None,
        *,
        priority: int = 0,
    ) -> Coroutine[object, None, list[T]]: ...
    def run(
        self,
        target: Lazy | Sequence[Lazy],
        params: Params = None,
        *,
        priority: int = 0,
    ) -> Coroutine[object, None, Any]:
        """Make the value of `target`: ``await engine.run(target)``.

        Parameters
        ----------
        target
            What to make: the result of a task, mapped or not, a Param, an Env
            or a Router; or a list or tuple of such, all made in one run.
        params
            Values of the ``Param``s by name. A name that no Param has is an error if it is
            spelt almost like one that is left out, or if no task of the graph can hand over
            to another graph, which may have it. Else a ``ParameterUnknownWarning`` tells of
            it when the run has its result.
        priority
            On a virtual clock, of the workflows due at one time the one with
            the lowest priority goes first; an integer of 32 bits.

        Raises
        ------
        TypeError, ValueError, EngineClosedError
            Wrong use.
        DependencyMissingError
            The target was skipped, or a Param has no value.
        Exception
            What a task raised, with a note that names the task. Nobody else
            sees it.

        Notes
        -----
        Cancelling is safe: the workflow has ended and its resources are
        released before this raises. Called inside a workflow on a virtual
        clock it runs as a child of that workflow.
        """
        target = as_target(target)
        if params is not None and not isinstance(params, Mapping):
            raise TypeError(f"params must be a mapping from names to values, got {params!r}")
        if params:
            for name, value in params.items():
                if not isinstance(name, str):
                    raise TypeError(f"params must have strings as names, got {name!r}")
                refuse_lazy(value, f"parameter '{name}'")
        if type(priority) is not int:
            priority = _integer(priority)
        if not -PRIORITY_LIMIT < priority < PRIORITY_LIMIT:
            raise ValueError(f"priority must be within +-{PRIORITY_LIMIT - 1}, got {priority!r}")
        if self.is_closed:
            raise EngineClosedError("this engine has been closed and runs nothing more")
        # A plain function that gives the clock's own coroutine: a frame less for each run.
        execution = Execution(self, next(self._numbers), dict(params) if params else {})
        return self.clock.run_workflow(execution, target, priority)

    async def aclose(self) -> None:
        """Cancel the runs that are active, wait until they have ended, and accept no more.

        Those who await these runs see ``CancelledError``; a run that was made but has not
        begun raises ``EngineClosedError``. Called within a run, also by a parallel task of
        it, it leaves that one alone, and what belongs to it. Closing twice is fine.

        Raises
        ------
        BaseException
            What subscribers and the connector raised when they were stopped: all of them
            are, and a group tells of all failures.

        Notes
        -----
        When cancelled, it stops the subscribers all the same.
        """
        self.is_closed = True
        own = set(chain_of(CURRENT.get(None)))
        others = [run for run in self.activity.runs if own.isdisjoint(chain_of(run))]
        hosts = [next((each.host for each in chain_of(run) if each.host), None) for run in others]
        for host in dict.fromkeys(hosts):
            if host is not None:
                host.cancel()
        failures: list[BaseException] = []
        try:
            for run in others:
                while run in self.activity.runs:
                    await self.activity.wait_for_an_end()
            if others and asyncio.current_task() is not None:
                await asyncio.sleep(0)  # so that their hosts have heard of it
            if self.link is not None:
                await self.link.close()
        except BaseException as error:  # noqa: BLE001 - the subscribers must be stopped too
            failures.append(error)
        while self._subscribers:
            try:
                stopped = self._subscribers.pop().stop()
                if inspect.isawaitable(stopped):
                    await stopped
            except BaseException as error:  # noqa: BLE001 - so must the others
                failures.append(error)
        if failures and isinstance(failures[0], asyncio.CancelledError):
            for failure in failures[1:]:
                add_note(failures[0], f"and a part of the engine failed to end: {failure!r}")
            raise failures[0]
        if failures:
            raise join_failures(failures, "ends of parts of the engine")

    def _on_link_changed(self, run_id: str, is_connected: bool) -> None:
        if not is_connected:
            self.admission.lift()  # what holds is told anew at the next connection
        event_type = ConnectorConnected if is_connected else ConnectorDisconnected
        self.bus.tell(event_type, run_id=run_id, timestamp=self.clock.now)

    async def __aenter__(self) -> Engine:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Engine on {self.clock!r}, {len(self.activity.runs)} runs>"


def _integer(priority: Any) -> int:
    if isinstance(priority, bool) or not hasattr(priority, "__index__"):
        raise TypeError(f"priority must be an integer, got {priority!r}")
    return operator.index(priority)


def _having(method: str, given: Any, default: type) -> Any:
    """`given`, or a new default; refused if it lacks the protocol's method."""
    if given is None:
        return default()
    if isinstance(given, type) or not callable(getattr(given, method, None)):
        raise TypeError(
            f"{default.__name__} or the like is needed, with a method '{method}', got {given!r}"
        )
    return given
