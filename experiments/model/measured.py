"""Kinds of observables: what each is told by, and when it is worked out."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from experiments.model.instant import Instant
from experiments.model.whole_run import WholeRun

RADIANS: Final = "rad"
"""The unit of angles, and of nothing else."""

_BOUND_WORDS: Final = {-math.pi: "-pi", math.pi: "pi"}


class Cost(enum.Enum):
    """When an observable is worked out, by what it takes."""

    EVERY_SAMPLE = "at each sample of every run"
    ASKED_SAMPLE = "at each sample, if asked for"
    WHOLE_LOG = "once, from all flashes, if asked for"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredNumber:
    """What is told of a number that is measured.

    Attributes
    ----------
    name
        Its column in exports, and its key in what a run prints.
    words
        What it is, for people.
    label
        What it is called in a window, in two or three words; empty for its name.
    unit
        Empty if it has none; :data:`RADIANS` of an angle, which lies from -pi to pi.
    bounds
        The least and the greatest it can be, in its unit; infinite where there is none.
    formula, source
        How it is worked out, and where that is from.
    n_digits
        Digits after the point, where it is shown.

    Raises
    ------
    ValueError
        It is an angle with other bounds.
    """

    name: str
    words: str
    label: str = ""
    unit: str = ""
    bounds: tuple[float, float]
    formula: str = ""
    source: str = ""
    n_digits: int = 2

    def __post_init__(self) -> None:
        if self.is_angle and self.bounds != (-math.pi, math.pi):
            raise ValueError(
                f"{self.name} is in rad, an angle: its bounds must be -pi and pi, got {self.bounds}"
            )

    @property
    def title(self) -> str:
        """What it is called in a window: ``Second moment``."""
        return self.label or self.name

    @property
    def is_angle(self) -> bool:
        """Whether it is the same again after a turn, as its unit says: its mean is a direction."""
        return self.unit == RADIANS

    @property
    def meaning(self) -> str:
        """What it is, with its unit and bounds: ``angle ..., rad, from -pi to pi``."""
        least, greatest = (_BOUND_WORDS.get(each, f"{each:g}") for each in self.bounds)
        unit = f"{self.unit}, " if self.unit else ""
        if math.isinf(self.bounds[1]):
            within = "any number" if math.isinf(self.bounds[0]) else f"at least {least}"
        else:
            within = f"from {least} to {greatest}"
        return f"{self.words}, {unit}{within}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observable(MeasuredNumber):
    """One number that is measured of a complete instant.

    Attributes
    ----------
    of
        Its value; called at each sample, and wherever it is shown. nan where it isn't defined.
    cost
        When it is sampled.
    symbol
        What the status line calls it; empty if it isn't shown there. Of every sample alone.
    is_reported
        Whether ``fireflies run`` prints it at the end without being asked.
    """

    of: Callable[[Instant], float]
    cost: Cost = Cost.EVERY_SAMPLE
    symbol: str = ""
    is_reported: bool = True

    def text(self, value: float) -> str:
        """A value for the status line: ``R 0.55``."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.symbol} {value:.{self.n_digits}f}{unit}"

    @property
    def longest_text(self) -> str:
        """What takes the most room in the status line."""
        return max(map(self.text, self.bounds), key=len)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlashObservable(MeasuredNumber):
    """One number that is measured of all flashes of a run.

    Attributes
    ----------
    of
        Its value; nan where it isn't defined.
    finds_order
        Whether it takes when order was reached, for which R has to be sampled all along.
    """

    of: Callable[[WholeRun], float]
    finds_order: bool = False

    @property
    def cost(self) -> Cost:
        """It takes the whole log."""
        return Cost.WHOLE_LOG
