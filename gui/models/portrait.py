"""The portrait of a firefly: what is told about it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from experiments import Parameters, Status


def portrait(
    firefly: int,
    parameters: Parameters,
    phase: float,
    since_flash: float,
    status: Status,
    has_failed: bool,
    hears: Iterable[int],
) -> str:
    """Four lines about a firefly.

    Parameters
    ----------
    firefly
        Its id.
    parameters
        Of the run.
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
    state = f"{' and '.join(names)}; " if names else ""
    share = f"{100.0 * phase / parameters.period:.0f} % through its cycle"
    ago = "no flash yet" if math.isinf(since_flash) else f"flashed {since_flash:.2f} s ago"
    around = ", ".join(map(str, sorted(hears)))
    return "\n".join(
        (
            f"Firefly {firefly}, {place_words(firefly, parameters.side)}",
            f"phase {phase:.2f} s, {share}",
            f"{state}{ago}; hears",
            around,
        )
    )


def place_words(firefly: int, side: int) -> str:
    """Where it stands on a grid of some side: ``row 5, column 1``, both from 0."""
    row, column = divmod(firefly, side)
    return f"row {row}, column {column}"
