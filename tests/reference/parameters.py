"""The parameters of the oracle: names, defaults, what is valid, and the periods they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.reference.random_numbers import MASK, SPREAD, u

TOPOLOGIES = ("moore", "neumann", "ring", "all")
EDGES = ("torus", "open")
RESPONSES = ("constant", "multiplicative", "mirollo-strogatz", "inhibitory", "drawn")
RESTARTS = ("side", "seed", "spread", "topology", "radius", "k", "edges", "rewire")
LOOKS_ONLY = ("glow", "speed")  # parameters that no flash depends on
LEAST_DEAFNESS = 1e-6
"""With less of a refractory time, s, there is no jitter."""

Points = tuple[tuple[float, float], ...]
"""Phase fractions, and the shift of the phase fraction at each."""


@dataclass(frozen=True)
class Parameters:
    """What shapes the run; period, nudge, refractory, jitter and delay in seconds."""

    side: int = 50
    period: float = 5.0
    nudge: float = 0.2
    refractory: float = 1.0
    jitter: float = 0.1
    seed: int = 1
    spread: float = 0.0
    response: str = "constant"
    strength: float = 0.1
    b: float = 3.0
    eps: float = 0.1
    points: Points = ((0.0, 0.0), (1.0, 0.0))
    topology: str = "moore"
    radius: int = 1
    k: int = 1
    edges: str = "torus"
    rewire: float = 0.0
    loss: float = 0.0
    delay: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", tuple((phi, shift) for phi, shift in self.points))
        ok = (
            3 <= self.side <= 2000
            and 0 < self.period <= 3600
            and 0 <= self.nudge <= self.period
            and 0 <= self.refractory < self.period * (1 - self.spread)
            and (self.jitter == 0 or self.refractory >= LEAST_DEAFNESS)
            and (0 <= self.jitter < self.refractory or self.refractory == self.jitter == 0)
            and 0 <= self.seed <= MASK
            and 0 <= self.spread <= 0.5
            and self._is_response_valid()
            and self._is_topology_valid()
            and 0 <= self.loss <= 1
            and 0 <= self.delay <= 3600
        )
        if not ok:  # also when a value is nan
            raise ValueError(f"not a valid set of parameters: {self}")

    def _is_response_valid(self) -> bool:
        phis = [phi for phi, _ in self.points]
        return (
            self.response in RESPONSES
            and 0 <= self.strength <= 1
            and 0 < self.b <= 10
            and -1 <= self.eps <= 1
            and 2 <= len(phis) <= 33
            and phis[0] == 0
            and phis[-1] == 1
            and all(phis[k] < phis[k + 1] for k in range(len(phis) - 1))
            and all(-1 <= shift <= 1 for _, shift in self.points)
        )

    def _is_topology_valid(self) -> bool:
        on_grid = self.topology in ("moore", "neumann")
        return (
            self.topology in TOPOLOGIES
            and self.edges in EDGES
            and 1 <= self.radius <= 10
            and (2 * self.radius + 1 <= self.side or not on_grid)
            and 1 <= self.k <= 50
            and (self.n <= 10_000 or self.topology != "all")
            and 0 <= self.rewire <= 1
        )

    @property
    def n(self) -> int:
        """Number of fireflies."""
        return self.side * self.side

    def period_of(self, i: int) -> float:
        """The period of one firefly; with no spread it is the same for all."""
        return self.period * (1 + self.spread * (2 * u(self.seed, SPREAD, i, 0) - 1))

    def periods(self) -> list[float]:
        """The period of each firefly, by id."""
        return [self.period_of(i) for i in range(self.n)]

    def changed(self, values: Mapping[str, Any]) -> Parameters:
        """The same with some values replaced, validated together."""
        kept = {name: value for name, value in values.items() if name not in LOOKS_ONLY}
        return replace(self, **kept)

    def changed_live(self, values: Mapping[str, Any]) -> Parameters:
        """The same, refusing what cannot change within a run."""
        for name in RESTARTS:
            if values.get(name, getattr(self, name)) != getattr(self, name):
                raise ValueError(f"the {name} cannot change within a run")
        return self.changed(values)
