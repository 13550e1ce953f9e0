"""Patterns of instants: what observables of phases are, on the topology there is."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.model.instant import Instant
from experiments.model.order import local_order
from experiments.model.phase_patterns import (
    Defects,
    daido_moments,
    grid_windings,
    phase_defects,
    plaquette_charges,
    winding_number,
)
from experiments.model.rules import topology_of


def moment(m: int) -> Callable[[Instant], float]:
    """The modulus of the m-th Kuramoto-Daido moment."""
    return lambda instant: float(abs(daido_moments(instant.fractions, m)[m - 1]))


def mean_local_order(instant: Instant) -> float:
    """The mean over all fireflies of their local order, in [0, 1]."""
    topology = topology_of(instant.parameters)
    return float(local_order(instant.fractions, 1.0, topology).mean())


def winding(axis: int) -> Callable[[Instant], float]:
    """The mean winding number of rows, axis 0, or columns, 1; nan but on a torus."""

    def of(instant: Instant) -> float:
        topology = topology_of(instant.parameters)
        if not (topology.is_grid and topology.is_wrapped):
            return math.nan
        return float(grid_windings(instant.fractions, topology.side)[axis].mean())

    return of


def ring_winding(instant: Instant) -> float:
    """The winding number along the ids; nan but on a closed ring."""
    topology = topology_of(instant.parameters)
    if topology.is_grid or topology.is_complete or not topology.is_wrapped:
        return math.nan
    return float(winding_number(instant.fractions))


def of_charges(of: Callable[[NDArray[np.int64]], float]) -> Callable[[Instant], float]:
    """A function of the charges of all squares; nan where the topology is no grid."""

    def of_instant(instant: Instant) -> float:
        topology = topology_of(instant.parameters)
        if not topology.is_grid:
            return math.nan
        wraps = topology.is_wrapped
        return float(of(plaquette_charges(instant.fractions, topology.side, wraps=wraps)))

    return of_instant


def defects_of(instant: Instant) -> Defects:
    """The phase defects of an instant; none where the topology is no grid."""
    topology = topology_of(instant.parameters)
    if not topology.is_grid:
        nowhere = np.empty(0)
        return Defects(nowhere, nowhere, np.empty(0, dtype=np.int64))
    return phase_defects(instant.fractions, topology.side, wraps=topology.is_wrapped)
