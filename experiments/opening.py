"""Openings: what is done to a swarm at t = 0, as a preset may ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from experiments.actions import Action
from experiments.parameters import ParameterError
from experiments.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Opening:
    """An action on all fireflies of a rectangle of the grid.

    Attributes
    ----------
    action
        What is done to them.
    x, y
        Column and row of the rectangle's upper left corner, from 0.
    width, height
        Fireflies along its edges; it wraps around as the grid does.
    """

    action: Action
    x: int
    y: int
    width: int
    height: int

    def ids(self, side: int) -> list[int]:
        """Who stands there, on a grid of `side` fireflies along each edge.

        Raises
        ------
        ParameterError
            The rectangle doesn't fit the grid.
        """
        for name, least, most in (
            ("x", 0, side - 1),
            ("y", 0, side - 1),
            ("width", 1, side),
            ("height", 1, side),
        ):
            value = getattr(self, name)
            if not least <= value <= most:
                allowed = f"from {least} to {most} with side {side}"
                raise ParameterError(f"opening: {name}", value, allowed)
        columns = [(self.x + k) % side for k in range(self.width)]
        rows = [(self.y + k) % side for k in range(self.height)]
        return [row * side + column for row in rows for column in columns]


def check_openings(openings: Iterable[Opening], side: int) -> None:
    """Refuse openings that don't fit a grid.

    Raises
    ------
    ParameterError
        The first that doesn't.
    """
    for opening in openings:
        opening.ids(side)


def open_with(simulation: Simulation, openings: Iterable[Opening]) -> None:
    """Ask for openings, in their order; they take effect as soon as time passes or settles."""
    for opening in openings:
        simulation.act(opening.action, opening.ids(simulation.parameters.side))
