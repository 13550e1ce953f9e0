"""Points drawn by hand: however they are moved, added and removed they stay a response."""

from __future__ import annotations

import random

import pytest

from experiments import Parameters, Points
from gui.models.drawn_points import LEAST_GAP, MOST, added, beside, moved, removed

LINE: Points = ((0.0, 0.1), (0.5, 0.2), (1.0, 0.0))


@pytest.mark.parametrize(
    ("k", "place", "comes_to"),
    [
        (1, (0.3, -0.4), (0.3, -0.4)),
        (1, (1.7, 0.0), (1.0 - LEAST_GAP, 0.0)),
        (1, (-1.0, 0.0), (LEAST_GAP, 0.0)),
        (0, (0.3, 0.05), (0.0, 0.05)),
        (2, (0.3, 3.0), (1.0, 1.0)),
        (2, (1.0, -3.0), (1.0, -1.0)),
    ],
)
def test_a_point_stays_between_its_neighbours_and_the_ends_at_theirs(
    k: int, place: tuple[float, float], comes_to: tuple[float, float]
) -> None:
    """As near to where the hand wants it as is allowed."""
    points = moved(LINE, k, *place)
    assert points[k] == comes_to
    assert [p for j, p in enumerate(points) if j != k] == [p for j, p in enumerate(LINE) if j != k]


def test_what_is_added_lies_on_the_line() -> None:
    """The response stays the same until it is moved."""
    points, k = added(LINE, 0.75)
    assert (points, k) == (((0.0, 0.1), (0.5, 0.2), (0.75, 0.1), (1.0, 0.0)), 2)
    assert removed(points, 2) == LINE


@pytest.mark.parametrize("phase", [0.0, 0.5, 0.5 + LEAST_GAP / 2, 1.0 - LEAST_GAP / 2, 1.0, 1.3])
def test_there_is_no_room_beside_a_point_nor_outside(phase: float) -> None:
    """Nothing is added there."""
    assert added(LINE, phase) == (LINE, None)


def test_the_ends_stay() -> None:
    """They can't be removed, and so there are two at least."""
    assert removed(LINE, 0) == LINE == removed(LINE, 2)
    two = removed(LINE, 1)
    assert len(two) == 2
    assert removed(two, 1) == two


def test_there_is_no_room_for_more_than_a_response_may_have() -> None:
    """33 points."""
    points: Points = ((0.0, 0.0), (1.0, 0.0))
    for k in range(1, MOST - 1):
        points, at = added(points, k / MOST)
        assert at == k
    assert len(points) == MOST == 33
    assert added(points, 0.999) == (points, None)


def test_whatever_hands_do_it_stays_a_response() -> None:
    """At random: the model takes all that comes of it."""
    rng = random.Random(5)
    points = LINE
    for _ in range(400):
        k = rng.randrange(len(points))
        match rng.randrange(4):
            case 0:
                points, _ = added(points, rng.random())
            case 1:
                points, _ = added(points, beside(points, k))
            case 2:
                points = removed(points, k)
            case _:
                points = moved(points, k, rng.uniform(-0.2, 1.2), rng.uniform(-2.0, 2.0))
        assert Parameters(response="drawn", points=points).points == points
