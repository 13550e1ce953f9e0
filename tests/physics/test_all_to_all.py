"""Fireflies that all hear each other, and end as one (Mirollo & Strogatz 1990)."""

from __future__ import annotations

import random

import pytest

from tests.physics.groups import instants, play
from tests.physics.implementations import Flash, FlashesOf
from tests.proofs import count


def groups_at_the_end(flashes: list[Flash], n: int) -> set[frozenset[int]]:
    """Those that flash together; who once did always does."""
    groups = {frozenset({i}) for i in range(n)}
    for t, ids in instants(flashes):
        together = {group for group in groups if group & ids}
        assert ids == set().union(*together), f"a group has come apart at {t}"
        groups = groups - together | {frozenset(ids)}
    return groups


def assert_all_end_as_one(flashes_of: FlashesOf, n: int, eps: float, seed: int) -> None:
    """From random phases; how long it takes is not known before."""
    rng = random.Random(seed)
    phases = [rng.random() for _ in range(n)]
    for until in (5.0, 10.0, 40.0):
        flashes = play(flashes_of, phases, until, response="mirollo-strogatz", b=3.0, eps=eps)
        if len(groups_at_the_end(flashes, n)) == 1:
            return
    pytest.fail(f"not one group after {until} periods")


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(20, 100)))
def test_ten_end_as_one(flashes_of: FlashesOf, seed: int) -> None:
    """Ten fireflies come together from every start, and no group comes apart."""
    assert_all_end_as_one(flashes_of, 10, 0.02, seed)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(1, 100)))
def test_a_hundred_end_as_one(flashes_of: FlashesOf, seed: int) -> None:
    """A hundred fireflies come together from every start, and no group comes apart."""
    assert_all_end_as_one(flashes_of, 100, 0.002, seed)
