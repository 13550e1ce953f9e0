"""Every simulation here has a population without engine, clock or coroutine."""

from __future__ import annotations

import pytest

from experiments.population import factory
from tests.gui.conftest import *
from tests.gui.conftest import _nothing_left_behind as _nothing_left_behind
from tests.other_population.heap_population import HEAP


@pytest.fixture(autouse=True)
def _another_population(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("workflows"):
        pytest.skip("about the population of workflows itself")
    monkeypatch.setattr(factory, "KINDS", (HEAP,))
