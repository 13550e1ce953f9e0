"""The order of a sweep: coarse first, then where neighbours differ."""

from __future__ import annotations

import math

import pytest

from experiments.model.observables import R
from experiments.sweep import Point, SweepPlan
from experiments.sweep.order import CoarseToFine, difference
from tests.sweep.plans import plan


def disc(found: SweepPlan, cell: int) -> float:
    """A map that is 1 within a disc and 0 outside of it."""
    x, y = found.place_of(cell)
    return float((x - 20) ** 2 + (y - 18) ** 2 < 150)


def test_the_first_cells_are_spread_over_the_whole_range() -> None:
    """Five by five, ends included: one run of each first, then their others."""
    found = plan("nudge=0:0.4:41", "refractory=0.2:2:37", seeds=2)
    order = CoarseToFine(found, lambda _: math.nan)
    first = [order.take() for _ in range(50)]
    cells = [point.cell for point in first if point is not None]
    assert len(set(cells)) == 25
    assert cells[:25] == cells[25:]
    assert [point.replicate for point in first if point] == [0] * 25 + [1] * 25
    places = {found.place_of(cell) for cell in cells}
    assert {x for x, _ in places} == {0, 10, 20, 30, 40}
    assert {y for _, y in places} == {0, 9, 18, 27, 36}


def test_what_follows_is_where_neighbours_differ() -> None:
    """Four in five cells are near the edge of a disc, of all cells a third at most."""
    found = plan("nudge=0:0.4:41", "refractory=0.2:2:37", seeds=1)
    known: dict[int, float] = {}
    order = CoarseToFine(found, lambda cell: known.get(cell, math.nan))
    near = []
    for k in range(25 + 100 + 100):
        point = order.take()
        assert point is not None
        known[point.cell] = disc(found, point.cell)
        order.note(point.cell)
        x, y = found.place_of(point.cell)
        if k >= 125:
            near.append(abs(math.hypot(x - 20, y - 18) - math.sqrt(150)) < 3.0)
    assert sum(near) >= 80
    everywhere = [
        abs(math.hypot(x - 20, y - 18) - math.sqrt(150)) < 3.0
        for x, y in map(found.place_of, range(found.n_cells))
    ]
    assert sum(everywhere) / len(everywhere) < 0.35


@pytest.mark.parametrize(
    "over",
    [
        ("nudge=0.3",),
        ("nudge=0:0.4:2",),
        ("nudge=0:0.4:7",),
        ("nudge=0.3", "refractory=0.2:2:9"),
        ("nudge=0:0.4:6", "refractory=0.2:2:11"),
        ("nudge=0:0.4:5", "refractory=0.2:2:4", "loss=0:1:3"),
        ("nudge=0:0.4:2", "refractory=0.2", "loss=0:1:2", "spread=0:0.2:6"),
    ],
)
@pytest.mark.parametrize("is_told", [True, False])
def test_in_the_end_every_run_was_asked_for_once(over: tuple[str, ...], is_told: bool) -> None:
    """Whether or not anything becomes known meanwhile."""
    found = plan(*over, seeds=2)
    known: dict[int, float | None] = {}
    order = CoarseToFine(found, lambda cell: known.get(cell, math.nan))
    taken: list[Point] = []
    while (point := order.take()) is not None:
        taken.append(point)
        if is_told:
            known[point.cell] = None if point.cell % 3 else float(point.cell)
            order.note(point.cell)
    assert sorted(taken) == list(found.points)


def test_a_border_of_what_is_defined_is_the_greatest_difference() -> None:
    """A time to order beside none at all; where nothing is defined there is no border."""
    assert difference(R, [1.0, None]) == math.inf
    assert difference(R, [None, None]) == 0.0
    assert difference(R, [1.0, 3.0, 2.0]) == 2.0
