"""A run to keep, and what most of them are made with."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from experiments import Action, Opening, Parameters, Simulation

Body = Callable[[Simulation], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A run to keep: what it begins with, and what is done to it until it is saved."""

    parameters: Parameters
    body: Body


RECIPES: Final[dict[str, Recipe]] = {}
"""The runs by name, which is that of the session file too."""


def kept(**values: Any) -> Callable[[Body], Body]:
    """Keep the run that a function makes, begun with some parameters."""

    def keep(body: Body) -> Body:
        RECIPES[body.__name__] = Recipe(Parameters(**{"side": 12} | values), body)
        return body

    return keep


def patch(simulation: Simulation, x: int, y: int, width: int, height: int) -> tuple[int, ...]:
    """Fireflies of a rectangle, which wraps around."""
    side = simulation.parameters.side
    return Opening(Action.REVIVE, x % side, y % side, width, height).ids(side)
