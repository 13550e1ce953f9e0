"""Colourings of the grid: what the colour of a firefly means in each view."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Topology, local_order


class Colouring(enum.Enum):
    """What is painted."""

    GLOW = "glow"
    PHASE = "phase"
    ORDER = "order"


VIEW_KEYS: Final = {each: str(number) for number, each in enumerate(Colouring, start=1)}
"""The digit that chooses a view."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Words for a view.

    Attributes
    ----------
    label
        Its name.
    low, high
        What the ends of its colours mean.
    sentence
        What it shows.
    """

    label: str
    low: str
    high: str
    sentence: str


LEGENDS: Final = {
    Colouring.GLOW: Legend(
        "Glow", "dark", "flash", "Glow: a flash and its afterglow, as one would see it"
    ),
    Colouring.PHASE: Legend(
        "Phase", "flashed", "due", "Phase: how far each firefly is through its cycle"
    ),
    Colouring.ORDER: Legend(
        "Order",
        "apart",
        "in step",
        "Local order: how far a firefly and its eight neighbours agree, from 0 to 1",
    ),
}


def phase_values(phases: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Share of the cycle that is over, shape ``(n,)``, in [0, 1): wrapped."""
    share: NDArray[np.float64] = np.mod(phases / period, 1.0)
    return share


def order_values(
    phases: NDArray[np.float64], period: float, topology: Topology
) -> NDArray[np.float64]:
    """Local order, shape ``(n,)``, in [0, 1]."""
    return local_order(phases, period, topology)
