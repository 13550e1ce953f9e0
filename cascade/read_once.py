"""Values that are used up by reading them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Final

_CONTAINERS: Final = (list, tuple, dict, set, frozenset)


def is_read_once(value: object) -> bool:
    """Whether a second reader would find nothing left: iterators, generators, open files."""
    return isinstance(value, (Iterator, AsyncIterator))


def find_read_once(value: Any) -> Any:
    """What is used up by reading: `value`, or something in it, however deep; None if nothing is.

    Looked into are lists, tuples, dicts (their values) and sets, by methods of these types alone:
    no code of anybody's subclass is called.
    """
    level, seen = [value], set[int]()
    while level:
        # One of each type is looked at: a million numbers cost no more than their types do.
        kinds = {type(each): each for each in level}
        if (found := next(filter(is_read_once, kinds.values()), None)) is not None:
            return found
        if not any(issubclass(kind, _CONTAINERS) for kind in kinds):
            return None
        containers = {id(each): each for each in level if isinstance(each, _CONTAINERS)}
        new = [each for key, each in containers.items() if key not in seen]
        seen.update(containers)
        level = [member for container in new for member in _members(container)]
    return None


def _members(container: Any) -> Iterable[Any]:
    if isinstance(container, list):
        return list.__iter__(container)
    if isinstance(container, tuple):
        return tuple.__iter__(container)
    if isinstance(container, dict):
        return dict.values(container)
    return set.__iter__(container) if isinstance(container, set) else frozenset.__iter__(container)
