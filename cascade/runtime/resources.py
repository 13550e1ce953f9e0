"""Resources while running: acquired when first needed, released in reverse, told of failure."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextvars import Context, copy_context
from typing import Any, TypeAlias

from cascade.clock.channel import Channel
from cascade.errors import ResourceError, add_note
from cascade.runtime.steps import in_context
from cascade.spec.containers import find_lazy
from cascade.spec.resource import Resource
from cascade.spec.signature import arrange

Generating: TypeAlias = Generator[Any, None, None] | AsyncGenerator[Any, None]


class ResourceScope:
    """The resources of one run, or of one execution of a task.

    Parameters
    ----------
    registered
        The resources that may be asked for, by name.
    provided
        Values that every engine provides itself, by name; None for one that this engine lacks.
    outer
        Scope of the run, for the scope of a task; None for that of a run.
    announce
        Called with ``(resource, acquired)`` on each change.
    """

    def __init__(
        self,
        registered: Mapping[str, Resource],
        provided: Mapping[str, Any],
        outer: ResourceScope | None,
        announce: Callable[[Resource, bool], None],
    ) -> None:
        self._registered = registered
        self._provided = provided
        self._outer = outer
        self._announce = announce
        self._known: dict[str, Resource] = {}  # those of which all needs have been checked
        self._values: dict[str, Any] = {}
        self._held: list[tuple[str, Resource, Generating, Context]] = []
        self._being_acquired: dict[str, list[Channel[None]]] = {}

    async def acquire(self, name: str, wanted_by: str) -> Any:
        """The value of a resource, set up if this is the first to need it.

        Parameters
        ----------
        name
            Name of the resource.
        wanted_by
            The task or resource that needs it, for errors.

        Raises
        ------
        ResourceError
            It, or one that it needs, is not registered, depends on itself or
            yielded nothing. All but the last is found before anything is set up.
        """
        if name not in self._registered and name in self._provided:
            return self._provided_value(name, wanted_by)
        resource = self._checked(name, wanted_by)
        if resource.scope == "run" and self._outer is not None:
            return await self._outer.acquire(name, wanted_by)
        while name in self._being_acquired:
            turn: Channel[None] = Channel(capacity=1)
            self._being_acquired[name].append(turn)
            await turn.receive()
        if name not in self._values:
            self._being_acquired[name] = []
            try:
                self._values[name] = await self._set_up(name, resource)
            finally:
                for turn in self._being_acquired.pop(name):
                    turn.send(None)
        return self._values[name]

    def _provided_value(self, name: str, wanted_by: str) -> Any:
        """What every engine provides, or the error if this one was made without it."""
        value = self._provided[name]
        if value is None:
            raise ResourceError(f"{wanted_by} needs a connector: Engine(connector=...)")
        return value

    def _checked(self, name: str, wanted_by: str, path: tuple[str, ...] = ()) -> Resource:
        """The resource, after a look at all that it needs: that none of them needs itself.

        Two tasks that acquired such a circle from two sides would wait for each other.
        A scope asks the registry for each name once: what it has looked at stays true.
        """
        if name in path:
            circle = " -> ".join((*path[path.index(name) :], name))
            raise ResourceError(f"resource '{name}' depends on itself: {circle}")
        resource = self._known.get(name)
        if resource is not None:
            return resource
        resource = self._registered.get(name)
        if resource is None:
            names = ", ".join(f"'{each}'" for each in self._registered) or "none"
            raise ResourceError(
                f"{wanted_by} needs resource '{name}', which is not registered "
                f"with the engine (registered: {names})"
            )
        if resource.scope == "run" and self._outer is not None:
            return self._outer._checked(name, wanted_by, path)
        if resource.scope == "task" and self._outer is None:
            raise ResourceError(
                f"{wanted_by} lives as long as the run and can't use '{name}', "
                "which is released with each task"
            )
        for needed in resource.injected.values():
            if needed in self._registered or needed not in self._provided:
                self._checked(needed, f"resource '{name}'", (*path, name))
        self._known[name] = resource
        return resource

    async def _set_up(self, name: str, resource: Resource) -> Any:
        label = f"resource '{resource.name}'"
        needs = {
            parameter: await self.acquire(needed, label)
            for parameter, needed in resource.injected.items()
        }
        args, kwargs = arrange(resource.positional, (), needs)
        generating: Any = resource.function(*args, **kwargs)
        context = copy_context()  # also of its end, where it may take back what it sets there
        value = await in_context(context, _begin(resource, generating))
        self._held.append((name, resource, generating, context))
        self._announce(resource, True)
        if (lazy := find_lazy(value)) is not None:
            raise ResourceError(f"{label} yielded {lazy!r}, or holds it: only tasks can take it")
        return value

    async def release(self, error: BaseException | None) -> BaseException | None:
        """Release all, the last acquired first, and tell each how it ended.

        Parameters
        ----------
        error
            What the task or the run failed with.

        Returns
        -------
        BaseException or None
            What it has failed with now: None only if nothing failed before either. It is
            another than `error` where a resource raised that one anew, ``from`` it, or was
            interrupted. All else that a resource raises is a note on it.
        """
        while self._held:
            name, resource, generating, context = self._held.pop()
            self._values.pop(name, None)  # there is none if what it yielded was refused
            raised = await in_context(context, _finish(resource, generating, error))
            if raised is not None:
                error = raised if error is None else _weightier(error, raised)
            self._announce(resource, False)
        return error


async def release(scope: ResourceScope | None, error: BaseException | None) -> None:
    """Release a scope after `error`, or after success.

    Raises
    ------
    BaseException
        What it has failed with now, unless that is still `error`.
    """
    if scope is not None:
        failure = await scope.release(error)
        if failure is not None and failure is not error:
            raise failure


def _weightier(error: BaseException, raised: BaseException) -> BaseException:
    """Of a failure, and what a resource raised when it was told of it, the one that counts.

    A cancellation stays one whatever becomes of it, and an interrupt beats all.
    """
    gained = _weight(raised) - _weight(error)
    if gained > 0 or (not gained and isinstance(error, Exception) and _stems_from(raised, error)):
        return raised
    add_note(error, f"and a resource failed to be released: {raised!r}")
    return error


def _weight(error: BaseException) -> int:
    if isinstance(error, Exception):
        return 0
    return 1 if isinstance(error, (CancelledError, GeneratorExit)) else 2


def _stems_from(raised: BaseException, error: BaseException) -> bool:
    """Whether it was raised ``from error``, by one step or several."""
    cause, seen = raised.__cause__, set[int]()
    while cause is not None and id(cause) not in seen:
        if cause is error:
            return True
        seen.add(id(cause))
        cause = cause.__cause__
    return False


async def _begin(resource: Resource, generating: Any) -> Any:
    """Let the generator go on to its yield; gives the value."""
    try:
        return await anext(generating) if resource.is_async else next(generating)
    except (StopIteration, StopAsyncIteration):
        label = f"resource '{resource.name}'"
        raise ResourceError(f"{label} ended without yielding its value") from None


async def _finish(
    resource: Resource, generating: Any, error: BaseException | None
) -> BaseException | None:
    """Let the generator go on after its yield, as ``contextlib`` does; gives what it raised anew.

    `error` is thrown in, and is as it was afterwards, whether or not the generator let it pass.
    """
    traceback = None if error is None else error.__traceback__
    try:
        if error is None:
            await anext(generating) if resource.is_async else next(generating)
        elif resource.is_async:
            await generating.athrow(error)
        else:
            generating.throw(error)
    except (StopIteration, StopAsyncIteration):
        return None  # it ended; if it has swallowed the error, that is a failure all the same
    except BaseException as raised:  # noqa: BLE001 - handed back
        return None if error is not None and _is_the_same(raised, error) else raised
    finally:
        if error is not None:
            error.with_traceback(traceback)
    try:
        await generating.aclose() if resource.is_async else generating.close()
    except BaseException as raised:  # noqa: BLE001 - handed back
        return raised
    return ResourceError(f"resource '{resource.name}' yielded more than once")


def _is_the_same(raised: BaseException, error: BaseException) -> bool:
    """Whether `raised` is `error`, or Python's wrapping of it.

    ``except*`` makes a new group of what passes it, and no generator may let out a
    StopIteration (PEP 479).
    """
    if raised is error:
        return True
    if isinstance(error, (StopIteration, StopAsyncIteration)):
        return isinstance(raised, RuntimeError) and raised.__cause__ is error
    return isinstance(raised, BaseExceptionGroup) and _leaves(raised) <= _leaves(error)


def _leaves(error: BaseException) -> set[int]:
    """Identities of all in a group."""
    if not isinstance(error, BaseExceptionGroup):
        return {id(error)}
    return {leaf for each in error.exceptions for leaf in _leaves(each)}
