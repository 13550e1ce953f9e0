"""Openings: what is done to a swarm at t = 0, as a preset may ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action, FireflyAction, Intervention
from experiments.model.cells import ALLOWED, CellLine, extent, ids_of, lines_of, parse_cells
from experiments.model.checkpoint import STATUS_SET_BY
from experiments.model.parameters import ParameterError
from experiments.model.statuses import actions_between
from experiments.run.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Opening:
    """An action on some fireflies of the grid: a rectangle, or any set of cells.

    Attributes
    ----------
    action
        What is done to them.
    x, y
        Column and row of the rectangle's upper left corner, from 0; it wraps around as
        the grid does.
    width, height
        Fireflies along its edges.
    cells
        Instead of a rectangle: lines of rows and columns, as ``3-7: 10-14, 20``.

    Raises
    ------
    ParameterError
        A number is missing, not whole, or fits no grid at all; or a line can't be read.
    """

    action: Action
    x: int | None = None
    y: int | None = None
    width: int | None = None
    height: int | None = None
    cells: tuple[str, ...] = ()

    @classmethod
    def of_ids(cls, action: Action, ids: Iterable[int], side: int) -> Opening:
        """An action on any fireflies, at least one."""
        return cls(action, cells=lines_of(ids, side))

    def __post_init__(self) -> None:
        if not isinstance(self.action, Action):
            known = ", ".join(action.value for action in Action)
            raise ParameterError("opening: action", self.action, f"an Action, one of {known}")
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if self.cells:
                if value is not None:
                    raise ParameterError(f"opening: {name}", value, "left out beside cells")
            elif isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ParameterError(f"opening: {name}", value, f"a whole number from {least}")
        self._lines()

    def _lines(self) -> tuple[CellLine, ...]:
        try:
            return parse_cells(self.cells)
        except ValueError as error:
            raise ParameterError("opening: cells", str(error), ALLOWED) from error

    def ids(self, side: int) -> tuple[int, ...]:
        """Who they are, row by row, on a grid of `side` fireflies along each edge.

        Raises
        ------
        ParameterError
            They don't fit the grid.
        """
        self.check(side)
        if self.x is None or self.y is None or self.width is None or self.height is None:
            return tuple(ids_of(self._lines(), side).tolist())
        columns = [(self.x + k) % side for k in range(self.width)]
        rows = [(self.y + k) % side for k in range(self.height)]
        return tuple(row * side + column for row in rows for column in columns)

    def check(self, side: int) -> None:
        """Refuse a grid that the rectangle or the cells don't fit.

        Raises
        ------
        ParameterError
            They don't.
        """
        if self.cells and (highest := extent(self._lines())) >= side:
            allowed = f"rows and columns from 0 to {side - 1} with side {side}"
            raise ParameterError("opening: cells", highest, allowed)
        for name, least in _LEAST.items():
            value, most = getattr(self, name), side - 1 + least
            if value is not None and value > most:
                allowed = f"from {least} to {most} with side {side}"
                raise ParameterError(f"opening: {name}", value, allowed)


_LEAST: Final = {"x": 0, "y": 0, "width": 1, "height": 1}


def status_after(openings: Iterable[Opening], side: int) -> NDArray[np.uint8]:
    """Flags by id that openings leave on a fresh swarm, shape ``(side**2,)``."""
    status = np.zeros(side * side, dtype=np.uint8)
    for opening in openings:
        if opening.action in STATUS_SET_BY:
            ids = np.asarray(opening.ids(side), dtype=np.intp)
            added = int(STATUS_SET_BY[opening.action])
            status[ids] = status[ids] | added if added else 0
    return status


def painted(
    openings: Iterable[Opening], status: NDArray[np.uint8], side: int
) -> tuple[Opening, ...]:
    """Openings with what it takes beside them to leave fireflies in a given state.

    Parameters
    ----------
    openings
        What is done first. What earlier painting has added at their end gives way.
    status
        :class:`~experiments.Status` flags by id, shape ``(side**2,)``.
    side
        Fireflies along each edge.
    """
    first = list(openings)
    while first and first[-1].cells and first[-1].action in STATUS_SET_BY:
        first.pop()
    missing = actions_between(status_after(first, side), status)
    return (*first, *(Opening.of_ids(action, ids.tolist(), side) for action, ids in missing))


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


def were_phases_painted(interventions: Iterable[Intervention]) -> bool:
    """Whether something was done to fireflies that is no status, so that no opening can say it."""
    return any(
        isinstance(each.what, FireflyAction) and each.what.action not in STATUS_SET_BY
        for each in interventions
    )
