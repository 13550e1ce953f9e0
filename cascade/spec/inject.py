"""``cs.inject``: asks for a resource by name."""

from __future__ import annotations

from typing import Any, Final

CLOCK: Final = "cascade.clock"
"""What ``inject`` calls the clock of the engine."""

CONNECTOR: Final = "cascade.connector"
"""What ``inject`` calls the connector of the engine."""


class Inject:
    """Placeholder for a resource: the default of a parameter, or an argument."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"inject({self.name!r})"


def inject(name: str) -> Any:
    """Ask for a resource by name.

    Used as a parameter's default, ``def f(db=cs.inject("db"))``, or as an
    argument, ``f(cs.inject("db"))``. Every engine provides ``"cascade.clock"``,
    and ``"cascade.connector"`` if it was made with one. Typed ``Any`` because it stands in for
    whatever the resource yields.

    Raises
    ------
    TypeError
        The name is not a non-empty string.
    """
    if not isinstance(name, str) or not name:
        raise TypeError(f"inject takes the name of a resource, got {name!r}")
    return Inject(name)
