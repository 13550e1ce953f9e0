"""Heavy proofs: a few repetitions and cases in ``make test``, all of them in ``make drill``."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

FULL = os.environ.get("FIREFLIES_DRILL") == "full"


def count(reduced: int, full: int) -> int:
    """How many repetitions a proof makes in this run."""
    return full if FULL else reduced


def in_drill_alone(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Those that ``make drill`` alone runs, by the mark ``drill(alone=True)``."""
    return [
        item
        for item in items
        if any(mark.kwargs.get("alone") for mark in item.iter_markers("drill"))
    ]
