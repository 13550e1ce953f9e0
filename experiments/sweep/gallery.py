"""Plans with a name, which are there without a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from experiments.model.registry import Registry
from experiments.sweep.axis import axis_of_text
from experiments.sweep.plan import SweepPlan


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """A plan, and what it is for.

    Attributes
    ----------
    name, sentence
        For people.
    over
        Its axes, as they are typed.
    side, seconds, seeds, observe
        As of the plan.
    border
        The level of what is observed first that parts its map in two.
    """

    name: str
    sentence: str
    over: tuple[str, ...]
    side: int
    seconds: float
    seeds: int
    observe: tuple[str, ...]
    border: float

    def plan(self) -> SweepPlan:
        """The plan itself."""
        return SweepPlan(
            axes=tuple(map(axis_of_text, self.over)),
            fixed={"side": self.side},
            seconds=self.seconds,
            seeds=self.seeds,
            observe=self.observe,
        )


BORDER: Final = NamedPlan(
    name="border",
    sentence="the border between order and disorder over nudge and refractory time, in a minute",
    over=("nudge=0:0.4:17", "refractory=0.2:2.6:9"),
    side=10,
    seconds=100.0,
    seeds=2,
    observe=("R_end", "time_to_sync"),
    border=0.5,
)

PLANS: Final = Registry[NamedPlan]((BORDER,))
"""By name, as ``fireflies sweep`` takes them."""
