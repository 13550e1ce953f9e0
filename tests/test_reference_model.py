"""The oracle itself, against cases small enough to work out by hand.

Nearly all numbers are sums of powers of two, so that the doubles are exact and the
arithmetic in the comments can be followed in the head. Unless a test says otherwise the
period is 4 s, the nudge 0.5 s, the refractory time 1 s, and there is no jitter.
"""

from __future__ import annotations

import cmath
import hashlib
import math
from typing import Any

import pytest

from tests.reference_model import (
    Checkpoint,
    Operation,
    Result,
    digest,
    mix,
    neighbours,
    order_parameter,
    run,
    u,
)

BY_HAND = {"period": 4.0, "nudge": 0.5, "refractory": 1.0, "jitter": 0.0, "seed": 1}
AROUND_12 = {6, 7, 8, 11, 13, 16, 17, 18}  # the middle of a side of 5


def play(
    until: float,
    others: float,
    zero: dict[int, float],
    script: list[Operation] | None = None,
    *,
    side: int = 3,
    t: float = 0.0,
    flags: dict[int, set[str]] | None = None,
    **parameters: Any,
) -> Result:
    """Run from phases set by hand: ``zero`` for some fireflies, ``others`` for the rest."""
    ids = range(side * side)
    start = Checkpoint(
        t,
        [zero.get(i, others) for i in ids],
        flags=[(flags or {}).get(i, set()) for i in ids],
    )
    return run({**BY_HAND, "side": side, **parameters}, script or [], until, start)


# Random numbers, the grid, the start


def test_mix_is_splitmix64() -> None:
    """The first numbers of SplitMix64 from seed 0 and from 1234567 are the published ones."""
    golden = 0x9E3779B97F4A7C15  # the generator's state grows by this at each number
    assert [mix(0), mix(golden)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    assert [mix(1234567), mix(1234567 + golden)] == [6457827717110365317, 3203168211198807973]


def test_u_takes_the_top_53_bits() -> None:
    """A random number is the top 53 bits of four nested mixes, as a fraction."""
    bits = mix(mix(mix(mix(7) ^ 2) ^ 12) ^ 3)
    assert u(7, 2, 12, 3) == (bits // 2**11) / 2**53
    assert 0 <= u(7, 2, 12, 3) < 1
    assert len({u(7, 2, 12, 3), u(8, 2, 12, 3), u(7, 1, 12, 3), u(7, 2, 11, 3)}) == 4


def test_neighbours_wrap() -> None:
    """The 8 neighbours wrap at the edges, and on a side of 3 they are all the others."""
    assert set(neighbours(5, 12)) == AROUND_12
    # Firefly 0 of side 5: rows 4, 0, 1 and columns 4, 0, 1.
    assert set(neighbours(5, 0)) == {24, 20, 21, 4, 1, 9, 5, 6}
    for i in range(9):
        assert sorted(neighbours(3, i)) == [j for j in range(9) if j != i]


def test_random_start() -> None:
    """Phases start spread over one period, each from its own random number."""
    start = run({"side": 4, "period": 3.0, "seed": 9}, [], 0.0)
    assert start.zero == [-(3.0 * u(9, 0, i, 0)) for i in range(16)]
    assert start.flashes == []


# One flash


def test_single_flash_on_the_smallest_torus() -> None:
    """On a side of 3 one flash nudges all 8 others."""
    # 4 is due at -3 + 4 = 1. The others' phase then is 1 + 1.5 = 2.5 >= 1: accepted,
    # -1.5 - 0.5 = -2, due at 2.
    result = play(1.0, -1.5, {4: -3.0})
    assert result.flashes == [(1.0, 4)]
    assert result.zero == [-2.0] * 4 + [1.0] + [-2.0] * 4
    assert result.counts == [0] * 4 + [1] + [0] * 4
    assert (result.accepted, result.lost) == (8, 0)


@pytest.mark.parametrize(
    ("flashing", "nudged"), [(12, AROUND_12), (0, {24, 20, 21, 4, 1, 9, 5, 6})]
)
def test_single_flash_is_local(flashing: int, nudged: set[int]) -> None:
    """One flash nudges the 8 around it, over the edge too, and nobody else."""
    result = play(1.0, -1.5, {flashing: -3.0}, side=5)
    assert result.flashes == [(1.0, flashing)]
    for i in set(range(25)) - {flashing}:
        assert result.zero[i] == (-2.0 if i in nudged else -1.5)


def test_jitter_delays_the_next_flash_of_the_flashing_one_only() -> None:
    """After its k-th flash a firefly's phase starts at jitter times its k-th number."""
    # Everyone else is in the refractory time at t = 1.
    result = play(1.0, 0.5, {4: -3.0}, jitter=0.25)
    assert result.zero[4] == 1.0 - 0.25 * u(1, 1, 4, 1)
    assert result.zero[5] == 0.5
    # Without a nudge its second flash comes one period after that zero.
    second = result.zero[4] + 4.0
    again = play(second, 0.5, {4: -3.0}, jitter=0.25, nudge=0.0)
    assert (second, 4) in again.flashes
    assert again.zero[4] == second - 0.25 * u(1, 1, 4, 2)


def test_uncoupled_fireflies_keep_their_beat() -> None:
    """Without nudge and jitter each flashes every period, from its own zero on."""
    # 0 at 0.5, 4.5, 8.5; the others at 2, 6.
    result = play(8.5, -2.0, {0: -3.5}, nudge=0.0)
    assert [t for t, i in result.flashes if i == 0] == [0.5, 4.5, 8.5]
    assert [t for t, i in result.flashes if i == 7] == [2.0, 6.0]


def test_until_is_included() -> None:
    """A flash at exactly the end of the run belongs to it, a hair earlier it does not."""
    assert play(1.0, 0.5, {4: -3.0}).flashes == [(1.0, 4)]
    assert play(math.nextafter(1.0, 0.0), 0.5, {4: -3.0}).flashes == []


# Accepted or lost


def test_pulse_in_the_refractory_time_is_lost_for_good() -> None:
    """A pulse in the refractory time is never made up for when that time ends."""
    # At t = 1 the phase of the others is 0.5 < 1: lost. At t = 1.5 their refractory time
    # ends; at t = 4.5 = 0.5 + 4 they flash, as if there had been no pulse.
    assert play(3.0, 0.5, {4: -3.0}).zero == [0.5] * 4 + [1.0] + [0.5] * 4
    assert play(3.0, 0.5, {4: -3.0}).lost == 8
    flashes = play(4.5, 0.5, {4: -3.0}).flashes
    assert flashes[:2] == [(1.0, 4), (4.5, 0)]


@pytest.mark.parametrize(
    ("zero", "accepted"),
    [
        (0.0, True),  # 1 - 0 = 1 >= 1
        (2.0**-53, False),  # 1 - 2^-53 is the double below 1
        (2.0**-54, True),  # 1 - 2^-54 lies halfway and rounds to the even one, 1
    ],
)
def test_acceptance_at_the_end_of_the_refractory_time(zero: float, accepted: bool) -> None:
    """A pulse at the very instant the refractory time ends is accepted, judged in doubles."""
    result = play(1.0, 0.5, {4: -3.0, 5: zero})
    assert result.flashes == [(1.0, 4)]
    assert result.zero[5] == (zero - 0.5 if accepted else zero)
    assert result.accepted == accepted


def test_pulses_add_up() -> None:
    """Every accepted pulse moves the phase by one nudge."""
    # 0, 1 and 2 are due at t = 1; 8 has phase 2 there and takes three pulses:
    # -1 - 3 * 0.5 = -2.5.
    result = play(1.0, 0.5, {0: -3.0, 1: -3.0, 2: -3.0, 8: -1.0})
    assert result.flashes == [(1.0, 0), (1.0, 1), (1.0, 2)]
    assert result.zero[8] == -2.5


# Order within an instant


def test_lowest_id_first() -> None:
    """Fireflies due at one time flash in order of id."""
    result = play(1.0, 0.5, {8: -3.0, 2: -3.0, 5: -3.0})
    assert result.flashes == [(1.0, 2), (1.0, 5), (1.0, 8)]


def test_lower_id_pushed_over_flashes_before_those_waiting() -> None:
    """If 7 pushes 3 over, then 3 flashes before 8."""
    # Due at t = 1: 7 and 8. Firefly 3 has phase 3.75: 7's pulse makes it 4.25, due since
    # 0.75, so it flashes at t = 1, not at 0.75. All start over at zero = 1; the pulses of
    # 3 and 8 find 7 at phase 0 and are lost. The rest (phase 0.5) loses everything.
    result = play(1.0, 0.5, {3: -2.75, 7: -3.0, 8: -3.0})
    assert result.flashes == [(1.0, 7), (1.0, 3), (1.0, 8)]
    assert result.zero == [0.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 1.0, 1.0]


def test_higher_id_pushed_over_waits_its_turn() -> None:
    """If 6 pushes 8 over while 7 is due, then 7 flashes before 8."""
    result = play(1.0, 0.5, {6: -3.0, 7: -3.0, 8: -2.75})
    assert result.flashes == [(1.0, 6), (1.0, 7), (1.0, 8)]


def test_avalanche() -> None:
    """One pushed over can push over the next, lower or higher, all at one instant."""
    # At t = 1: 4 flashes. 8 (phase 3.75) goes over at once; 2 (3.25) gets to 3.75, and 0
    # (2.75) to 3.25. 8 flashes: 2 gets to 4.25, 0 to 3.75. 2 flashes: 0 gets to 4.25.
    result = play(1.0, 0.5, {4: -3.0, 8: -2.75, 2: -2.25, 0: -1.75})
    assert result.flashes == [(1.0, 4), (1.0, 8), (1.0, 2), (1.0, 0)]


@pytest.mark.parametrize(
    ("zero", "at"),
    [
        (-2.5, 1.0),  # -2.5 - 0.5 + 4 = 1: just due
        (-2.4375, 1.0625),  # -2.4375 - 0.5 + 4 = 1.0625: only sooner
    ],
)
def test_push_up_to_the_brink(zero: float, at: float) -> None:
    """A push that ends exactly at the period makes the flash due, a smaller one does not."""
    assert play(2.0, 0.5, {4: -3.0, 5: zero}).flashes == [(1.0, 4), (at, 5)]


def test_nobody_flashes_twice_at_an_instant() -> None:
    """Whoever has just flashed loses the pulses of all who follow, whatever the nudge."""
    # A nudge of a whole period: every accepted pulse is a flash.
    result = play(1.0, -2.0, {4: -3.0}, nudge=4.0)
    assert result.flashes == [(1.0, i) for i in (4, 0, 1, 2, 3, 5, 6, 7, 8)]
    assert result.zero == [1.0] * 9


# Changes of parameters


def test_new_period_keeps_the_fraction() -> None:
    """A new period leaves everyone at the same fraction of it."""
    # At t = 1: phase 1 + 0.25 i of 4 becomes half of that, of 2.
    before = {i: -0.25 * i for i in range(9)}
    result = play(1.0, 0.0, before, [(1.0, "change", {"period": 2.0})])
    assert result.zero == [1 - (1 + 0.25 * i) / 2 for i in range(9)]
    # 8: phase 3 of 4 at t = 1, so 1.5 of 2, due half a second later.
    later = play(1.5, 0.0, before, [(1.0, "change", {"period": 2.0})])
    assert later.flashes[0] == (1.5, 8)


def test_new_period_multiplies_before_it_divides() -> None:
    """The rescaling is done in the order it is written, to the last bit."""
    # 3 * 3 / 5 = 1.8 and 3 - 1.8 = 1.2, while 3 * (3 / 5) = 1.7999999999999998.
    result = play(3.0, 0.0, {}, [(3.0, "change", {"period": 3.0})], t=3.0, period=5.0)
    assert result.zero == [1.2] * 9
    assert 3 - 3 * (3 / 5) != 1.2


def test_the_same_period_again_changes_nothing() -> None:
    """A change that names the present period leaves the phases alone, to the last bit."""
    # The formula would give 1 - (1 - 0.1) * 4 / 4 = 0.09999999999999998.
    result = play(1.0, 0.1, {}, [(1.0, "change", {"period": 4.0, "nudge": 0.25})])
    assert result.zero == [0.1] * 9
    assert result.parameters.nudge == 0.25


def test_change_waits_for_the_instant() -> None:
    """A change at t comes after every flash at t."""
    # 4 flashes at t = 1 with the old nudge of 0.5: -1.5 -> -2.
    result = play(1.0, -1.5, {4: -3.0}, [(1.0, "change", {"nudge": 1.0})])
    assert result.zero[0] == -2.0
    # A change a moment earlier is in force at the flash: -1.5 -> -2.5.
    result = play(1.0, -1.5, {4: -3.0}, [(0.9375, "change", {"nudge": 1.0})])
    assert result.zero[0] == -2.5


def test_change_of_the_refractory_time_applies_to_phases_already_running() -> None:
    """A shorter refractory time lets in a pulse that the longer one would lose."""
    # Phase 0.75 at t = 1.
    script: list[Operation] = [(0.5, "change", {"refractory": 0.75})]
    assert play(1.0, 0.25, {4: -3.0}).zero[0] == 0.25
    assert play(1.0, 0.25, {4: -3.0}, script).zero[0] == -0.25


def test_changes_are_atomic() -> None:
    """Values that are only valid together are accepted together, and refused alone."""
    # Period 0.5 needs a refractory time below it, and a nudge up to it.
    both = {"period": 0.5, "refractory": 0.25}
    assert play(0.0, 0.0, {}, [(0.0, "change", both)]).parameters.period == 0.5
    with pytest.raises(ValueError, match="not a valid set"):
        play(0.0, 0.0, {}, [(0.0, "change", {"period": 0.5})])


# Actions


def test_flash_now() -> None:
    """Flash now makes the chosen ones flash at that instant, lowest id first."""
    # At t = 0.5: zero = min(0.25, 0.5 - 4) = -3.5, due at 0.5.
    result = play(0.5, 0.25, {}, [(0.5, "flash_now", [8, 2])])
    assert result.flashes == [(0.5, 2), (0.5, 8)]
    assert result.zero == [0.25, 0.25, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.5]
    assert result.counts[2] == 1


def test_flash_now_again() -> None:
    """Outside orders can make a firefly flash twice at one time."""
    script: list[Operation] = [(0.5, "flash_now", [2]), (0.5, "flash_now", [2])]
    result = play(0.5, 0.25, {}, script)
    assert result.flashes == [(0.5, 2), (0.5, 2)]
    assert result.counts[2] == 2


def test_flash_now_is_now() -> None:
    """Also where t - period + period rounds to above t."""
    # In doubles 0.1 - 4 = -3.9 and -3.9 + 4 = 0.10000000000000009.
    result = play(0.2, -0.5, {}, [(0.1, "flash_now", [2])])
    assert result.flashes == [(0.1, 2)]


def test_flash_now_pushes_others_over() -> None:
    """What an action makes due pushes others over within the same instant."""
    # At t = 0.5: 6 is told to flash; 1, at phase 3.75, goes over before 7 (told too) flashes.
    result = play(0.5, 0.25, {1: -3.25}, [(0.5, "flash_now", [7, 6])])
    assert result.flashes == [(0.5, 6), (0.5, 1), (0.5, 7)]


def test_scramble_counts_all_actions() -> None:
    """Scramble draws by the number of the action: other kinds count, changes do not."""
    script: list[Operation] = [
        (0.25, "silent", [0]),
        (0.25, "change", {"nudge": 0.25}),
        (0.5, "scramble", [4, 3]),
        (0.5, "scramble", [5]),
    ]
    result = play(0.5, 0.0, {}, script)
    assert result.zero[3] == 0.5 - 4 * u(1, 2, 3, 2)
    assert result.zero[4] == 0.5 - 4 * u(1, 2, 4, 2)
    assert result.zero[5] == 0.5 - 4 * u(1, 2, 5, 3)
    assert result.zero[6] == 0.0
    assert result.actions == 3


def test_silent() -> None:
    """A silent firefly flashes, and nobody sees it."""
    result = play(1.0, -1.5, {4: -3.0}, [(0.5, "silent", [4])])
    assert result.flashes == [(1.0, 4)]
    assert result.zero == [-1.5] * 4 + [1.0] + [-1.5] * 4
    # It still sees the others: 5 flashes at t = 1 and 4 has phase 2.5.
    assert play(1.0, 0.5, {4: -1.5, 5: -3.0}, flags={4: {"silent"}}).zero[4] == -2.0


def test_blind() -> None:
    """A blind firefly accepts no pulse, and still sends its own, with jitter."""
    result = play(1.0, -1.5, {4: -3.0}, [(0.5, "blind", [5])])
    assert result.zero == [-2.0] * 4 + [1.0] + [-1.5] + [-2.0] * 3
    result = play(1.0, -1.5, {4: -3.0}, [(0.5, "blind", [4])], jitter=0.25)
    assert result.zero[5] == -2.0
    assert result.zero[4] == 1.0 - 0.25 * u(1, 1, 4, 1)


def test_pacemaker() -> None:
    """A pacemaker accepts no pulse, has no jitter, and sends its own pulses."""
    result = play(1.0, -1.5, {4: -3.0}, [(0.5, "pacemaker", [4, 5])], jitter=0.25)
    assert result.zero == [-2.0] * 4 + [1.0] + [-1.5] + [-2.0] * 3
    # It flashes every 4 s, however many pulses reach it in between.
    beats = play(9.0, -1.5, {4: -3.0}, [(0.5, "pacemaker", [4])], jitter=0.25).flashes
    assert [t for t, i in beats if i == 4] == [1.0, 5.0, 9.0]


def test_revive() -> None:
    """Revive clears every status, of the chosen ones only."""
    flags = {4: {"silent", "blind", "pacemaker"}, 5: {"blind"}, 6: {"blind"}}
    result = play(1.0, -1.5, {4: -3.0}, [(0.5, "revive", [4, 5])], flags=flags, jitter=0.25)
    assert result.flags == [frozenset({"blind"}) if i == 6 else frozenset() for i in range(9)]
    assert result.zero[5] == -2.0  # 4 is heard, 5 hears
    assert result.zero[6] == -1.5
    assert result.zero[4] == 1.0 - 0.25 * u(1, 1, 4, 1)


def test_action_waits_for_the_instant() -> None:
    """An action at t comes after every flash at t."""
    # Firefly 5 is blind only after it accepted 4's pulse: -1.5 -> -2.
    result = play(1.0, -1.5, {4: -3.0}, [(1.0, "blind", [5])])
    assert result.zero[5] == -2.0
    assert result.flags[5] == {"blind"}


def test_operations_at_one_time_each_find_a_complete_instant() -> None:
    """The second operation at t comes after the flashes that the first made due at t."""
    # 0 flashes at 0.5 and 1 (phase 2) accepts: -1.5 -> -2. Only then is it blind.
    script: list[Operation] = [(0.5, "flash_now", [0]), (0.5, "blind", [1])]
    result = play(0.5, 0.25, {1: -1.5}, script)
    assert result.flashes == [(0.5, 0)]
    assert result.zero[1] == -2.0
    # The other way round it is blind in time.
    assert play(0.5, 0.25, {1: -1.5}, script[::-1]).zero[1] == -1.5


# What is observed


def test_order_parameter() -> None:
    """Equal phases give 1, opposite ones cancel, a quarter apart they give sqrt(1/2)."""
    assert order_parameter([0.0] * 9, 4.0, 0.0) == 1
    assert order_parameter([0.0] * 9, 4.0, 1.0) == pytest.approx(1j)  # a quarter later
    assert abs(order_parameter([0.0, -2.0] * 8, 4.0, 0.7)) == pytest.approx(0, abs=1e-15)
    assert abs(order_parameter([0.0, -1.0, -2.0, -3.0], 4.0, 0.7)) == pytest.approx(0, abs=1e-15)
    # (1 + i) / 2
    assert order_parameter([0.0, -1.0] * 8, 4.0, 0.0) == pytest.approx(0.5 + 0.5j)
    assert abs(order_parameter([0.0, -1.0] * 8, 4.0, 0.3)) == pytest.approx(math.sqrt(0.5))


def test_samples_come_after_everything_at_their_time() -> None:
    """The order parameter is sampled every 0.1 s, after flashes and outside orders there."""
    # Phase 1 at t = 0, 1.4 at 0.4; at 0.5 all are told to flash: phase 0.
    result = play(0.55, -1.0, {}, [(0.5, "flash_now", range(9))])
    assert [sample.t for sample in result.samples] == [j * 0.1 for j in range(6)]
    assert result.samples[4].order_parameter == pytest.approx(cmath.exp(2j * math.pi * 1.4 / 4))
    assert result.samples[5].order_parameter == 1
    assert result.order_parameter == pytest.approx(cmath.exp(2j * math.pi * 0.05 / 4))


def test_time_to_sync() -> None:
    """Synchrony counts from the first sample after which three whole periods stay in step."""
    assert play(12.0, -1.0, {}, nudge=0.0).time_to_sync == 0.0
    assert play(11.9, -1.0, {}, nudge=0.0).time_to_sync is None  # three periods are 12 s
    # Two camps half a period apart, R = 1/9; all told to flash at 0.5.
    camps = dict.fromkeys(range(4), -3.0)
    together: Operation = (0.5, "flash_now", range(9))
    assert play(12.5, -1.0, camps, [together], nudge=0.0).time_to_sync == 0.5
    # Torn apart at 6, in step again from 7 on: the 5.5 s before don't count.
    apart: Operation = (6.0, "flash_now", range(4))
    again: Operation = (7.0, "flash_now", range(9))
    script = [together, apart, again]
    assert play(18.9, -1.0, camps, script, nudge=0.0).time_to_sync is None
    assert play(19.1, -1.0, camps, script, nudge=0.0).time_to_sync == pytest.approx(7.0)


def test_digest() -> None:
    """The digest packs each flash as a double and a 32-bit id, little-endian."""
    # 1.0 = 0x3FF0000000000000, 1.5 = 0x3FF8000000000000, 258 = 0x00000102
    packed = bytes.fromhex("000000000000f03f02000000000000000000f83f02010000")
    assert digest([(1.0, 2), (1.5, 258)]) == hashlib.sha256(packed).hexdigest()


@pytest.mark.parametrize(
    ("side", "seconds", "seed", "flashes", "accepted", "expected"),
    [
        (
            10,
            40.0,
            1,
            1030,
            5692,
            "54e7c5cea401a2de57e1790686e75006db1ac96e0c6879e0cd08d43dbd111339",
        ),
        (3, 100.0, 7, 184, 777, "dd1c4a12b7cd5c3c17bebf82a89bbabee093360e724e1d210f840c10a731425e"),
    ],
)
def test_matches_the_hand_written_loop(
    side: int, seconds: float, seed: int, flashes: int, accepted: int, expected: str
) -> None:
    """Undisturbed runs agree flash for flash with the separate event loop on a heap."""
    # What the benchmarks' bare loop prints: `fibers SIDE SECONDS SEED`; wakes there are
    # flashes plus accepted pulses.
    result = run({"side": side, "seed": seed}, [], seconds)
    assert (len(result.flashes), result.accepted) == (flashes, accepted)
    assert result.digest == expected


# Going on from a checkpoint, and misuse


@pytest.mark.parametrize("applied", ["before", "after"])
@pytest.mark.parametrize("cut", [0.0, 7.0, 17.3, 20.0, 30.0])
def test_going_on_from_a_checkpoint_changes_nothing(cut: float, applied: str) -> None:
    """A run cut anywhere and continued is the uninterrupted run, to the last bit."""
    script: list[Operation] = [
        (3.0, "pacemaker", [7]),
        (7.0, "change", {"period": 4.0, "nudge": 0.3}),
        (9.5, "blind", [1, 2, 3]),
        (12.0, "scramble", range(0, 36, 2)),
        (20.0, "flash_now", range(10, 20)),
        (20.0, "scramble", [5]),
        (25.0, "revive", range(36)),
    ]
    whole = run({"side": 6, "seed": 3}, script, 30.0)
    # What happens at the cut itself may be applied before the checkpoint or after it.
    done = [o for o in script if o[0] < cut or (o[0] == cut and applied == "before")]
    first = run({"side": 6, "seed": 3}, done, cut)
    rest = run(first.parameters, script[len(done) :], 30.0, first.checkpoint())
    assert first.flashes + rest.flashes == whole.flashes
    assert rest.checkpoint() == whole.checkpoint()
    assert [s for s in first.samples if s.t < cut] + rest.samples == whole.samples


@pytest.mark.parametrize(
    "wrong",
    [
        {"side": 2},
        {"side": 2001},
        {"period": 0.0},
        {"period": 3601.0},
        {"period": math.nan},
        {"nudge": -0.1},
        {"nudge": 5.1},
        {"refractory": 0.0},
        {"refractory": 5.0},
        {"jitter": -0.1},
        {"jitter": 1.0},
        {"jitter": math.nan},
        {"seed": -1},
        {"seed": 2**64},
    ],
)
def test_invalid_parameters(wrong: dict[str, Any]) -> None:
    """Values outside what the model allows are refused."""
    with pytest.raises(ValueError, match="not a valid set"):
        run({"side": 3, **wrong}, [], 1.0)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ([(2.0, "silent", [0]), (1.0, "silent", [0])], "order of time"),
        ([(-1.0, "silent", [0])], "order of time"),
        ([(0.5, "dance", [0])], "none of the actions"),
        ([(0.5, "silent", [9])], "ids must be in"),
        ([(0.5, "silent", [-1])], "ids must be in"),
        ([(0.5, "silent", {"nudge": 0.1})], "takes ids"),
        ([(0.5, "change", {"side": 4})], "side cannot change"),
    ],
)
def test_invalid_scripts(script: list[Operation], message: str) -> None:
    """A script that makes no sense is refused instead of guessed at."""
    with pytest.raises(ValueError, match=message):
        play(3.0, 0.0, {}, script)


def test_period_too_short_for_doubles() -> None:
    """A period that vanishes beside the time is an error, not an endless loop."""
    # Beside t = 2^17 doubles are 2^-35 apart: zero + 2^-37 rounds back to t.
    with pytest.raises(RuntimeError, match="period too short"):
        play(2.0**17, 2.0**17, {}, t=2.0**17, nudge=0.0, period=2.0**-37, refractory=2.0**-38)
