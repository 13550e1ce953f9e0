"""Phase responses: what a pulse does to the phase of whoever accepts it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from experiments.model.registry import Registry

Response: TypeAlias = Callable[[float, float, float], float]
"""Takes when the phase was 0, the time of the pulse, and the period, in seconds; gives when the
phase was 0 from then on. The phase is the time since; earlier is further."""


@dataclass(frozen=True, slots=True)
class ResponseKind:
    """A phase response by its name, and how it is made from the parameters in force.

    Attributes
    ----------
    name
        What it is called where it is chosen.
    make
        Makes it.
    in_kernel
        What the compiled kernel calls its number; empty if it isn't in there.
    """

    name: str
    make: Callable[[Any], Response]
    in_kernel: str = ""


class _HasNudge(Protocol):
    @property
    def nudge(self) -> float: ...


class _HasStrength(Protocol):
    @property
    def strength(self) -> float: ...


class _HasCharging(Protocol):
    @property
    def a(self) -> float: ...

    @property
    def c(self) -> float: ...


class _HasPoints(Protocol):
    @property
    def points(self) -> tuple[tuple[float, float], ...]: ...

    @property
    def slopes(self) -> tuple[float, ...]: ...


# A pulse to a firefly that is due at this instant does nothing: it is committed. With the nudge
# that needs no look, as it only makes due what is due. What makes a phase of it and a zero again
# may round to just after now, and what moves it back would call the flash off.


def constant(parameters: _HasNudge) -> Response:
    """The same at every phase: the nudge."""
    nudge = parameters.nudge

    def respond(zero: float, _t: float, _period: float) -> float:
        return zero - nudge

    return respond


def multiplicative(parameters: _HasStrength) -> Response:
    """A share of the phase is added to it."""
    strength = parameters.strength

    def respond(zero: float, t: float, period: float) -> float:
        if zero + period <= t:
            return zero
        x = t - zero
        return t - (x + strength * x)

    return respond


def mirollo_strogatz(parameters: _HasCharging) -> Response:
    """The state of a charging oscillator is lifted by eps (Mirollo & Strogatz 1990).

    With ``f(phi) = ln(1 + (e^b - 1) phi) / b`` for the state at phase fraction phi, the phase
    after is ``f^-1(f(phi) + eps) = a phi + c``: ``a = e^(b eps)``, ``c = (a - 1) / (e^b - 1)``.
    """
    a, c = parameters.a, parameters.c

    def respond(zero: float, t: float, period: float) -> float:
        if zero + period <= t:
            return zero
        y = a * (t - zero) + c * period
        return t - (y if y > 0.0 else 0.0)

    return respond


def inhibitory(parameters: _HasStrength) -> Response:
    """A share of the period is taken from the phase, down to 0 at most."""
    strength = parameters.strength

    def respond(zero: float, t: float, period: float) -> float:
        if zero + period <= t:
            return zero
        y = (t - zero) - strength * period
        return t - (y if y > 0.0 else 0.0)

    return respond


def drawn(parameters: _HasPoints) -> Response:
    """A shift by phase fraction, in periods, along straight lines between points."""
    points = parameters.points
    # Beyond the last but one of the points the last piece goes on, also beyond 1.
    pieces = [(*point, slope) for point, slope in zip(points, parameters.slopes, strict=False)]
    inner = [phi for phi, _ in points[1:-1]]

    def respond(zero: float, t: float, period: float) -> float:
        if zero + period <= t:
            return zero
        x = t - zero
        phi = x / period
        begin, shift, slope = pieces[bisect_right(inner, phi)]
        y = x + (shift + (phi - begin) * slope) * period
        return t - (y if y > 0.0 else 0.0)

    return respond


RESPONSES: Final = Registry(
    (
        ResponseKind("constant", constant, "CONSTANT"),
        ResponseKind("multiplicative", multiplicative, "MULTIPLICATIVE"),
        ResponseKind("mirollo-strogatz", mirollo_strogatz, "MIROLLO_STROGATZ"),
        ResponseKind("inhibitory", inhibitory, "INHIBITORY"),
        ResponseKind("drawn", drawn, "DRAWN"),
    )
)
"""All there are, by name. One more is a kind here, and the parameters that it needs; to be compiled
as well, it is written down in the kernel too."""
