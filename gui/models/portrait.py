"""The portrait of a firefly: what is told about it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from experiments import Status


def portrait(
    firefly: int,
    phase: float,
    since_flash: float,
    status: Status,
    has_failed: bool,
    hears: Iterable[int],
) -> str:
    """Three lines about a firefly.

    Parameters
    ----------
    firefly
        Its id.
    phase
        Seconds.
    since_flash
        Virtual seconds since its last flash, infinite if it has not flashed yet.
    status
        What has been done to it.
    has_failed
        Whether its workflow has ended with an error.
    hears
        The ids of those that it hears.
    """
    names = [name.lower() for name, each in Status.__members__.items() if each and each in status]
    if has_failed:
        names.append("failed")
    state = f", {' and '.join(names)}" if names else ""
    around = ", ".join(map(str, sorted(hears)))
    ago = "no flash yet" if math.isinf(since_flash) else f"flashed {since_flash:.2f} s ago"
    return f"Firefly {firefly}: phase {phase:.2f} s{state}\n{ago}; hears\n{around}"
