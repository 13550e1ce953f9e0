"""In how many files of the product something is named: what one more of its kind would take."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@cache
def _texts() -> dict[str, str]:
    files = (path for folder in ("experiments", "gui") for path in (_ROOT / folder).rglob("*.py"))
    return {str(path.relative_to(_ROOT)): path.read_text() for path in files}


def files_that_name(words: Iterable[str]) -> set[str]:
    """The files of experiments and gui in which any of the words stands."""
    chosen = tuple(words)
    return {path for path, text in _texts().items() if any(word in text for word in chosen)}
