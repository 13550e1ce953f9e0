"""Openings: what is done to a swarm at t = 0, as a preset may ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from experiments.actions import Action
from experiments.parameters import ParameterError
from experiments.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Opening:
    """An action on all fireflies of a rectangle of the grid, which wraps around as it does.

    Attributes
    ----------
    action
        What is done to them.
    x, y
        Column and row of the rectangle's upper left corner, from 0.
    width, height
        Fireflies along its edges.

    Raises
    ------
    ParameterError
        A number is not whole, or fits no grid at all.
    """

    action: Action
    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if not isinstance(self.action, Action):
            known = ", ".join(action.value for action in Action)
            raise ParameterError("opening: action", self.action, f"an Action, one of {known}")
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ParameterError(f"opening: {name}", value, f"a whole number from {least}")

    def ids(self, side: int) -> tuple[int, ...]:
        """Who stands there, row by row, on a grid of `side` fireflies along each edge.

        Raises
        ------
        ParameterError
            The rectangle doesn't fit the grid.
        """
        self.check(side)
        columns = [(self.x + k) % side for k in range(self.width)]
        rows = [(self.y + k) % side for k in range(self.height)]
        return tuple(row * side + column for row in rows for column in columns)

    def check(self, side: int) -> None:
        """Refuse a grid that the rectangle doesn't fit.

        Raises
        ------
        ParameterError
            It doesn't.
        """
        for name, least in _LEAST.items():
            value, most = getattr(self, name), side - 1 + least
            if value > most:
                allowed = f"from {least} to {most} with side {side}"
                raise ParameterError(f"opening: {name}", value, allowed)


_LEAST: Final = {"x": 0, "y": 0, "width": 1, "height": 1}


def check_openings(openings: Iterable[Opening], side: int) -> None:
    """Refuse openings that don't fit a grid.

    Raises
    ------
    ParameterError
        The first that doesn't.
    """
    for opening in openings:
        opening.check(side)


def open_with(simulation: Simulation, openings: Iterable[Opening]) -> None:
    """Ask for openings, in their order; they take effect as soon as time passes or settles."""
    for opening in openings:
        simulation.act(opening.action, opening.ids(simulation.parameters.side))
