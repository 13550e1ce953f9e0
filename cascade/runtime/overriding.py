"""Overriding: resources that are replaced by others for a while."""

from __future__ import annotations

from contextlib import AbstractContextManager

from cascade.errors import ResourceError
from cascade.runtime.engine import Engine
from cascade.spec.resource import Resource


def override_resource(engine: Engine, name: str, other: Resource) -> AbstractContextManager[None]:
    """Let a resource be another one for a while, in tests for example.

    Parameters
    ----------
    engine
        Where it is registered.
    name
        What ``inject`` calls it.
    other
        What it is meanwhile. Runs that have set up the old one keep it.

    Raises
    ------
    TypeError
        `other` was not made by ``@cs.resource``.
    ResourceError
        No resource has this name.
    """
    if not isinstance(other, Resource):
        raise TypeError(f"override_resource takes what @cs.resource made, got {other!r}")
    registered = engine._resources
    if name not in registered:
        known = ", ".join(f"'{each}'" for each in registered) or "none"
        raise ResourceError(f"no resource named '{name}' is registered (registered: {known})")
    return _Overriding(registered, name, other)


class _Overriding:
    """The ``with`` of :func:`override_resource`; ``contextmanager`` fails on frozen exceptions."""

    def __init__(self, registered: dict[str, Resource], name: str, other: Resource) -> None:
        self._registered = registered
        self._name = name
        self._other = other

    def __enter__(self) -> None:
        self._before = self._registered[self._name]
        self._registered[self._name] = self._other

    def __exit__(self, *_error: object) -> None:
        self._registered[self._name] = self._before
