"""Every simulation here is compiled, or the same code as Python where numba isn't installed."""

from __future__ import annotations

import dataclasses

import pytest

from experiments.population import factory
from tests.gui.conftest import *
from tests.gui.conftest import _nothing_left_behind as _nothing_left_behind

COMPILED = dataclasses.replace(factory.COMPILED, lacks=lambda _parameters: "")


@pytest.fixture(autouse=True)
def _compiled(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kernel_is_kept: None
) -> None:
    if request.node.get_closest_marker("workflows"):
        pytest.skip("about the population of workflows itself")
    if not request.node.get_closest_marker("both_populations"):
        monkeypatch.setattr(factory, "KINDS", (COMPILED,))
