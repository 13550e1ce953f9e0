"""What is left of lines and polygons between two heights."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from experiments.sweep.clipping import Spot, line_between, polygon_between

heights = st.floats(-3.0, 3.0)


def test_a_line_is_cut_where_it_leaves_and_where_it_comes_back() -> None:
    """A piece for each time that it is inside; none if it never is."""
    line = [(0.0, 0.5), (1.0, 1.5), (2.0, 0.5), (3.0, 0.0), (4.0, -1.0)]
    assert line_between(line, 0.0, 1.0) == [
        [(0.0, 0.5), (0.5, 1.0)],
        [(1.5, 1.0), (2.0, 0.5), (3.0, 0.0)],
    ]
    assert line_between([(0.0, 2.0), (1.0, 3.0)], 0.0, 1.0) == []
    assert line_between([(0.0, -1.0), (1.0, 2.0)], 0.0, 0.5) == [[(1 / 3, 0.0), (0.5, 0.5)]]
    assert line_between([(0.0, 0.5)], 0.0, 1.0) == [[(0.0, 0.5)]]
    assert line_between([(0.0, 1.5)], 0.0, 1.0) == []


def test_a_polygon_is_cut_at_both_edges() -> None:
    """The whole of one that is inside, a band of one that reaches beyond, nothing of another."""
    square = [(0.0, 0.2), (1.0, 0.2), (1.0, 0.8), (0.0, 0.8)]
    assert polygon_between(square, 0.0, 1.0) == square
    tall = [(0.0, -1.0), (1.0, -1.0), (1.0, 2.0), (0.0, 2.0)]
    assert set(polygon_between(tall, 0.0, 1.0)) == {(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)}
    assert polygon_between(square, 1.0, 2.0) == []


def area(polygon: list[Spot]) -> float:
    """Twice the signed area (Gauss)."""
    return sum(
        one[0] * other[1] - other[0] * one[1]
        for one, other in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    )


@given(st.lists(st.tuples(heights, heights), min_size=1, max_size=8))
def test_what_is_inside_outside_and_beyond_is_the_whole_polygon(ends: list[Spot]) -> None:
    """Areas of a band, below, between and above two heights, add up to its own."""
    up = [(float(k), max(each)) for k, each in enumerate(ends)]
    down = [(float(k), min(each)) for k, each in enumerate(ends)]
    band = [*up, *down[::-1]]
    parts = [polygon_between(band, *part) for part in ((-9.0, -1.0), (-1.0, 1.0), (1.0, 9.0))]
    assert abs(sum(map(area, parts)) - area(band)) < 1e-9
    assert all(-1.0 - 1e-9 <= y <= 1.0 + 1e-9 for _, y in parts[1])


@given(st.lists(heights, min_size=2, max_size=8))
def test_pieces_of_a_line_lie_on_it_and_inside(ys: list[float]) -> None:
    """Each piece goes from left to right, and no value that is inside is left out."""
    line = [(float(k), y) for k, y in enumerate(ys)]
    pieces = line_between(line, -1.0, 1.0)
    spots = [spot for piece in pieces for spot in piece]
    assert [x for x, _ in spots] == sorted(x for x, _ in spots)
    assert all(-1.0 - 1e-9 <= y <= 1.0 + 1e-9 for _, y in spots)
    assert {spot for spot in line if -1.0 < spot[1] < 1.0} <= set(spots)
