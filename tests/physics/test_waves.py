"""Flashes that follow from each other: waves around a ring, and pulses that come straight back."""

from __future__ import annotations

import pytest

from tests.physics.groups import instants, times_of
from tests.physics.implementations import FlashesOf

PERIOD, NUDGE, N = 5.0, 0.2, 9


@pytest.mark.parametrize(("refractory", "heard"), [(0.25, 2), (1.0, 1)])
def test_period_of_a_rotating_wave(flashes_of: FlashesOf, refractory: float, heard: int) -> None:
    """It is P - h if neighbours flash within the refractory time of each other, else P - 2 h.

    Each hears the one before it late in its cycle, and the one after it early: too early, if
    the lag is shorter than the refractory time.
    """
    period = PERIOD - heard * NUDGE
    lag = period / N
    assert (lag >= refractory) == (heard == 2)
    # The state in which 0 is due at t = 0, and each of the others a lag after the one before.
    zero = [i * lag - period for i in range(N)]
    zero[0] = -PERIOD
    if heard == 2:  # by then all but the last have heard the one after them
        zero[1 : N - 1] = [z - NUDGE for z in zero[1 : N - 1]]
    values = {
        "side": 3,
        "topology": "ring",
        "k": 1,
        "period": PERIOD,
        "nudge": NUDGE,
        "refractory": refractory,
        "jitter": 0.0,
    }
    flashes = flashes_of(values, zero, [set()] * N, [], 100.0)
    for i in range(N):
        times = times_of(flashes, i)
        assert len(times) >= 20
        assert times == pytest.approx([i * lag + n * period for n in range(len(times))], rel=1e-9)


@pytest.mark.parametrize("delay", [1e-6, 1e-9])
def test_pulses_that_come_straight_back_take_the_delay(flashes_of: FlashesOf, delay: float) -> None:
    """Also a brief one: with no refractory time all flash once in each, and no more often.

    Each pulse is as much as a period, and each but the first flash is that of a pulse.
    """
    values = {
        "side": 3,
        "topology": "all",
        "period": PERIOD,
        "nudge": PERIOD,
        "refractory": 0.0,
        "jitter": 0.0,
        "delay": delay,
    }
    zero = [1.0 - PERIOD, *[0.0] * (N - 1)]
    found = instants(flashes_of(values, zero, [set()] * N, [], 1.0 + 20.5 * delay))
    assert [ids for _, ids in found] == [{0}, {*range(1, N)}, *[{*range(N)}] * 19]
    times = [t for t, _ in found]
    assert times == pytest.approx([1.0 + n * delay for n in range(21)], rel=0.0, abs=1e-12)


def test_a_delay_that_is_lost_in_the_rounding_of_the_time_is_none(flashes_of: FlashesOf) -> None:
    """Pulses arrive at the time at which they were sent, and whoever has flashed then is deaf."""
    values = {
        "side": 3,
        "topology": "all",
        "period": PERIOD,
        "nudge": PERIOD / 4,
        "refractory": 0.0,
        "jitter": 0.0,
    }
    zero = [1.0 - PERIOD + i * PERIOD / 16 for i in range(N)]
    found = [
        flashes_of({**values, "delay": delay}, zero, [set()] * N, [], 20.0)
        for delay in (0.0, 5e-324, 1e-18)
    ]
    assert len(found[0]) > N
    assert found[1] == found[2] == found[0]
