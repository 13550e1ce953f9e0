"""Lazy values: what a declaration is made of, before anything runs.

A lazy value stands for a result that a run will make. Every kind describes its
own *shape* (see :mod:`cascade.graph.shape`) and is immutable: a policy such as
``run_if`` gives a new lazy value and leaves the old one as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from cascade.spec.task import Task

T_co = TypeVar("T_co", covariant=True)


class _Unconditional:
    """The condition of a task that has none."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNCONDITIONAL"


UNCONDITIONAL: Final = _Unconditional()

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


class LazyResult(Lazy, Generic[T_co]):
    """The result that a task will have.

    Made by calling a task; never constructed directly.

    Parameters
    ----------
    task
        The task to execute.
    args, kwargs
        Its arguments. Lazy values in them, also inside lists, tuples and
        dicts, are dependencies.
    condition
        What ``run_if`` was given.
    """

    __slots__ = ("args", "condition", "kwargs", "task")

    def __init__(
        self,
        task: Task[..., T_co],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        condition: object = UNCONDITIONAL,
    ) -> None:
        self.task = task
        self.args = args
        self.kwargs = kwargs
        self.condition = condition

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.task.name

    def run_if(self, condition: object) -> LazyResult[T_co]:
        """Execute the task only if `condition` turns out true.

        Parameters
        ----------
        condition
            A lazy value, or a plain bool. When it is false the task is
            skipped (``ConditionFalse``), and so is what depends on it.

        Raises
        ------
        TypeError
            The condition is neither lazy nor a bool, or there is one already.
        """
        if not isinstance(condition, (Lazy, bool)):
            raise TypeError(
                f"run_if of task '{self.name}' takes a lazy result or a bool, got {condition!r}"
            )
        if self.condition is not UNCONDITIONAL:
            raise TypeError(
                f"task '{self.name}' already has a condition; combine the two in one task"
            )
        return LazyResult(self.task, self.args, self.kwargs, condition)

    def __repr__(self) -> str:
        return f"<LazyResult of task '{self.name}'>"
