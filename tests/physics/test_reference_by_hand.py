"""The oracle beyond the default rule, against cases small enough to work out by hand.

Nearly all numbers are sums of powers of two, so that the doubles are exact. Unless a test
says otherwise the period is 4 s, the nudge 0.5 s, the refractory time 1 s, there is no
jitter, and of 9 fireflies that all hear each other number 4 flashes at t = 1.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.reference.random_numbers import LOSS, REWIRE, SPREAD, TARGET, u5
from tests.reference.responses import drawn_shift, mirollo_strogatz_constants
from tests.reference.topologies import hearers
from tests.reference_model import Checkpoint, InFlight, Operation, Parameters, Result, run, u

BY_HAND: dict[str, Any] = {"side": 3, "period": 4.0, "nudge": 0.5, "refractory": 1.0, "jitter": 0.0}


def play(
    until: float, zero: dict[int, float], script: list[Operation] | None = None, **values: Any
) -> Result:
    """Run from phases set by hand: 4 is due at t = 1, the others hear nothing there."""
    start = Checkpoint(0.0, [{4: -3.0, **zero}.get(i, 0.5) for i in range(9)])
    return run({**BY_HAND, **values}, script or [], until, start)


def hearers_of(i: int, **values: Any) -> list[int]:
    """Who hears one firefly."""
    return hearers(Parameters(**values))[i]


# Responses


@pytest.mark.parametrize(
    ("values", "phase", "after"),
    [
        ({"response": "multiplicative", "strength": 0.25}, 2.0, 2.5),
        ({"response": "inhibitory", "strength": 0.125}, 2.0, 1.5),
        ({"response": "inhibitory", "strength": 0.75}, 2.0, 0.0),  # not below 0
        # The curve is 0.25 at 0.5, from 0 at 0; at 0.375 it is 0.1875, that is 0.75 s.
        ({"response": "drawn", "points": [(0, 0), (0.5, 0.25), (1, -0.5)]}, 1.5, 2.25),
        # At 0.5 its second piece begins; at 0.75 it is at -0.125.
        ({"response": "drawn", "points": [(0, 0), (0.5, 0.25), (1, -0.5)]}, 2.0, 3.0),
        ({"response": "drawn", "points": [(0, 0), (0.5, 0.25), (1, -0.5)]}, 3.0, 2.5),
        ({"response": "drawn", "points": [(0, -1), (1, -1)]}, 3.0, 0.0),  # not below 0
    ],
)
def test_what_a_pulse_does_to_a_phase(values: dict[str, Any], phase: float, after: float) -> None:
    """Each response moves the phase at t = 1 as its formula says."""
    assert play(1.0, {5: 1.0 - phase}, **values).zero[5] == 1.0 - after


def test_mirollo_strogatz_is_affine_in_the_phase() -> None:
    """It is f^-1(f(phi) + eps) with f(phi) = ln(1 + (e^b - 1) phi) / b."""
    b, eps, phi = 3.0, 0.1, 0.375
    state = math.log(1 + (math.exp(b) - 1) * phi) / b + eps
    expected = (math.exp(b * state) - 1) / (math.exp(b) - 1)
    result = play(1.0, {5: 1.0 - 4 * phi}, response="mirollo-strogatz", b=b, eps=eps)
    assert 1.0 - result.zero[5] == pytest.approx(4 * expected, rel=1e-15)


def test_constants_are_correctly_rounded() -> None:
    """Also where a - 1 in doubles would have lost most digits."""
    # e^x = 1 + x + x^2 / 2 + ..., x = 2^-60: both ends are known to far below a double's hair.
    a, c = mirollo_strogatz_constants(1.0, 2.0**-60)
    assert a == 1.0
    assert c == pytest.approx(2.0**-60 / (math.e - 1), rel=3e-16)
    # The last bits of e, and of 1 for b = 1, eps = 1.
    assert mirollo_strogatz_constants(1.0, 1.0) == (2.718281828459045, 1.0)


def test_a_drawn_curve_goes_on_beyond_its_end() -> None:
    """Past the last point its last piece is meant, before the second its first."""
    points = ((0.0, 0.0), (0.5, 0.25), (1.0, -0.5))
    assert drawn_shift(points, 0.0) == 0.0
    assert drawn_shift(points, 0.5) == 0.25
    assert drawn_shift(points, 1.0) == -0.5
    assert drawn_shift(points, 1.25) == -0.875


# Accepting


def test_committed() -> None:
    """A pulse does nothing to who is due at this instant, so ids play no part in what it does."""
    # 4 and 6 are due at t = 1. A pulse that sets back keeps neither of them from flashing.
    values: dict[str, Any] = {"response": "inhibitory", "strength": 1.0}
    assert play(1.0, {6: -3.0}, **values).flashes == [(1.0, 4), (1.0, 6)]
    # 8 is pushed over by 4, and the pulse of 6 then does not set it back.
    points = [(0, 0), (0.75, 0.25), (0.875, -0.5), (1, -0.5)]
    result = play(1.0, {8: -2.0, 6: -3.0}, response="drawn", points=points)
    assert result.flashes == [(1.0, 4), (1.0, 6), (1.0, 8)]


def test_no_refractory_time() -> None:
    """Without one, all but those that flash at this very instant hear a pulse."""
    # 3 has flashed at 0.5 and has phase 0.5; 2 is due at 1 with 4, and flashes first.
    result = play(1.0, {2: -3.0, 3: 0.5}, refractory=0.0)
    assert result.flashes == [(1.0, 2), (1.0, 4)]
    assert result.zero[2] == result.zero[4] == 1.0
    assert result.zero[3] == 0.5 - 0.5 - 0.5
    with pytest.raises(ValueError, match="not a valid set"):
        play(1.0, {}, refractory=0.0, jitter=0.1)


def test_silent_loss() -> None:
    """A pulse is lost to each hearer with its own random number; with loss 1 to all."""
    p = Parameters(**BY_HAND, seed=5)
    result = play(1.0, dict.fromkeys(set(range(9)) - {4}, -1.0), seed=5, loss=0.5)
    kept = {j for j in range(9) if j != 4 and u5(p.seed, LOSS, 4, 1, j) >= 0.5}
    assert 0 < len(kept) < 8
    assert {j for j in range(9) if result.zero[j] == -1.5} == kept
    assert (result.accepted, result.lost) == (len(kept), 8 - len(kept))
    assert play(1.0, {5: -1.0}, loss=1.0).accepted == 0


# Periods


def test_spread_periods() -> None:
    """Each firefly has its own period, in flashes, starts, changes, actions and R alike."""
    values: dict[str, Any] = {**BY_HAND, "spread": 0.25, "seed": 3}
    periods = [4 * (1 + 0.25 * (2 * u(3, SPREAD, i, 0) - 1)) for i in range(9)]
    assert Parameters(**values).periods() == periods
    start = run(values, [], 0.0)
    assert start.zero == [-(periods[i] * u(3, 0, i, 0)) for i in range(9)]
    fractions = [-start.zero[i] / periods[i] for i in range(9)]
    assert start.order_parameter == pytest.approx(
        sum(complex(math.cos(a), math.sin(a)) for a in (2 * math.pi * f for f in fractions)) / 9
    )
    halved = run(values, [(0.0, "change", {"period": 2.0})], 0.0)
    assert [-z for z in halved.zero] == pytest.approx([f * q / 2 for f, q in zip(
        fractions, periods, strict=True)])  # fmt: skip
    scrambled = run(values, [(0.0, "scramble", [2])], 0.0)
    assert scrambled.zero[2] == -(periods[2] * u(3, 2, 2, 1))
    alone = run({**values, "nudge": 0.0}, [(0.0, "flash_now", [7])], 5.0)
    assert [t for t, i in alone.flashes if i == 7] == [0.0, periods[7]]
    with pytest.raises(ValueError, match="not a valid set"):
        Parameters(**{**values, "refractory": 3.0})  # the shortest period may be 3 s


# Topologies


def test_who_hears_whom() -> None:
    """Discs of both kinds, the ring along the ids and all, with and without open edges."""
    assert len(hearers_of(24, side=7, radius=2)) == 24
    assert hearers_of(0, side=5, edges="open") == [1, 5, 6]
    assert hearers_of(0, side=5, topology="neumann") == [1, 4, 5, 20]
    assert hearers_of(0, side=5, topology="neumann", radius=2, edges="open") == [1, 2, 5, 6, 10]
    assert len(hearers_of(24, side=7, topology="neumann", radius=2)) == 12
    assert hearers_of(0, side=3, topology="ring", k=2) == [1, 2, 7, 8]
    assert hearers_of(1, side=3, topology="ring", k=2, edges="open") == [0, 2, 3]
    assert hearers_of(4, side=3, topology="all") == [0, 1, 2, 3, 5, 6, 7, 8]
    with pytest.raises(ValueError, match="not a valid set"):
        hearers_of(0, side=4, radius=2)


def test_rewiring() -> None:
    """An edge leads to the first that is free, not to itself; the number of edges stays."""
    values: dict[str, Any] = {"side": 4, "topology": "ring", "k": 1, "rewire": 1.0, "seed": 2}
    found = hearers(Parameters(**values))
    assert sum(map(len, found)) == 2 * 16
    assert all(i in found[j] and i != j for i in range(16) for j in found[i])
    # The first edge, 0 to 1: nothing was moved before it, and 0 hears 1 and 15 by then.
    assert u5(2, REWIRE, 0, 1, 0) < 1
    drawn = (int(16 * u5(2, TARGET, 0, 1, m)) for m in range(64))
    assert next(c for c in drawn if c not in (0, 1, 15)) in found[0]
    assert hearers_of(5, **{**values, "rewire": 0.0}) == [4, 6]
    # Where all are joined there is no other end.
    assert len(hearers_of(5, side=4, topology="all", rewire=1.0)) == 15


# Delay


def test_a_pulse_arrives_late_and_is_accepted_then() -> None:
    """Refractory time, blindness and response are those of the arrival; silence of the flash."""
    # Sent at 1, it arrives at 1.75. The phase of 5 is 0.5 at 1, and 1.25 at 1.75: accepted.
    result = play(1.75, {}, delay=0.75)
    assert result.zero[5] == 0.0
    assert result.in_flight == []
    before = play(1.5, {}, delay=0.75)
    assert before.zero[5] == 0.5
    assert before.in_flight == [InFlight(1.75, 4, 1)]
    assert play(1.75, {}, [(1.5, "blind", [5])], delay=0.75).zero[5] == 0.5
    assert play(1.75, {}, [(1.5, "silent", [4])], delay=0.75).zero[5] == 0.0
    assert play(1.75, {}, [(0.5, "silent", [4])], delay=0.75).in_flight == []
    assert play(1.75, {}, [(1.5, "change", {"nudge": 0.25})], delay=0.75).zero[5] == 0.25


def test_a_new_delay_moves_no_pulse_in_flight() -> None:
    """What was sent before arrives when it was meant to, in order of arrival."""
    script: list[Operation] = [(1.25, "change", {"delay": 0.125}), (1.25, "flash_now", [0])]
    result = play(1.25, {}, script, delay=0.75)
    assert result.in_flight == [InFlight(1.75, 4, 1), InFlight(1.375, 0, 1)]
    # At 1.375 the phase of 5 is 0.875: too early for the pulse of 0, not for that of 4.
    assert play(1.75, {}, script, delay=0.75).zero[5] == 0.0
    at_once = play(1.25, {5: -1.0}, [(1.25, "change", {"delay": 0.0}), script[1]], delay=0.75)
    assert at_once.zero[5] == -1.5


def test_arrivals_come_before_flashes() -> None:
    """Of one instant: who is due then was due already, who is pushed over flashes then."""
    # The pulse of 4 arrives at 2, when 5 is due; at 2 the phase of 3 is 3.5, and becomes 4.
    result = play(2.0, {3: -1.5, 5: -2.0}, delay=1.0)
    assert result.flashes == [(1.0, 4), (2.0, 3), (2.0, 5)]
    assert [pulse.sender for pulse in result.in_flight] == [3, 5]


@pytest.mark.parametrize("cut", [0.0, 3.1, 7.0, 9.9, 14.0, 20.0])
def test_pulses_in_flight_belong_to_a_checkpoint(cut: float) -> None:
    """A run cut anywhere and continued is the uninterrupted run, to the last bit."""
    values: dict[str, Any] = {
        "side": 5,
        "seed": 3,
        "spread": 0.1,
        "response": "drawn",
        "points": [(0, 0), (0.25, -0.1), (0.75, 0.1), (1, 0)],
        "topology": "neumann",
        "radius": 2,
        "edges": "open",
        "rewire": 0.2,
        "loss": 0.1,
        "delay": 2.7,
    }
    script: list[Operation] = [
        (3.0, "pacemaker", [7]),
        (7.0, "change", {"period": 4.0, "delay": 1.3, "loss": 0.3}),
        (14.0, "change", {"response": "mirollo-strogatz", "b": 2.0, "eps": -0.2}),
        (14.0, "scramble", range(0, 25, 2)),
    ]
    whole = run(values, script, 20.0)
    done = [o for o in script if o[0] <= cut]
    first = run(values, done, cut)
    rest = run(first.parameters, script[len(done) :], 20.0, first.checkpoint())
    assert cut == 0 or first.in_flight
    assert first.flashes + rest.flashes == whole.flashes
    assert rest.checkpoint() == whole.checkpoint()
    without = Checkpoint(cut, first.zero, first.counts, first.flags, first.actions)
    forgetful = run(first.parameters, script[len(done) :], 20.0, without)
    assert cut in (0.0, 20.0) or forgetful.flashes != rest.flashes


@pytest.mark.parametrize(
    "wrong",
    [
        {"spread": 0.6},
        {"response": "none"},
        {"strength": 1.5},
        {"b": 0.0},
        {"b": math.nan},
        {"eps": -1.5},
        {"points": [(0, 0)]},
        {"points": [(0, 0), (0.5, 0), (0.5, 0.1), (1, 0)]},
        {"points": [(0.1, 0), (1, 0)]},
        {"points": [(0, 0), (1, 1.5)]},
        {"topology": "line"},
        {"radius": 0},
        {"k": 51},
        {"edges": "shut"},
        {"side": 101, "topology": "all"},
        {"rewire": math.nan},
        {"loss": -0.1},
        {"delay": 3601.0},
        {"delay": -5e-17},
        {"refractory": 9e-7, "jitter": 4e-7},
        {"delay": math.nan},
    ],
)
def test_invalid_parameters(wrong: dict[str, Any]) -> None:
    """Values outside what the model allows are refused."""
    with pytest.raises(ValueError, match="not a valid set"):
        Parameters(**{**BY_HAND, **wrong})


@pytest.mark.parametrize(
    "wrong", [{"seed": 2}, {"spread": 0.1}, {"topology": "all"}, {"k": 2}, {"rewire": 0.5}]
)
def test_what_restarts_cannot_change_within_a_run(wrong: dict[str, Any]) -> None:
    """Periods and hearers are those of the start."""
    with pytest.raises(ValueError, match="cannot change within a run"):
        play(1.0, {}, [(0.5, "change", wrong)])
