"""Names of parametrised tests that are given bytes."""

from __future__ import annotations


def in_words(value: str | bytes) -> str:
    """A name of a case: contents may be long."""
    return value if isinstance(value, str) else f"{len(value)} bytes"
