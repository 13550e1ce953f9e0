"""A complete instant of the oracle, and the pulses that are on their way in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class InFlight:
    """The pulse of a firefly's k-th flash on its way to its hearers, but those it is lost to."""

    arrival: float
    sender: int
    k: int
    lost_to: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Checkpoint:
    """Everything a run depends on from ``t`` on, ``t`` being complete.

    ``actions`` is the number of actions applied so far; the next is ``actions + 1``.
    ``flags`` holds for each firefly a set of "silent", "blind" and "pacemaker";
    ``in_flight`` the pulses that have not arrived, in the order in which they were sent.
    """

    t: float
    zero: Sequence[float]
    counts: Sequence[int] = ()
    flags: Sequence[Collection[str]] = ()
    actions: int = 0
    in_flight: Sequence[InFlight] = ()
