"""The implementations of the model that must show the same physics, by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests import reference_model
from tests.physics.product import product_flashes, product_hearers
from tests.reference.topologies import hearers
from tests.reference_model import Checkpoint, Operation

Flash = tuple[float, int]
"""When, in seconds, and whose."""


class FlashesOf(Protocol):
    """The flashes of a run from phases and flags set by hand at t = 0, the end included."""

    def __call__(
        self,
        parameters: Mapping[str, Any],
        zero: Sequence[float],
        flags: Sequence[Collection[str]],
        script: Sequence[Operation],
        until: float,
    ) -> list[Flash]: ...


class HearersOf(Protocol):
    """Who hears each firefly, by id."""

    def __call__(self, parameters: Mapping[str, Any]) -> list[list[int]]: ...


@dataclass(frozen=True)
class Implementation:
    """Parameters, states and scripts are named as in `tests/reference_model.py`."""

    flashes_of: FlashesOf
    hearers_of: HearersOf


def _reference_flashes(
    parameters: Mapping[str, Any],
    zero: Sequence[float],
    flags: Sequence[Collection[str]],
    script: Sequence[Operation],
    until: float,
) -> list[Flash]:
    start = Checkpoint(0.0, zero, flags=flags)
    return reference_model.run(parameters, script, until, start).flashes


def _reference_hearers(parameters: Mapping[str, Any]) -> list[list[int]]:
    return hearers(reference_model.Parameters().changed(parameters))


IMPLEMENTATIONS = {
    "reference": Implementation(_reference_flashes, _reference_hearers),
    "workflows": Implementation(product_flashes, product_hearers),
}
