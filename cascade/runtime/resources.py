"""Resources while running: acquired when first needed, released in reverse."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

from cascade.clock.base import join_failures
from cascade.clock.channel import Channel
from cascade.errors import ResourceError
from cascade.spec.resource import Resource

if TYPE_CHECKING:
    from cascade.runtime.engine import Engine

Generating: TypeAlias = Generator[Any, None, None] | AsyncGenerator[Any, None]


class ResourceScope:
    """The resources of one run, or of one execution of a task.

    Parameters
    ----------
    engine
        Has the registered resources, and what it provides itself.
    outer
        Scope of the run, for the scope of a task; None for that of a run.
    announce
        Called with ``(resource, acquired)`` on each change.
    """

    def __init__(
        self,
        engine: Engine,
        outer: ResourceScope | None,
        announce: Callable[[Resource, bool], None],
    ) -> None:
        self._engine = engine
        self._outer = outer
        self._announce = announce
        self._values: dict[str, Any] = {}
        self._held: list[tuple[str, Resource, Generating]] = []
        self._being_acquired: dict[str, list[Channel[None]]] = {}

    async def acquire(self, name: str, wanted_by: str, path: tuple[str, ...] = ()) -> Any:
        """The value of a resource, set up if this is the first to need it.

        Parameters
        ----------
        name
            Name of the resource.
        wanted_by
            The task or resource that needs it, for errors.
        path
            Resources that are being set up and need this one.

        Raises
        ------
        ResourceError
            It is not registered, depends on itself, or yielded nothing.
        """
        registry = self._engine.resources
        resource = registry.get(name)
        if resource is None:
            if name in self._engine.provided:
                return self._provided(name, wanted_by)
            known = ", ".join(f"'{each}'" for each in registry) or "none"
            raise ResourceError(
                f"{wanted_by} needs resource '{name}', which is not registered "
                f"with the engine (registered: {known})"
            )
        if name in path:
            raise ResourceError(f"resource '{name}' depends on itself: {' -> '.join(path)}")
        if resource.scope == "run" and self._outer is not None:
            return await self._outer.acquire(name, wanted_by, path)
        if resource.scope == "task" and self._outer is None:
            raise ResourceError(f"{wanted_by} lives as long as the run and can't use '{name}', "
                                "which is released with each task")  # fmt: skip
        while name in self._being_acquired:
            turn: Channel[None] = Channel(capacity=1)
            self._being_acquired[name].append(turn)
            await turn.receive()
        if name not in self._values:
            self._being_acquired[name] = []
            try:
                self._values[name] = await self._set_up(name, resource, (*path, name))
            finally:
                for turn in self._being_acquired.pop(name):
                    turn.send(None)
        return self._values[name]

    def _provided(self, name: str, wanted_by: str) -> Any:
        """What every engine provides, or the error if this one was made without it."""
        value = self._engine.provided[name]
        if value is None:
            raise ResourceError(f"{wanted_by} needs a connector: Engine(connector=...)")
        return value

    async def release(self) -> BaseException | None:
        """Release all, the last acquired first; gives what failed, after trying all."""
        failures: list[BaseException] = []
        while self._held:
            name, resource, generating = self._held.pop()
            del self._values[name]
            try:
                await _finish(resource, generating)
            except BaseException as error:  # noqa: BLE001 - the others must be released too
                failures.append(error)
            self._announce(resource, False)
        return join_failures(failures, "releases of resources") if failures else None

    async def _set_up(self, name: str, resource: Resource, path: tuple[str, ...]) -> Any:
        label = f"resource '{resource.name}'"
        needs = {
            parameter: await self.acquire(needed, label, path)
            for parameter, needed in resource.injected.items()
        }
        generating: Any = resource.function(**needs)
        try:
            value = await anext(generating) if resource.is_async else next(generating)
        except (StopIteration, StopAsyncIteration):
            raise ResourceError(f"{label} ended without yielding its value") from None
        self._held.append((name, resource, generating))
        self._announce(resource, True)
        return value


async def release(scope: ResourceScope | None, error: BaseException | None) -> None:
    """Release a scope; a failure is raised, or noted on the `error` that is under way."""
    failure = None if scope is None else await scope.release()
    if failure is None:
        return
    if error is None:
        raise failure
    error.add_note(f"and a resource failed to be released: {failure!r}")


async def _finish(resource: Resource, generating: Any) -> None:
    """Let the generator run to its end, from after its yield."""
    try:
        if resource.is_async:
            await anext(generating)
        else:
            next(generating)
    except (StopIteration, StopAsyncIteration):
        return
    if resource.is_async:
        await generating.aclose()
    else:
        generating.close()
    raise ResourceError(f"resource '{resource.name}' yielded more than once")
