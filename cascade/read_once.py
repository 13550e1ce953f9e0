"""Values that are used up by reading them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator


def is_read_once(value: object) -> bool:
    """Whether a second reader would find nothing left: iterators, generators, open files."""
    return isinstance(value, (Iterator, AsyncIterator))
