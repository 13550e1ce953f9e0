"""The sight: what part of a grid is seen, and where its fireflies lie on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.models.sight import LARGEST_CELL, WHOLE, Room, Sight

SIDES = st.integers(3, 1_000)
ROOMS = st.builds(Room, st.integers(200, 3_000), st.integers(200, 2_000), st.just(8))
SHARES = st.floats(-2.0, 3.0)


@given(SIDES, ROOMS)
def test_the_whole_grid_fills_its_room(side: int, room: Room) -> None:
    """Up to the margin along the shorter edge, and centred."""
    place = WHOLE.place(side, room)
    assert place.length == min(room.width, room.height) - 16
    assert abs(place.left - (room.width - place.left - place.length)) <= 1
    assert abs(place.top - (room.height - place.top - place.length)) <= 1


@given(SIDES, ROOMS, st.floats(0.2, 50.0), SHARES, SHARES)
def test_zooming_keeps_what_is_under_the_pointer(
    side: int, room: Room, factor: float, x: float, y: float
) -> None:
    """As long as no edge of the grid holds it."""
    sight = Sight(3.0, 0.5, 0.5).settled(side, room)
    about = (x * room.width, y * room.height)
    before = sight.place(side, room)
    after = sight.zoomed(factor, about, side, room)
    place = after.place(side, room)
    assert place.cell <= max(LARGEST_CELL, room.length / side) + 0.5
    assert after.zoom >= 1.0
    edges_are_out = (
        place.left < room.margin
        and place.top < room.margin
        and place.left + place.length > room.width - room.margin
        and place.top + place.length > room.height - room.margin
    )
    if edges_are_out:
        was, now = before.cells_at(*about), place.cells_at(*about)
        assert np.allclose(was, now, atol=2.0 / min(before.cell, place.cell) + 1e-6 * side)


@given(SIDES, ROOMS, st.floats(1.0, 40.0), SHARES, SHARES)
def test_the_room_is_never_left_empty(
    side: int, room: Room, zoom: float, x: float, y: float
) -> None:
    """The grid can't be pushed out of it, and what is seen lies within the grid."""
    sight = Sight(zoom, x, y)
    place = sight.place(side, room)
    for begin, length in ((place.left, room.width), (place.top, room.height)):
        assert begin <= max(room.margin, (length - place.length) // 2)
        assert begin + place.length >= min(length - room.margin, place.length)
    left, top, width, height = place.seen(room)
    assert width >= 1
    assert height >= 1
    first = place.cells_at(left, top)
    last = place.cells_at(left + width, top + height)
    assert min(first) >= 0.0
    assert max(last) <= side + 1e-9
    assert sight.settled(side, room).place(side, room) == place


@given(SIDES, ROOMS, st.floats(1.0, 40.0), SHARES, SHARES, st.data())
def test_the_cursor_is_brought_into_view(
    side: int, room: Room, zoom: float, x: float, y: float, data: st.DataObject
) -> None:
    """And nothing moves if it is there already."""
    column, row = data.draw(st.integers(0, side - 1)), data.draw(st.integers(0, side - 1))
    sight = Sight(zoom, x, y).settled(side, room).showing(column, row, side, room)
    place = sight.place(side, room)
    left, top = place.left + column * place.cell, place.top + row * place.cell
    assert left >= -1.5
    assert top >= -1.5
    assert left + place.cell <= room.width + 1.5
    assert top + place.cell <= room.height + 1.5


def test_zooming_out_ends_with_the_whole() -> None:
    """Exactly, so that the map goes away."""
    room, sight = Room(900, 600, 8), WHOLE
    for _ in range(7):
        sight = sight.zoomed(1.25, (100.0, 50.0), 50, room)
    assert sight.zoom == pytest.approx(1.25**7)
    for _ in range(7):
        sight = sight.zoomed(1 / 1.25, (700.0, 300.0), 50, room)
    assert sight == WHOLE
    assert sight.zoomed(0.5, None, 50, room) == WHOLE
