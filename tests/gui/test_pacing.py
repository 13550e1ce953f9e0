"""Virtual time owed and achieved, from made-up wall clocks."""

from __future__ import annotations

import math

import pytest

from gui.models.pacing import LONGEST_DEBT_S, Pacer, SpeedMeter, display_speed


def test_owes_speed_times_elapsed() -> None:
    """Half a wall second at 4x owes two virtual seconds."""
    pacer = Pacer()
    assert pacer.owe(10.0, 4.0) == 0.0
    assert pacer.owe(10.5, 4.0) == pytest.approx(2.0)


def test_what_is_paid_is_owed_no_more_and_the_rest_stays() -> None:
    """Work done in part leaves the rest owed for the next frame."""
    pacer = Pacer()
    pacer.owe(0.0, 1.0)
    pacer.owe(1.0, 1.0)
    pacer.pay(0.25)
    assert pacer.owe(1.0, 1.0) == pytest.approx(0.75)


def test_frames_add_up_to_the_wall_time() -> None:
    """Sixty uneven frames owe exactly what one long one does."""
    pacer = Pacer()
    wall, passed = 0.0, 0.0
    pacer.owe(wall, 3.0)
    for k in range(60):
        wall += 0.01 + 0.002 * (k % 5)
        owed = pacer.owe(wall, 3.0)
        pacer.pay(owed)
        passed += owed
    assert passed == pytest.approx(3.0 * wall)
    assert pacer.dropped == 0.0


def test_only_the_excess_over_two_wall_seconds_is_dropped() -> None:
    """A stall of 5 s at 2x keeps 4 virtual seconds, and drops and counts 6."""
    pacer = Pacer()
    pacer.owe(0.0, 2.0)
    assert pacer.owe(5.0, 2.0) == pytest.approx(LONGEST_DEBT_S * 2.0)
    assert pacer.dropped == pytest.approx(6.0)


def test_slower_means_less_debt() -> None:
    """Turning the speed down drops what would take longer than two seconds at the new one."""
    pacer = Pacer()
    pacer.owe(0.0, 50.0)
    pacer.owe(1.0, 50.0)
    assert pacer.owe(1.0, 1.0) == pytest.approx(2.0)


def test_nothing_is_owed_for_a_pause() -> None:
    """After ten paused seconds a frame owes only its own share."""
    pacer = Pacer()
    pacer.owe(0.0, 1.0)
    pacer.rest(10.0)
    assert pacer.owe(10.1, 1.0) == pytest.approx(0.1)


def test_as_fast_as_possible_owes_without_end_and_leaves_no_debt() -> None:
    """From max down to 1x only what elapsed since is owed."""
    pacer = Pacer()
    pacer.owe(0.0, math.inf)
    assert pacer.owe(1.0, math.inf) == math.inf
    assert pacer.owe(1.5, 1.0) == pytest.approx(0.5)


def test_a_new_run_owes_nothing() -> None:
    """forgive() drops debts without counting them as dropped."""
    pacer = Pacer()
    pacer.owe(0.0, 1.0)
    pacer.owe(1.0, 1.0)
    pacer.forgive()
    assert pacer.owe(9.0, 1.0) == 0.0
    assert pacer.dropped == 0.0


def test_the_meter_measures_over_its_window() -> None:
    """Two speeds one after the other: after a window only the later one counts."""
    meter = SpeedMeter(1.0)
    for k in range(61):
        meter.note(k / 60, 4.0 * k / 60)
    assert meter.rate() == pytest.approx(4.0)
    for k in range(1, 62):
        meter.note(1.0 + k / 60, 4.0 + 0.5 * k / 60)
    assert meter.rate() == pytest.approx(0.5)


def test_the_meter_says_nothing_before_it_knows() -> None:
    """A third of the window has to pass before there is a rate."""
    meter = SpeedMeter(1.0)
    assert meter.rate() is None
    meter.note(0.0, 0.0)
    meter.note(0.1, 5.0)
    assert meter.rate() is None
    meter.forget()
    assert meter.rate() is None


def test_the_display_runs_as_fast_as_it_did_lately_and_a_little_more() -> None:
    """Catching up counts; what is asked counts until it is known to be out of reach."""
    assert display_speed(4.0, None) == 4.0
    assert display_speed(4.0, 3.9) == 4.0
    assert display_speed(20.0, 0.6) == pytest.approx(0.9)
    assert display_speed(4.0, 20.0) == 20.0
    assert display_speed(math.inf, 20.0) == 30.0
    assert display_speed(math.inf, None) == math.inf
