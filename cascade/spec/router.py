"""``cs.Router``: the value of one of several routes, chosen while running."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeAlias, Union, overload

from cascade.spec.containers import find_lazy, refuse_hidden
from cascade.spec.lazy import Lazy, V, V_co

_Route: TypeAlias = Union[V, Lazy["_Route[V]"]]  # noqa: UP007 - quoted
"""Lazy or plain. As it refers to itself, mypy infers the union for a dict that has both."""

_LONGEST_NAME: Final = 80


class Router(Lazy[V_co]):
    """Chooses one of several values by the value of a selector.

    Parameters
    ----------
    selector
        A lazy value whose result names the route.
    routes
        Route name -> the value it stands for, lazy or plain. Only what the
        chosen route needs is executed; what only other routes need is pruned.

    Raises
    ------
    TypeError
        The selector is not lazy, the routes are not a mapping, the name of one is lazy, or
        there is a lazy value in one where it can't be filled in.
    ValueError
        There are no routes.
    """

    __slots__ = ("_name", "routes", "selector")

    @overload
    def __init__(self: Router[V], selector: Lazy, routes: Mapping[Any, Lazy[V]]) -> None: ...
    @overload
    def __init__(self: Router[V], selector: Lazy, routes: Mapping[Any, _Route[V]]) -> None: ...
    def __init__(self, selector: Lazy, routes: Mapping[Any, object]) -> None:
        if not isinstance(selector, Lazy):
            raise TypeError(f"a Router's selector must be a lazy result, got {selector!r}")
        if not isinstance(routes, Mapping):
            raise TypeError(f"a Router's routes must be a mapping, got {routes!r}")
        if not routes:
            raise ValueError("a Router needs at least one route, got none")
        for value in routes.values():
            refuse_hidden(value, "a Router")
        lazy = find_lazy(list(routes))
        if lazy is not None:
            raise TypeError(f"the names of a Router's routes must be plain values, got {lazy!r}")
        self.selector = selector
        inner = selector.name
        self._name = f"router({inner if len(inner) <= _LONGEST_NAME else '...'})"
        self.routes: dict[Hashable, object] = dict(routes)

    @property
    def name(self) -> str:
        """Name made of the selector's, shortened where Routers select by Routers many times."""
        return self._name

    def __repr__(self) -> str:
        return f"<Router by '{self.selector.name}' over {sorted(map(repr, self.routes))}>"
