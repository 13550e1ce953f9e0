"""Each test of physics runs with every implementation of the model."""

from __future__ import annotations

import pytest

from tests.physics.implementations import IMPLEMENTATIONS, FlashesOf, HearersOf, Implementation


@pytest.fixture(params=list(IMPLEMENTATIONS))
def implementation(request: pytest.FixtureRequest) -> Implementation:
    """One after the other."""
    return IMPLEMENTATIONS[request.param]


@pytest.fixture
def flashes_of(implementation: Implementation) -> FlashesOf:
    """How it computes flashes."""
    return implementation.flashes_of


@pytest.fixture
def hearers_of(implementation: Implementation) -> HearersOf:
    """Whom it joins."""
    return implementation.hearers_of
