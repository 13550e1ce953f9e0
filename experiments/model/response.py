"""Phase responses: what a pulse does to the phase of whoever accepts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from experiments.model.registry import Registry

Response: TypeAlias = Callable[[float, float, float], float]
"""Takes when the phase was 0, the time of the pulse, and the period, in seconds; gives when the
phase was 0 from then on. The phase is the time since; earlier is further."""


@dataclass(frozen=True, slots=True)
class ResponseKind:
    """A phase response by its name, and how it is made from the parameters in force."""

    name: str
    make: Callable[[Any], Response]


class _HasNudge(Protocol):
    @property
    def nudge(self) -> float: ...


def constant(parameters: _HasNudge) -> Response:
    """The same at every phase: the nudge."""
    nudge = parameters.nudge

    def respond(zero: float, _t: float, _period: float) -> float:
        return zero - nudge

    return respond


RESPONSES: Final = Registry([ResponseKind("constant", constant)])
"""All there are, by name. One more is a kind here, and the parameters that it needs."""
