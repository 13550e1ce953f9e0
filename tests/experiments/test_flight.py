"""Pulses in flight: the order in which they arrive."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from experiments.model.flight import PulsesInFlight

_MOVES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 4.0]) | st.none(), max_size=40)


@given(moves=_MOVES)
def test_pulses_arrive_by_time_and_then_as_they_were_sent(moves: list[float | None]) -> None:
    """Also those sent after the delay became less; None brings the next one."""
    flight, expected = PulsesInFlight(), list[tuple[float, int]]()
    for k, delay in enumerate(moves):
        if delay is not None:
            pulse = (0.25 * k + delay, k)
            is_first = flight.add(pulse[0], 7, k, 0.0)
            expected = sorted([*expected, pulse])
            assert is_first == (expected[0] == pulse)
        elif expected:
            arrival, _, sender, number, loss = flight.take()
            assert ((arrival, number), sender, loss) == (expected.pop(0), 7, 0.0)
        assert len(flight) == len(expected)
        assert flight.first_arrival == (expected[0][0] if expected else math.inf)
        in_order = [(arrival, k) for arrival, _, k, _ in flight.as_array().tolist()]
        assert in_order == expected
    again = PulsesInFlight(flight.as_array())
    assert [again.take()[3] for _ in expected] == [k for _, k in expected]
