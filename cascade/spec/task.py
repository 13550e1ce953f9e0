"""``@cs.task``: a function that a workflow can execute."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast, overload

from cascade.graph.model import Node, NodeKind
from cascade.spec.containers import PLAIN, WHOLE, find_lazy, refuse_hidden
from cascade.spec.inject import Inject
from cascade.spec.lazy import NO_KWARGS, Lazy, LazyResult, MappedResult, check_lengths, column_of

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_serials = itertools.count(1)
_POSITIONAL: Final = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)


class Task(Generic[P, T_co]):
    """A declared function. Calling it runs nothing and gives a :class:`LazyResult`.

    Attributes
    ----------
    function
        The function as written.
    name
        Its name in events, errors and shapes.
    serial
        Number of this task in the process, never used twice. Plans refer to a
        task by it, so that they don't keep the task alive.
    is_async
        Whether calling the function gives a coroutine.
    injected
        Parameters whose default is ``cs.inject(...)``: name -> resource name.
    """

    def __init__(self, function: Callable[P, object], name: str | None = None) -> None:
        if not callable(function):
            raise TypeError(f"@task goes on a function, got {function!r}")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"task '{_name_of(function)}' is a generator function; a task returns one value "
                "(for a generator that is set up and released use @resource)"
            )
        self.function = function
        self.name = name or _name_of(function)
        self.serial = next(_serials)
        self.is_async = _is_async(function)
        self.signature = inspect.signature(function)
        parameters = self.signature.parameters.values()
        self.injected = {p.name: p.default.name for p in parameters if type(p.default) is Inject}
        for each in parameters:
            if type(each.default) is not Inject and (lazy := find_lazy(each.default)) is not None:
                raise TypeError(
                    f"parameter '{each.name}' of task '{self.name}' can't have {lazy!r} as its "
                    "default: pass it when the task is called"
                )
        plain = all(p.kind in _POSITIONAL and p.default is p.empty for p in parameters)
        self._arity = len(parameters) if plain else -1
        self.node = Node(0, self.name, NodeKind.TASK, self)
        self.__name__ = self.name
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__wrapped__ = function

    def __call__(self, *args: Any, **kwargs: Any) -> LazyResult[T_co]:
        """Declare one execution of the task.

        Typed ``Any``, because a lazy value may stand in for any argument.

        Raises
        ------
        TypeError
            The arguments don't fit the function's signature, or there is a lazy value
            in one where it can't be filled in, such as in a set.
        """
        if not kwargs and len(args) == self._arity:
            for argument in args:
                if type(argument) not in PLAIN:
                    break
            else:
                return LazyResult(self, args, NO_KWARGS, None, True)
        else:
            try:
                self.signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"task '{self.name}{self.signature}': {error}") from None
        for argument in args:
            if type(argument) not in WHOLE:
                refuse_hidden(argument, f"task '{self.name}'")
        if kwargs:
            refuse_hidden(list(kwargs.values()), f"task '{self.name}'")
        return LazyResult(self, args, kwargs or NO_KWARGS)

    def map(self, *unnamed: Any, **columns: Any) -> MappedResult[T_co]:
        """Declare one execution for each item of some lists: ``double.map(x=[1, 2, 3])``.

        Parameters
        ----------
        columns
            Parameter -> its values, one for each item: a list or other
            iterable, which may contain lazy values, or a lazy value that
            gives one. All must be of one length.

        Returns
        -------
        MappedResult
            The list of results, in order.

        Raises
        ------
        TypeError
            There are no columns, they don't fit the function's signature, or
            a value is not iterable.
        ValueError
            The columns are not of one length.
        """
        if unnamed:
            raise TypeError(
                f"map of task '{self.name}' takes columns by name, such as map(x=[1, 2, 3])"
            )
        if not columns:
            raise TypeError(f"map of task '{self.name}' needs at least one column, got none")
        try:
            self.signature.bind(**columns)
        except TypeError as error:
            raise TypeError(f"map of task '{self.name}{self.signature}': {error}") from None
        lists = {
            name: column_of(self.name, name, values)
            for name, values in columns.items()
            if not isinstance(values, Lazy)
        }
        for values in lists.values():
            refuse_hidden(values, f"map of task '{self.name}'")
        check_lengths(self.name, lists)
        return MappedResult(self, columns | lists)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to other processes by name, as functions do, so that it is itself there and back."""
        from cascade.adapters.pools import reduce_task

        return reduce_task(self)

    def __repr__(self) -> str:
        return f"<Task '{self.name}'>"


@overload
def task(function: Callable[P, Awaitable[T]], /) -> Task[P, T]: ...
@overload
def task(function: Callable[P, T], /) -> Task[P, T]: ...
@overload
def task(*, name: str | None = None) -> Callable[[Callable[P, Any]], Task[P, Any]]: ...
def task(
    function: Callable[..., Any] | None = None, /, *, name: str | None = None
) -> Task[..., Any] | Callable[[Callable[..., Any]], Task[..., Any]]:
    """Declare a sync or async function as a task.

    Used bare (``@cs.task``) or with a name (``@cs.task(name="fetch")``).

    Raises
    ------
    TypeError
        What it decorates is not a function, or is a generator function.
    """
    if function is None:
        return lambda decorated: Task(decorated, name)
    return Task(function, name)


def _name_of(function: object) -> str:
    return cast(str, getattr(function, "__name__", type(function).__name__))


def _is_async(function: Callable[..., object]) -> bool:
    if inspect.iscoroutinefunction(function):
        return True
    return inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004
