"""Resources while running: acquired when first needed, released in reverse."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import Any, TypeAlias

from cascade.clock.base import join_failures
from cascade.clock.channel import Channel
from cascade.errors import ResourceError
from cascade.spec.resource import Resource

Generating: TypeAlias = Generator[Any, None, None] | AsyncGenerator[Any, None]


class ResourceScope:
    """The resources of one run, or of one execution of a task.

    Parameters
    ----------
    registry
        All resources of the engine, by name.
    outer
        Scope of the run, for the scope of a task; None for that of a run.
    announce
        Called with ``(resource, acquired)`` on each change.
    """

    def __init__(
        self,
        registry: Mapping[str, Resource],
        outer: ResourceScope | None,
        announce: Callable[[Resource, bool], None],
    ) -> None:
        self._registry = registry
        self._outer = outer
        self._announce = announce
        self._values: dict[str, Any] = {}
        self._held: list[tuple[Resource, Generating]] = []
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
        resource = self._registry.get(name)
        if resource is None:
            known = ", ".join(f"'{each}'" for each in self._registry) or "none"
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
                self._values[name] = await self._set_up(resource, (*path, name))
            finally:
                for turn in self._being_acquired.pop(name):
                    turn.send(None)
        return self._values[name]

    async def release(self) -> BaseException | None:
        """Release all, the last acquired first; gives what failed, after trying all."""
        failures: list[BaseException] = []
        while self._held:
            resource, generating = self._held.pop()
            del self._values[resource.name]
            try:
                await _finish(resource, generating)
            except BaseException as error:  # noqa: BLE001 - the others must be released too
                failures.append(error)
            self._announce(resource, False)
        return join_failures(failures, "releases of resources") if failures else None

    async def _set_up(self, resource: Resource, path: tuple[str, ...]) -> Any:
        label = f"resource '{resource.name}'"
        needs = {
            parameter: await self.acquire(name, label, path)
            for parameter, name in resource.injected.items()
        }
        generating: Any = resource.function(**needs)
        try:
            value = await anext(generating) if resource.is_async else next(generating)
        except (StopIteration, StopAsyncIteration):
            raise ResourceError(f"{label} ended without yielding its value") from None
        self._held.append((resource, generating))
        self._announce(resource, True)
        return value


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
