"""The rules that parameters choose: who hears whom, and what a pulse does."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

from experiments.model.fields import Value
from experiments.model.parameters import PARAMETER_FIELDS, Parameters
from experiments.model.response import RESPONSES, Response
from experiments.model.topology import TOPOLOGIES, Topology


def topology_of(parameters: Parameters) -> Topology:
    """Who hears whom: the same object for all parameters that need no new swarm."""
    names = PARAMETER_FIELDS.restarting
    made_with = tuple((name, getattr(parameters, name)) for name in names)
    return _made(TOPOLOGIES[parameters.topology], made_with)


@lru_cache(maxsize=2)
def _made(kind: type[Topology], made_with: tuple[tuple[str, Value], ...]) -> Topology:
    return kind(SimpleNamespace(**dict(made_with)))


def response_of(parameters: Parameters) -> Response:
    """What an accepted pulse does, with these parameters in force."""
    return RESPONSES[parameters.response].make(parameters)
