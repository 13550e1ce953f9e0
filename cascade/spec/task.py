"""``@cs.task``: a function that a workflow can execute."""

from __future__ import annotations

import functools
import inspect
import itertools
import types
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Concatenate, Final, Generic, ParamSpec, Protocol, TypeVar, cast, overload

from cascade.graph.model import Node, NodeKind
from cascade.spec.by_name import find_by_name, is_named, qualname_of
from cascade.spec.constant import Constant, Instance
from cascade.spec.containers import PLAIN, WHOLE, find_lazy, refuse_hidden
from cascade.spec.inject import Inject
from cascade.spec.lazy import Lazy
from cascade.spec.result import (
    NO_KWARGS,
    LazyResult,
    MappedResult,
    bare_result,
    check_lengths,
    column_of,
)
from cascade.spec.signature import (
    arrange,
    is_async,
    is_generator,
    name_of,
    positional_of,
    signature_of,
)

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_serials = itertools.count(1)
_POSITIONAL: Final = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)


class _Nothing:
    """To checkers: what fits a parameter only if anything does."""


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
    positional
        Parameters that can be given by position only, with their defaults.
    bare_shape
        How graphs describe a call with nothing to fill in, once one has.
    """

    def __init__(self, function: Callable[P, object], name: str | None = None) -> None:
        self._is_method = hasattr(type(function), "__get__") and not isinstance(
            function, (staticmethod, functools.partial, types.MethodType)
        )
        if isinstance(function, staticmethod):
            function = function.__func__
        _check_function(function, name)
        self.function: Callable[P, object] = function
        self.name = name or name_of(function)
        self.serial = next(_serials)
        self.is_async = is_async(function)
        self.signature = signature_of(function)
        parameters = self.signature.parameters.values()
        self.injected = {p.name: p.default.name for p in parameters if type(p.default) is Inject}
        for each in parameters:
            if type(each.default) is not Inject and (lazy := find_lazy(each.default)) is not None:
                raise TypeError(
                    f"parameter '{each.name}' of task '{self.name}' can't have {lazy!r} as its "
                    "default: pass it when the task is called"
                )
        self.positional = positional_of(self.signature)
        plain = all(p.kind in _POSITIONAL and p.default is p.empty for p in parameters)
        self._arity = len(parameters) if plain else -1
        self.bare_shape: Hashable | None = None
        self.node = Node(0, self.name, NodeKind.TASK, self)
        self.__name__ = self.name
        self.__doc__ = getattr(function, "__doc__", None)
        self.__module__ = getattr(function, "__module__", None) or ""
        self.__wrapped__ = function
        if getattr(function, "__isabstractmethod__", False):
            self.__isabstractmethod__ = True

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> LazyResult[T_co]:
        """Declare one execution of the task.

        To type checkers a lazy value fits any parameter; all other arguments are checked.

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
                return bare_result(self, args)
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

    def map(self, /, *unnamed: Any, **columns: Any) -> MappedResult[T_co]:
        """Declare one execution for each item of some lists: ``double.map(x=[1, 2, 3])``.

        Parameters
        ----------
        columns
            Parameter -> its values, one for each item: a list or other
            iterable, which may contain lazy values, or a lazy value that
            gives one. All must be of one length, apart from what is a
            :func:`constant`.

        Returns
        -------
        MappedResult
            The list of results, in order.

        Raises
        ------
        TypeError
            There are no columns but constants, they don't fit the function's
            signature, or a value is not iterable.
        ValueError
            The columns are not of one length.
        """
        if unnamed:
            raise TypeError(
                f"map of task '{self.name}' takes columns by name, such as map(x=[1, 2, 3])"
            )
        constants = frozenset(name for name, each in columns.items() if isinstance(each, Constant))
        if len(constants) == len(columns):
            got = "only constants" if constants else "none"
            raise TypeError(f"map of task '{self.name}' needs at least one column, got {got}")
        try:
            args, kwargs = arrange(self.positional, (), columns)
            self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"map of task '{self.name}{self.signature}': {error}") from None
        values = {
            name: each.value if isinstance(each, Constant) else each
            for name, each in columns.items()
        }
        lists = {
            name: column_of(self.name, name, each)
            for name, each in values.items()
            if name not in constants and not isinstance(each, Lazy)
        }
        check_lengths(self.name, lists)
        values |= lists
        refuse_hidden(list(values.values()), f"map of task '{self.name}'")
        instances = frozenset(name for name, each in columns.items() if isinstance(each, Instance))
        return MappedResult(self, values, constants=constants, instances=instances)

    @overload
    def __get__(
        self: Task[Concatenate[_Nothing, Q], T_co], instance: None, owner: type
    ) -> Task[P, T_co]: ...
    # What takes a class first may stand below @classmethod, or below @staticmethod: a checker
    # can't see which, so it doesn't check the arguments. (To mypy the first overload fits all.)
    @overload
    def __get__(
        self: Task[Concatenate[type[Any], Q], T_co], instance: None, owner: type
    ) -> Task[..., T_co]: ...
    @overload
    def __get__(self, instance: None, owner: type) -> Task[P, T_co]: ...
    @overload
    def __get__(self, instance: Node, owner: type | None = None) -> Task[P, T_co]: ...
    @overload
    def __get__(
        self: Task[Concatenate[Any, Q], T_co], instance: object, owner: type | None = None
    ) -> BoundTask[Q, T_co]: ...
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Of a task declared in a class: the task of one instance, as with methods."""
        return self if instance is None or not self._is_method else BoundTask(self, instance)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to other processes by name, as functions do, so that it is itself there and back.

        One that has no name to be found by takes its function along, which only some ways
        of pickling can do.
        """
        qualname = qualname_of(self) if is_named(self) else ""
        by_name = qualname and self.__module__ != "__main__"
        function = None if by_name else self.function
        return _restore, (self.__module__, qualname, function, self.name)

    def __repr__(self) -> str:
        return f"<Task '{self.name}'>"


class BoundTask(Generic[P, T_co]):
    """A task that was declared in a class, of one instance: what ``instance.task`` gives.

    Attributes
    ----------
    task
        The task, as the class has it.
    instance
        What its function is given first.
    """

    __slots__ = ("instance", "task")

    def __init__(self, task: Task[..., T_co], instance: object) -> None:
        self.task = task
        self.instance = instance

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.task.name

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> LazyResult[T_co]:
        """Declare one execution of the task; see :meth:`Task.__call__`."""
        return self.task(self.instance, *args, **kwargs)

    def map(self, /, *unnamed: Any, **columns: Any) -> MappedResult[T_co]:
        """Declare one execution for each item of some lists; see :meth:`Task.map`."""
        first = next(iter(self.task.signature.parameters), "self")
        if not columns or first in columns:
            return self.task.map(*unnamed, **columns)
        return self.task.map(*unnamed, **{first: Instance(self.instance)}, **columns)

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, BoundTask) and other.task is self.task
        return same and cast(BoundTask[..., Any], other).instance is self.instance

    def __hash__(self) -> int:
        return hash((id(self.task), id(self.instance)))

    def __repr__(self) -> str:
        return f"<Task '{self.name}' of {self.instance!r}>"


class Decorator(Protocol):
    """What ``@cs.task(name=...)`` is: it makes a task of what it stands above.

    A function that may hand over, ``-> str | cs.LazyResult[str]``, makes a task of ``str``.
    """

    @overload
    def __call__(self, function: Callable[P, Lazy[T]], /) -> Task[P, T]: ...
    @overload
    def __call__(self, function: Callable[P, Awaitable[Lazy[T]]], /) -> Task[P, T]: ...
    @overload
    def __call__(self, function: Callable[P, Awaitable[T | LazyResult[T]]], /) -> Task[P, T]: ...
    @overload
    def __call__(self, function: Callable[P, T | LazyResult[T]], /) -> Task[P, T]: ...


@overload
def task(function: Callable[P, Lazy[T]], /) -> Task[P, T]: ...
@overload
def task(function: Callable[P, Awaitable[Lazy[T]]], /) -> Task[P, T]: ...
@overload
def task(function: Callable[P, Awaitable[T | LazyResult[T]]], /) -> Task[P, T]: ...
@overload
def task(function: Callable[P, T | LazyResult[T]], /) -> Task[P, T]: ...
@overload
def task(*, name: str | None = None) -> Decorator: ...
def task(function: Callable[..., Any] | None = None, /, *, name: str | None = None) -> Any:
    """Declare a sync or async function as a task.

    Used bare (``@cs.task``) or with a name (``@cs.task(name="fetch")``).

    Raises
    ------
    TypeError
        What it decorates can't be called, or gives a generator; or the name is no string.
    """
    _check_name(name)
    if function is None:
        return lambda decorated: Task(decorated, name)
    return Task(function, name)


def _restore(module: str, qualname: str, function: Any, name: str) -> Task[..., Any]:
    """The task of this name if there is one here, else one made of `function`."""
    try:
        found = find_by_name(module, qualname)
    except (ImportError, AttributeError, ValueError):
        if function is None:
            raise
        found = function
    if isinstance(found, Task):
        return found
    return Task(found if function is None else function, name)


def _check_name(name: object) -> None:
    if name is not None and (not isinstance(name, str) or not name):
        raise TypeError(f"a task's name must be a non-empty string, got {name!r}")


def _check_function(function: object, name: object) -> None:
    """Refuse what can't be made a task of."""
    if isinstance(function, (classmethod, property)):
        raise TypeError(f"put @{type(function).__name__} above @task, not below it")
    if not callable(function):
        raise TypeError(f"@task goes on a function, got {function!r}")
    _check_name(name)
    if is_generator(function):
        raise TypeError(
            f"task '{name_of(function)}' is a generator function; a task returns one value "
            "(for a generator that is set up and released use @resource)"
        )
    if isinstance(function, functools.partial):
        named = [each for each in function.keywords.values() if type(each) is not Inject]
        lazy = find_lazy([*function.args, *named])
        if lazy is not None:
            raise TypeError(
                f"a partial that is made a task can't hold {lazy!r}: "
                "pass it when the task is called"
            )
