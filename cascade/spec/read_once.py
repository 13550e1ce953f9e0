"""Values that are used up by reading them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count, cycle
from typing import Any

from cascade.spec.containers import BUILT_IN, kind_of


def is_read_once(value: object) -> bool:
    """Whether a second reader would find nothing left: iterators, generators, open files.

    Not those of ``itertools`` that never end, such as a counter of ids.
    """
    return isinstance(value, (Iterator, AsyncIterator)) and not isinstance(value, (count, cycle))


def find_read_once(value: Any) -> Any:
    """What is used up by reading: `value`, or something in it, however deep; None if nothing is.

    Looked into is what :mod:`cascade.spec.containers` can take apart.
    """
    if type(value) in BUILT_IN:
        return None
    level: list[Any] = [value]
    seen: dict[int, object] = {}  # kept, so that no id comes twice
    while level:
        # One of each type is looked at: a million numbers cost no more than their types do.
        kinds = dict(zip(map(type, level), level, strict=True))
        if (found := next(filter(is_read_once, kinds.values()), None)) is not None:
            return found
        how = {cls: kind for cls in kinds if (kind := kind_of(cls)) is not None}
        if not how:
            return None
        containers = {id(each): each for each in level if type(each) in how}
        new = [each for key, each in containers.items() if key not in seen]
        seen.update(containers)
        level = []
        for container in new:
            kind = how[type(container)]
            level += kind.parts(container)
            level += kind.hidden(container)
    return None
