"""The rules that parameters choose: who hears whom, what a pulse does, each one's period."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from experiments.model.fields import Value
from experiments.model.parameters import PARAMETER_FIELDS, Parameters
from experiments.model.random_streams import SPREAD, first_uniforms
from experiments.model.response import RESPONSES, Response
from experiments.model.rewiring import Rewired
from experiments.model.topology import TOPOLOGIES, Topology


def topology_of(parameters: Parameters) -> Topology:
    """Who hears whom: the same object for all parameters that need no new swarm."""
    names = PARAMETER_FIELDS.restarting
    made_with = tuple((name, getattr(parameters, name)) for name in names)
    return _made(TOPOLOGIES[parameters.topology], made_with)


@lru_cache(maxsize=2)
def _made(kind: type[Topology], made_with: tuple[tuple[str, Value], ...]) -> Topology:
    parameters = SimpleNamespace(**dict(made_with))
    topology = kind(parameters)
    # Where all are joined there is nobody to whom an edge could lead instead.
    return Rewired(topology, parameters) if parameters.rewire and not kind.is_complete else topology


def response_of(parameters: Parameters) -> Response:
    """What an accepted pulse does, with these parameters in force."""
    return RESPONSES[parameters.response].make(parameters)


def periods_of(parameters: Parameters) -> NDArray[np.float64] | float:
    """The period of each firefly, shape ``(n,)``, s, not to be written to; one without spread.

    ``period (1 + spread (2 u - 1))``, u in [0, 1) of the seed.
    """
    if not parameters.spread:
        return parameters.period
    of_one_second = _spread_factors(parameters.seed, parameters.n_fireflies, parameters.spread)
    periods: NDArray[np.float64] = parameters.period * of_one_second
    periods.flags.writeable = False
    return periods


@lru_cache(maxsize=2)
def _spread_factors(seed: int, n: int, spread: float) -> NDArray[np.float64]:
    u = first_uniforms(seed, SPREAD, n)
    return 1.0 + spread * (2.0 * u - 1.0)
