"""The portrait of a firefly: what is told about it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from experiments import Parameters, Status

_MOST_LISTED: Final = 12
"""Ids that stand in one line."""


def portrait(
    firefly: int,
    parameters: Parameters,
    phase: float,
    fraction: float,
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
    phase, fraction
        Seconds, and as a fraction of its period.
    since_flash
        Virtual seconds since its last flash, infinite if it has not flashed yet.
    status
        What has been done to it.
    has_failed
        Whether its workflow has ended with an error.
    hears
        The ids of those that it hears, who are those that hear it.
    """
    names = [name.lower() for name, each in Status.__members__.items() if each and each in status]
    if has_failed:
        names.append("failed")
    state = f"{' and '.join(names)}; " if names else ""
    share = f"{100.0 * fraction:.0f} % through its cycle"
    ago = "no flash yet" if math.isinf(since_flash) else f"flashed {since_flash:.2f} s ago"
    around = sorted(hears)
    return "\n".join(
        (
            f"Firefly {firefly}, {place_words(firefly, parameters.side)}",
            f"phase {phase:.2f} s, {share}",
            f"{state}{ago}; hears {len(around):,}",
            _list_words(around),
        )
    )


def _list_words(ids: list[int]) -> str:
    """Their ids, or the first of them."""
    told = ", ".join(map(str, ids[:_MOST_LISTED]))
    return told if len(ids) <= _MOST_LISTED else f"{told}, \N{HORIZONTAL ELLIPSIS}"


def place_words(firefly: int, side: int) -> str:
    """Where it stands on a grid of some side: ``row 5, column 1``, both from 0."""
    row, column = divmod(firefly, side)
    return f"row {row}, column {column}"
