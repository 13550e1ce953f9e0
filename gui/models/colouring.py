"""Colourings of the grid: what the colour of a firefly means in each view."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Topology, local_order

_EARLIEST_S: Final = 1e-3
_LATEST_S: Final = 1.0
_FIRST_KNOWN: Final = 1 / 256
"""Where the second of 256 colours begins: the first is for what is unknown."""


class Colouring(enum.Enum):
    """What is painted."""

    GLOW = "glow"
    PHASE = "phase"
    ORDER = "order"
    LATENESS = "lateness"


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
    unknown
        What the first colour means, if it stands for fireflies of which nothing is known.
    """

    label: str
    low: str
    high: str
    sentence: str
    unknown: str = ""


LEGENDS: Final = {
    Colouring.GLOW: Legend(
        "Glow", "dark", "flash", "Glow: a flash and its afterglow, as one would see it"
    ),
    Colouring.PHASE: Legend(
        "Phase", "flashed", "due", "Phase: how far each firefly is through its cycle"
    ),
    Colouring.ORDER: Legend(
        "Order", "0", "1", "Local order: how far a firefly and its eight neighbours agree"
    ),
    Colouring.LATENESS: Legend(
        "Lateness",
        "1 ms",
        "1 s",
        "Lateness: how long after the moment asked for its last flash came to light",
        unknown="none",
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


def lateness_values(lateness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lateness from 1 ms to 1 s as a share of that, equal steps being equal ratios.

    Parameters
    ----------
    lateness
        Seconds by id; nan where none is known.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``: 0, the colour of what is unknown, or from 1/256 to 1.
    """
    span = math.log(_LATEST_S / _EARLIEST_S)
    share = np.log(np.fmax(lateness, _EARLIEST_S) / _EARLIEST_S) / span
    known = _FIRST_KNOWN + (1.0 - _FIRST_KNOWN) * np.minimum(share, 1.0)
    return np.where(np.isnan(lateness), 0.0, known)
