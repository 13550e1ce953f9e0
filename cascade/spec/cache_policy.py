"""Cache policies: how the results of tasks are stored and found again."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from cascade.spec.task import Task


class Miss(enum.Enum):
    """Type of :data:`MISS`."""

    MISS = "miss"

    def __repr__(self) -> str:
        return "cascade.MISS"


MISS: Final[Literal[Miss.MISS]] = Miss.MISS
"""What ``check`` gives when nothing is stored."""


@runtime_checkable
class CachePolicy(Protocol):
    """Finds and stores results.

    Both methods are called between waits and must not wait themselves; neither
    may raise because of what an argument or a result is like.
    """

    def check(self, task: Task[..., Any], arguments: Mapping[str, Any]) -> Any:
        """The stored result, or :data:`MISS`.

        Parameters
        ----------
        task
            The task about to be executed.
        arguments
            Its arguments by parameter, defaults included, resources left out.
        """
        ...

    def save(self, task: Task[..., Any], arguments: Mapping[str, Any], result: Any) -> None:
        """Store the result of an execution that succeeded."""
        ...
