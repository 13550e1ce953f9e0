"""What is told about one firefly."""

from __future__ import annotations

import math

from experiments import Status


def portrait(firefly: int, phase: float, since_flash: float, status: Status) -> str:
    """Two lines about a firefly.

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
    """
    names = [each.name.lower() for each in Status if each and each in status]
    state = f", {' and '.join(names)}" if names else ""
    ago = "no flash yet" if math.isinf(since_flash) else f"flashed {since_flash:.2f} s ago"
    return f"Firefly {firefly:,}: phase {phase:.2f} s{state}\n{ago}; 8 neighbours"
