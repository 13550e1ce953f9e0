"""The engine: what runs share, and nothing of any one of them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, TypeVar, overload

from cascade.adapters.executor import Executor, LocalExecutor
from cascade.adapters.solver import NativeSolver, Solver
from cascade.clock.base import Clock
from cascade.clock.wall import WallClock
from cascade.errors import EngineClosedError, ResourceError
from cascade.runtime.bus import MessageBus
from cascade.runtime.execution import Execution
from cascade.runtime.plan import PlanCache
from cascade.spec.lazy import Lazy, LazyResult
from cascade.spec.resource import Resource

T = TypeVar("T")


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
    clock
        Time of all its runs; a :class:`WallClock` by default.

    Raises
    ------
    TypeError
        An argument doesn't have the methods of its protocol.
    """

    def __init__(
        self,
        solver: Solver | None = None,
        executor: Executor | None = None,
        bus: MessageBus | None = None,
        *,
        clock: Clock | None = None,
    ) -> None:
        self.solver: Solver = _having("resolve", solver, NativeSolver)
        self.executor: Executor = _having("execute", executor, LocalExecutor)
        self.bus: MessageBus = _having("publish", bus, MessageBus)
        self.clock: Clock = _having("run_workflow", clock, WallClock)
        self.plans = PlanCache(self.solver)
        self._resources: dict[str, Resource] = {}
        self._numbers = itertools.count(1)
        self._hosts: set[asyncio.Task[Any]] = set()  # those who await runs just now
        self._closed = False

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
        self._resources[resource.name] = resource

    @overload
    def run(
        self, target: LazyResult[T], params: Mapping[str, Any] | None = None, *, priority: int = 0
    ) -> Coroutine[Any, Any, T]: ...
    @overload
    def run(
        self, target: Lazy, params: Mapping[str, Any] | None = None, *, priority: int = 0
    ) -> Coroutine[Any, Any, Any]: ...
    def run(
        self, target: Lazy, params: Mapping[str, Any] | None = None, *, priority: int = 0
    ) -> Coroutine[Any, Any, Any]:
        """Make the value of `target`: ``await engine.run(target)``.

        Parameters
        ----------
        target
            What to make: the result of a task, a Param or a Router.
        params
            Values of the ``Param``s by name.
        priority
            On a virtual clock, of the workflows due at one time the one with
            the lowest priority goes first.

        Raises
        ------
        TypeError, EngineClosedError
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
        if not isinstance(target, Lazy):
            raise TypeError(f"run takes a lazy result (call a task to get one), got {target!r}")
        if params is not None and not isinstance(params, Mapping):
            raise TypeError(f"params must be a mapping from names to values, got {params!r}")
        if self._closed:
            raise EngineClosedError("this engine has been closed and runs nothing more")
        # A plain function that gives the clock's own coroutine: a frame less for each run.
        execution = Execution(self, next(self._numbers), dict(params) if params else {})
        return self.clock.run_workflow(execution.run(target), target.name, priority, self._hosts)

    async def aclose(self) -> None:
        """Cancel the runs that are active, wait until they have ended, and accept no more.

        Those who await these runs see ``CancelledError``. Closing twice is fine.
        """
        self._closed = True
        runs = [task for task in self._hosts if task is not asyncio.current_task()]
        for task in runs:
            task.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

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
        return f"<Engine on {self.clock!r}, {len(self._hosts)} waited for>"


def run(target: Lazy, params: Mapping[str, Any] | None = None) -> Any:
    """Run `target` on an engine of its own, on the wall clock, and give its value.

    For scripts; where a loop is running already, await ``Engine.run``.
    """

    async def main() -> Any:
        async with Engine() as engine:
            return await engine.run(target, params)

    return asyncio.run(main())


def _having(method: str, given: Any, default: type) -> Any:
    """`given`, or a new default; refused if it lacks the protocol's method."""
    if given is None:
        return default()
    if isinstance(given, type) or not callable(getattr(given, method, None)):
        raise TypeError(
            f"{default.__name__} or the like is needed, with a method '{method}', got {given!r}"
        )
    return given
