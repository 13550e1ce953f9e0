"""Topologies: the neighbours of each firefly."""

from __future__ import annotations


def neighbours(firefly: int, side: int) -> tuple[int, ...]:
    """The 8 neighbours of one firefly on a grid that wraps around; `side` is at least 3."""
    y, x = divmod(firefly, side)
    return moore_torus_row(side, y)[x]


def moore_torus_row(side: int, y: int) -> list[tuple[int, ...]]:
    """The 8 neighbours of each firefly in row `y` of a grid that wraps around.

    Parameters
    ----------
    side
        Fireflies along each edge, at least 3 (below, the torus wraps onto itself).
    y
        The row.

    Returns
    -------
    list of tuple
        Neighbours of the fireflies ``i = y * side + x``, for x = 0 … side - 1.
    """
    rows = [((y + dy) % side) * side for dy in (-1, 0, 1)]
    return [
        tuple(
            row + (x + dx) % side
            for dy, row in enumerate(rows, -1)
            for dx in (-1, 0, 1)
            if dx or dy
        )
        for x in range(side)
    ]
