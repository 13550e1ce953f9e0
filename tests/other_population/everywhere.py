"""A plugin of pytest: each test runs with a population without engine, clock or coroutine.

``pytest -p tests.other_population.everywhere tests/gui`` is the whole suite of the window
with it; what is about workflows themselves is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from experiments.population import factory
from tests.other_population.heap_population import HEAP


@pytest.fixture(autouse=True)
def _another_population(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of its own, as what a test patches has to be let go of before the window is looked for."""
    if request.node.get_closest_marker("workflows"):
        pytest.skip("about the population of workflows itself")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "KINDS", (HEAP,))
        yield
