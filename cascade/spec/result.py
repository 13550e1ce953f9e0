"""The results that tasks will have: what calling a task gives, and mapping it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic

from cascade.spec.containers import find_lazy
from cascade.spec.inject import Inject
from cascade.spec.lazy import Lazy, T_co
from cascade.spec.policies import Policies, WithPolicies
from cascade.spec.read_once import find_read_once

if TYPE_CHECKING:
    from cascade.spec.task import Task

NO_KWARGS: Final[dict[str, Any]] = {}
"""The keyword arguments of every task called without any: one dict for all, never changed."""


class LazyResult(WithPolicies, Lazy[T_co]):
    """The result that a task will have.

    Made by calling a task; never constructed directly.

    Parameters
    ----------
    task
        The task to execute.
    args, kwargs
        Its arguments. Lazy values in them, also inside lists, tuples and
        dicts, are dependencies.
    policies
        What was asked for with ``run_if``, ``with_retry`` and the like, if anything.
    is_bare
        Whether there is certainly nothing to fill in, and no policy.
    """

    __slots__ = ("args", "is_bare", "kwargs", "policies", "task")

    def __init__(
        self,
        task: Task[..., T_co],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        policies: Policies | None = None,
        is_bare: bool = False,
    ) -> None:
        self.task = task
        self.args = args
        self.kwargs = kwargs
        self.policies = policies
        self.is_bare = is_bare

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.task.name

    def _having(self, policies: Policies) -> LazyResult[T_co]:
        return LazyResult(self.task, self.args, self.kwargs, policies)

    def __repr__(self) -> str:
        return f"<LazyResult of task '{self.name}'>"


_new: Final = object.__new__


def bare_result(task: Task[..., T_co], args: tuple[Any, ...]) -> LazyResult[T_co]:
    """Result of a task whose arguments have certainly nothing to fill in.

    Made field by field: each tail call makes one, and a constructor takes twice as long.
    """
    result: LazyResult[T_co] = _new(LazyResult)
    result.task = task
    result.args = args
    result.kwargs = NO_KWARGS
    result.policies = None
    result.is_bare = True
    return result


class MappedResult(WithPolicies, Lazy[list[T_co]], Generic[T_co]):
    """The list of results that a task will have, executed once for each item.

    Made by ``task.map``; never constructed directly. ``run_if`` decides about
    the whole; all other policies hold for each item on its own.

    Parameters
    ----------
    task
        The task to execute.
    columns
        Parameter name -> its values, one for each item; lazy, or a list or
        tuple that may contain lazy values.
    policies
        What was asked for with ``run_if``, ``with_retry`` and the like, if anything.
    constants
        Names of the columns that are one value for all items instead.
    instances
        Those of them that are the object whose task it is.
    """

    __slots__ = ("columns", "constants", "instances", "policies", "task")

    def __init__(
        self,
        task: Task[..., T_co],
        columns: dict[str, Any],
        policies: Policies | None = None,
        constants: frozenset[str] = frozenset(),
        instances: frozenset[str] = frozenset(),
    ) -> None:
        self.task = task
        self.columns = columns
        self.policies = policies
        self.constants = constants
        self.instances = instances

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.task.name

    def items(self, columns: Mapping[str, Any]) -> tuple[int, Iterator[LazyResult[T_co]]]:
        """How many items there are, and one call for each, made when it is asked for.

        The condition is that of the whole.

        Parameters
        ----------
        columns
            The columns, with their values filled in.

        Raises
        ------
        TypeError
            A value is not iterable, its items are lazy, or a constant can be read only once.
        ValueError
            The columns are not of one length.
        """
        shared = {name: columns[name] for name in self.constants}
        lists = {
            name: column_of(self.name, name, value)
            for name, value in columns.items()
            if name not in shared
        }
        for name, values in lists.items():
            made_here = values is not columns[name]  # who gave it nobody could look into
            if made_here and (lazy := find_lazy(values)) is not None:
                raise TypeError(
                    f"column '{name}' of the map of task '{self.name}' gave {lazy!r}: "
                    "what is lazy must stand in the list that is declared as the column"
                )
        check_lengths(self.name, lists)
        for name, value in shared.items():
            if name not in self.instances and (found := find_read_once(value)) is not None:
                raise TypeError(
                    f"constant '{name}' of the map of task '{self.name}' is or holds a "
                    f"{type(found).__name__}, which only one item could read: make it a list"
                )
        policies = self.policies
        if policies is not None:
            policies = policies.of_item()
        task = self.task
        calls = (
            LazyResult(task, (), dict(zip(lists, row, strict=True)) | shared, policies)
            for row in zip(*lists.values(), strict=True)
        )
        return len(next(iter(lists.values()), ())), calls

    def _having(self, policies: Policies) -> MappedResult[T_co]:
        return MappedResult(self.task, self.columns, policies, self.constants, self.instances)

    def __repr__(self) -> str:
        return f"<MappedResult of task '{self.name}'>"


def column_of(task_name: str, parameter: str, values: Any) -> list[Any] | tuple[Any, ...]:
    """The values of one parameter of a map.

    Raises
    ------
    TypeError
        They are not iterable, or are text or a mapping, which nobody means to take apart.
    """
    if type(values) is list or type(values) is tuple:
        return values
    if isinstance(values, (str, bytes, Mapping, Inject)) or not isinstance(values, Iterable):
        raise TypeError(
            f"map of task '{task_name}' takes a list or other iterable for '{parameter}', "
            f"got {values!r}"
        )
    try:
        return list(values)
    except TypeError as error:  # as an array without dimensions says when it is asked
        raise TypeError(
            f"map of task '{task_name}' takes a list or other iterable for '{parameter}', "
            f"got {values!r}: {error}"
        ) from None


def check_lengths(task_name: str, columns: Mapping[str, list[Any] | tuple[Any, ...]]) -> None:
    """Refuse columns of a map that are not of one length, with a ``ValueError``."""
    if len({len(values) for values in columns.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(values)}" for name, values in columns.items())
        raise ValueError(f"map of task '{task_name}' needs columns of one length: {lengths}")
