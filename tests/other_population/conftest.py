"""Every simulation here has a population without engine, clock or coroutine."""

import pytest

import experiments.run.simulation
from tests.gui.conftest import *
from tests.other_population.heap_population import HeapPopulation


@pytest.fixture(autouse=True)
def _another_population(request, monkeypatch):
    if request.node.get_closest_marker("workflows"):
        pytest.skip("about the population of workflows itself")
    monkeypatch.setattr(experiments.run.simulation, "make_population", HeapPopulation)
