"""The portrait of a firefly: what is told about it."""

from __future__ import annotations

import math

from experiments import Status, neighbours


def portrait(
    firefly: int, side: int, phase: float, since_flash: float, status: Status, has_failed: bool
) -> str:
    """Three lines about a firefly.

    Parameters
    ----------
    firefly
        Its id.
    side
        Fireflies along each edge.
    phase
        Seconds.
    since_flash
        Virtual seconds since its last flash, infinite if it has not flashed yet.
    status
        What has been done to it.
    has_failed
        Whether its workflow has ended with an error.
    """
    names = [name.lower() for name, each in Status.__members__.items() if each and each in status]
    if has_failed:
        names.append("failed")
    state = f", {' and '.join(names)}" if names else ""
    around = ", ".join(map(str, sorted(neighbours(firefly, side))))
    ago = "no flash yet" if math.isinf(since_flash) else f"flashed {since_flash:.2f} s ago"
    return f"Firefly {firefly}: phase {phase:.2f} s{state}\n{ago}; hears\n{around}"
