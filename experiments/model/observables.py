"""Observables: what is measured of a run, each declared once.

All of them are sampled together, kept as long series, exported as columns, told at the end of a
run and shown in the window, as each declaration says.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from experiments.model.instant import Instant
from experiments.model.registry import Registry

_BOUND_WORDS: Final = {-math.pi: "-pi", math.pi: "pi"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observable:
    """One number that is measured of a complete instant.

    Attributes
    ----------
    name
        Its column in exports, and its key in what a run prints.
    words
        What it is, for people.
    unit
        Empty if it has none.
    bounds
        The least and the greatest it can be, in its unit.
    of
        Its value; called at each sample, and wherever it is shown.
    symbol
        What the status line calls it; empty if it isn't shown there.
    n_digits
        Digits after the point, where it is shown.
    is_reported
        Whether ``fireflies run`` prints it at the end.
    """

    name: str
    words: str
    unit: str = ""
    bounds: tuple[float, float]
    of: Callable[[Instant], float]
    symbol: str = ""
    n_digits: int = 2
    is_reported: bool = True

    @property
    def meaning(self) -> str:
        """What it is, with its unit and bounds: ``angle ..., rad, from -pi to pi``."""
        least, greatest = (_BOUND_WORDS.get(each, f"{each:g}") for each in self.bounds)
        unit = f"{self.unit}, " if self.unit else ""
        return f"{self.words}, {unit}from {least} to {greatest}"

    def text(self, value: float) -> str:
        """A value for the status line: ``R 0.55``."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.symbol} {value:.{self.n_digits}f}{unit}"

    @property
    def longest_text(self) -> str:
        """What takes the most room in the status line."""
        return max(map(self.text, self.bounds), key=len)


R: Final = Observable(
    name="R",
    words="modulus of the order parameter",
    bounds=(0.0, 1.0),
    of=lambda instant: instant.coherence,
    symbol="R",
)

MEAN_PHASE: Final = Observable(
    name="mean_phase",
    words="angle of the order parameter",
    unit="rad",
    bounds=(-math.pi, math.pi),
    of=lambda instant: cmath.phase(instant.order),
    is_reported=False,
)

OBSERVABLES: Final = Registry((R, MEAN_PHASE))
"""All that is measured; see :class:`Observable` for one more."""


def observed(instant: Instant) -> dict[str, float]:
    """Every observable of an instant, by name."""
    return {name: each.of(instant) for name, each in OBSERVABLES.items()}
