"""Lazy values: what a declaration is made of, before anything runs.

A lazy value stands for a result that a run will make. Every kind describes its
own *shape* (see :mod:`cascade.graph.shape`) and is immutable: a policy such as
``run_if`` gives a new lazy value and leaves the old one as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from cascade.spec.inject import Inject
from cascade.spec.policies import Policies, WithPolicies

if TYPE_CHECKING:
    from cascade.spec.task import Task

T_co = TypeVar("T_co", covariant=True)

NO_KWARGS: Final[dict[str, Any]] = {}
"""The keyword arguments of every task called without any: one dict for all, never changed."""


class Lazy:
    """Base of everything that stands for a value made during a run."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Name used in events and errors."""
        raise NotImplementedError

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self!r} has no truth value before it runs: use .run_if(...) or a Router to branch"
        )

    def __iter__(self) -> Any:
        raise TypeError(
            f"{self!r} has no items before it runs: pass it to a task, or to the map of one"
        )


class LazyResult(WithPolicies, Lazy, Generic[T_co]):
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


class MappedResult(WithPolicies, Lazy, Generic[T_co]):
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
    """

    __slots__ = ("columns", "policies", "task")

    def __init__(
        self, task: Task[..., T_co], columns: dict[str, Any], policies: Policies | None = None
    ) -> None:
        self.task = task
        self.columns = columns
        self.policies = policies

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.task.name

    def items(self, columns: Mapping[str, Any]) -> list[LazyResult[T_co]]:
        """One call for each item, its condition apart.

        Parameters
        ----------
        columns
            The columns, with their values filled in.

        Raises
        ------
        TypeError
            A value is not iterable.
        ValueError
            The columns are not of one length.
        """
        lists = {name: column_of(self.name, name, value) for name, value in columns.items()}
        check_lengths(self.name, lists)
        policies = self.policies
        if policies is not None:
            policies = policies.of_item()
        return [
            LazyResult(self.task, (), dict(zip(lists, row, strict=True)), policies)
            for row in zip(*lists.values(), strict=True)
        ]

    def _having(self, policies: Policies) -> MappedResult[T_co]:
        return MappedResult(self.task, self.columns, policies)

    def __repr__(self) -> str:
        return f"<MappedResult of task '{self.name}'>"


class Targets(Lazy):
    """Several values that one run makes, and gives in the container they were asked for in.

    Parameters
    ----------
    values
        A list or tuple that contains lazy values.
    """

    __slots__ = ("values",)

    def __init__(self, values: list[Any] | tuple[Any, ...]) -> None:
        self.values = values

    @property
    def name(self) -> str:
        """Names of the first few."""
        names = [value.name for value in self.values[:3] if isinstance(value, Lazy)]
        more = ", ..." if len(self.values) > len(names) else ""
        return f"[{', '.join(names)}{more}]"

    def __repr__(self) -> str:
        return f"<Targets {self.name}>"


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
    return list(values)


def check_lengths(task_name: str, columns: Mapping[str, list[Any] | tuple[Any, ...]]) -> None:
    """Refuse columns of a map that are not of one length, with a ``ValueError``."""
    if len({len(values) for values in columns.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(values)}" for name, values in columns.items())
        raise ValueError(f"map of task '{task_name}' needs columns of one length: {lengths}")
