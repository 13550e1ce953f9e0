"""Heavy proofs: a few repetitions in ``make test``, all of them in ``make drill``."""

from __future__ import annotations

import os

FULL = os.environ.get("FIREFLIES_DRILL") == "full"


def count(reduced: int, full: int) -> int:
    """How many repetitions a proof makes in this run."""
    return full if FULL else reduced
