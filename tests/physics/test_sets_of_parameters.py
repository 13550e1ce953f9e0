"""Sets of parameters: the oracle and the product refuse the same, and make the same constants."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from experiments import ParameterError
from experiments import Parameters as ProductParameters
from tests.proofs import count
from tests.reference.parameters import Parameters
from tests.reference.responses import mirollo_strogatz_constants, slopes

NAN, INF = math.nan, math.inf
LINE = tuple((n / 32, 0.0) for n in range(33))
VALUES: dict[str, list[Any]] = {
    "side": [5, 3, 2, 100, 101],
    "period": [5.0, 0.0, -1.0, 3600.0, 3601.0, NAN, INF, 1.0],
    "nudge": [0.0, 0.2, -0.1, 5.0, 6.0, NAN],
    "refractory": [0.0, 1.0, -1.0, 2.5, 3.0, 5.0, NAN, 5e-7, 2e-6, 5e-324],
    "jitter": [0.0, 0.1, 1.0, -1.0, NAN, 1e-6, 4e-7, 5e-324],
    "spread": [0.0, 0.5, 0.6, 0.4, -0.1, NAN],
    "response": ["constant", "multiplicative", "mirollo-strogatz", "inhibitory", "drawn", "none"],
    "strength": [0.0, 1.0, 1.1, -0.1, NAN],
    "b": [10.0, 0.0, 11.0, 3.0, NAN, -1.0],
    "eps": [-1.0, 1.0, 1.1, -1.1, NAN, 0.0],
    "points": [
        LINE,
        ((0.0, 0.0), (1.0, 0.0)),
        ((0.0, -1.0), (1.0, 1.0)),
        ((0.0, 0.0), (1.0, 1.5)),
        ((0.0, 0.0), (1.0, NAN)),
        ((0.0, 0.0),),
        ((0.0, 0.0), (0.5, 0.1), (0.5, 0.2), (1.0, 0.0)),
        ((0.1, 0.0), (1.0, 0.0)),
        ((0.0, 0.0), (0.9, 0.0)),
        (*LINE[:-1], (0.99, 0.0), LINE[-1]),
    ],
    "topology": ["moore", "neumann", "ring", "all", "none"],
    "radius": [1, 2, 3, 0, 10, 11],
    "k": [1, 4, 0],
    "edges": ["torus", "open", "shut"],
    "rewire": [0.0, 0.5, 1.0, 1.1, NAN],
    "loss": [0.0, 1.0, -0.1, 1.1, NAN],
    "delay": [0.0, 2.0, 3600.0, 3601.0, -1.0, NAN, 1e-6, 5e-17],
}
"""For each parameter a value that goes with the first of all others, and some that may not."""


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(4, 40)))
def test_the_same_sets_are_refused(seed: int) -> None:
    """Values at and beyond what is allowed, one beside the other: 250 sets."""
    rng = random.Random(seed)
    refused = 0
    for _ in range(250):
        values = {
            name: rng.choice(some) if rng.random() < 0.12 else some[0]
            for name, some in VALUES.items()
        }
        try:
            Parameters(**values)
        except ValueError:
            refused += 1
            with pytest.raises(ParameterError):
                ProductParameters(**values)
        else:
            ProductParameters(**values)
    assert 50 < refused < 200


@pytest.mark.parametrize("seed", range(3))
def test_constants_are_equal_to_the_last_bit(seed: int) -> None:
    """Of Mirollo and Strogatz, correctly rounded however small b and eps are; slopes of curves."""
    rng = random.Random(seed)
    for _ in range(20):
        b = rng.choice([rng.uniform(0.01, 10.0), 10 ** rng.uniform(-9.0, 1.0)])
        eps = rng.choice([rng.uniform(-1.0, 1.0), 10 ** rng.uniform(-15.0, 0.0), -1.0, 0.0])
        found = ProductParameters(response="mirollo-strogatz", b=b, eps=eps)
        assert (found.a, found.c) == mirollo_strogatz_constants(b, eps)
        phis = sorted({0.0, 1.0, *(rng.random() for _ in range(5))})
        points = tuple((phi, rng.uniform(-1.0, 1.0)) for phi in phis)
        drawn = ProductParameters(response="drawn", points=points)
        assert drawn.slopes is not None
        assert list(drawn.slopes) == slopes(points)
