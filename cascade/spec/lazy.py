"""Lazy values: what a declaration is made of, before anything runs.

A lazy value stands for a result that a run will make. Every kind describes its
own *shape* (see :mod:`cascade.graph.shape`) and is immutable: a policy such as
``run_if`` gives a new lazy value and leaves the old one as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)

if TYPE_CHECKING:
    from typing_extensions import TypeVar as WithDefault

    T_co = WithDefault("T_co", covariant=True, default=Any)
    # To type checkers a lazy value is of whatever type is wanted of it: so it may stand in
    # for any argument, and in a list of them, while all that is not lazy is checked.
    _OfAnyType = Any
else:
    T_co = TypeVar("T_co", covariant=True)

    class _OfAnyType:
        __slots__ = ()


class Lazy(_OfAnyType, Generic[T_co]):  # type: ignore[misc]
    """Base of everything that stands for a value made during a run.

    ``Lazy[int]`` is what gives an int.
    """

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

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        raise self._incomparable("==")

    def __ne__(self, other: object) -> bool:
        raise self._incomparable("!=")

    def __lt__(self, other: object) -> bool:
        raise self._incomparable("<")

    def __le__(self, other: object) -> bool:
        raise self._incomparable("<=")

    def __gt__(self, other: object) -> bool:
        raise self._incomparable(">")

    def __ge__(self, other: object) -> bool:
        raise self._incomparable(">=")

    def _incomparable(self, symbol: str) -> TypeError:
        return TypeError(
            f"{self!r} can't be compared by {symbol} before it runs: let a task compare"
        )


class Targets(Lazy[Any]):
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
