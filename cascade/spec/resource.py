"""Resources: values that are set up for a run or a task, and released after it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import Any, Literal, TypeAlias, cast, get_args, overload

from cascade.spec.containers import find_lazy
from cascade.spec.inject import Inject
from cascade.spec.signature import positional_of

Scope: TypeAlias = Literal["run", "task"]
ResourceFunction: TypeAlias = Callable[
    ..., Generator[Any, None, None] | AsyncGenerator[Any, None] | Iterator[Any] | AsyncIterator[Any]
]


class Resource:
    """A declared resource: a generator function that yields one value.

    What stands before the ``yield`` sets the resource up, what stands after it
    releases it. When the task or the run failed or was cancelled, the error is raised at
    the ``yield``, as ``contextlib`` does: ``try``, ``except``, ``else`` and ``finally``
    around it mean what they say. Swallowing the error doesn't undo the failure.
    """

    __slots__ = ("function", "injected", "is_async", "name", "positional", "scope")

    def __init__(self, function: ResourceFunction, name: str | None, scope: Scope) -> None:
        label = name or getattr(function, "__name__", repr(function))
        self.is_async = inspect.isasyncgenfunction(function)
        if not self.is_async and not inspect.isgeneratorfunction(function):
            raise TypeError(
                f"resource '{label}' must be a generator function that yields its value once, "
                f"got {function!r}"
            )
        if scope not in get_args(Scope):
            raise ValueError(f"scope of resource '{label}' must be 'run' or 'task', got {scope!r}")
        self.function = function
        self.name = cast(str, label)
        self.scope: Scope = scope
        self.injected: dict[str, str] = {}
        signature = inspect.signature(function)
        self.positional = positional_of(signature)
        for parameter in signature.parameters.values():
            if type(parameter.default) is Inject:
                self.injected[parameter.name] = parameter.default.name
            elif (lazy := find_lazy(parameter.default)) is not None:
                raise TypeError(
                    f"parameter '{parameter.name}' of resource '{label}' can't have {lazy!r} as "
                    "its default: a resource is set up outside of any graph"
                )
            elif parameter.default is parameter.empty and parameter.kind not in (
                parameter.VAR_POSITIONAL,
                parameter.VAR_KEYWORD,
            ):
                raise TypeError(
                    f"parameter '{parameter.name}' of resource '{label}' needs a default: "
                    "a resource is called without arguments (use cs.inject for another resource)"
                )

    def __repr__(self) -> str:
        return f"<Resource '{self.name}' per {self.scope}>"


@overload
def resource(function: ResourceFunction, /) -> Resource: ...
@overload
def resource(
    *, name: str | None = None, scope: Scope = "run"
) -> Callable[[ResourceFunction], Resource]: ...
def resource(
    function: ResourceFunction | None = None,
    /,
    *,
    name: str | None = None,
    scope: Scope = "run",
) -> Resource | Callable[[ResourceFunction], Resource]:
    """Declare a sync or async generator function as a resource.

    Parameters
    ----------
    name
        What ``inject`` calls it; the function's name by default.
    scope
        ``"run"``: one for each run that needs it, released when the run ends.
        ``"task"``: one for each execution of a task, released with it.

    Raises
    ------
    TypeError
        It is not a generator function, or needs arguments.
    ValueError
        The scope is neither ``"run"`` nor ``"task"``.
    """
    if function is None:
        return lambda decorated: Resource(decorated, name, scope)
    return Resource(function, name, scope)
