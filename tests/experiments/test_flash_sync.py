"""Synchrony by flashes: against hand-made flashes, theory, and real swarms."""

from __future__ import annotations

import asyncio
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments import FlashLog, Intervention, ParameterChange, Parameters
from experiments.commands.headless import run_headless
from experiments.run.flash_sync import ROUND_FRACTION, FlashSync

N = 9


def found(
    flashes: list[tuple[float, int]],
    cuts: int = 1,
    period: float = 5.0,
    change: tuple[float, float] | None = None,
) -> float | None:
    """When 9 fireflies with these flashes are in synchrony, read in so many pieces."""
    done = [] if change is None else [
        Intervention(change[0], 1, ParameterChange({"period": change[1]}))
    ]  # fmt: skip
    log = FlashLog()
    run: Any = SimpleNamespace(
        flashes=log, initial=Parameters(side=3, period=period), interventions=done
    )
    sync = FlashSync(N, max(period, 0.0 if change is None else change[1]))
    for part in np.array_split(np.arange(len(flashes)), cuts):
        for k in part:
            log.append_time(flashes[k][0])
            log.append_id(flashes[k][1])
        log.note_complete(math.inf, True)
        sync.read(run)
    return sync.time_to_sync


def rounds(begin: float, n: int, width: float, period: float = 5.0) -> list[tuple[float, int]]:
    """Rounds of flashes, each in another order."""
    random = np.random.default_rng(n)
    return [
        (begin + k * period + width * j / (N - 1), int(i))
        for k in range(n)
        for j, i in enumerate(random.permutation(N))
    ]


@pytest.mark.parametrize("cuts", [1, 2, 5, 36])
def test_it_is_the_first_flash_of_three_periods_of_rounds(cuts: int) -> None:
    """Before them somebody was out of step; how the log is read makes no difference."""
    stray = [(1.0, 3), (2.0, 0), (2.1, 0)]
    assert found([*stray, *rounds(7.0, 4, 0.4)], cuts) == 7.0
    assert found([*stray, *rounds(7.0, 3, 0.4)], cuts) is None  # 10.4 s, and 15 are asked for


@pytest.mark.parametrize(("width", "expected"), [(0.0, 1.0), (0.5, 1.0), (0.501, None)])
def test_a_round_lasts_a_tenth_of_a_period_at_most(width: float, expected: float | None) -> None:
    """Of 5 s, 0.5 s."""
    assert found(rounds(1.0, 8, width)) == expected


def test_a_flash_between_two_rounds_starts_the_count_anew() -> None:
    """And so does a round in which one flashes twice and another not at all."""
    assert found([*rounds(0.0, 3, 0.1), (12.5, 4), *rounds(15.0, 5, 0.1)]) == 15.0
    one_missing = rounds(0.0, 9, 0.1)
    one_missing[2 * N + 3] = (one_missing[2 * N + 3][0], one_missing[2 * N + 2][1])
    assert found(one_missing) == 15.0


def test_the_period_is_the_one_in_force() -> None:
    """From 5 s to 2 s at 6 s: rounds of 0.4 s are too long then."""
    assert found(rounds(1.0, 12, 0.4), change=(6.0, 2.0)) is None
    assert found(rounds(1.0, 12, 0.1), change=(6.0, 2.0)) == 1.0


def by_definition(
    flashes: list[tuple[float, int]], period: float, change: tuple[float, float]
) -> float | None:
    """When they are in synchrony, looking at every n flashes in a row."""
    since, following = math.nan, -1
    for last in range(N - 1, len(flashes)):
        part = flashes[last - N + 1 : last + 1]
        begin, end = part[0][0], part[-1][0]
        in_force = change[1] if end > change[0] else period
        if len({i for _, i in part}) < N or end - begin > ROUND_FRACTION * in_force + 1e-9:
            continue
        begun = last - N + 1
        if begun > following:
            since = begin
        elif begun < following:
            continue
        following = last + 1
        if end - since >= 3 * in_force - 1e-9:
            return since
    return None


def test_random_flashes_are_told_apart_as_by_the_definition() -> None:
    """Rounds, rounds with somebody twice, stray flashes, and a period that changes."""
    random = np.random.default_rng(12)
    outcomes = []
    for _ in range(400):
        change = (float(random.uniform(0.0, 30.0)), float(random.choice([2.0, 5.0, 12.0])))
        flashes: list[tuple[float, int]] = []
        t = 0.0
        for _ in range(14):
            kind, width = random.random(), float(random.choice([0.05, 0.3, 0.6, 1.0]))
            ids = random.permutation(N)
            if kind < 0.1:
                ids[random.integers(N)] = random.integers(N)
            times = np.sort(t + width * random.random(N))
            flashes += [(float(a), int(b)) for a, b in zip(times, ids, strict=True)]
            if kind > 0.95:
                flashes.append((t + 1.5, int(random.integers(N))))
            t += 2.0
        expected = by_definition(flashes, 5.0, change)
        outcomes.append(expected)
        assert found(flashes, int(random.integers(1, 20)), 5.0, change) == expected
    assert 0 < sum(each is None for each in outcomes) < len(outcomes)
    assert len(set(outcomes)) > 5


def test_chance_makes_no_round() -> None:
    """Of 9 random phases all lie within a fraction f with probability n f**(n - 1).

    The formula is checked where it can be seen: f = 0.4 and 0.5, 20,000 draws, 4 sigma.
    """
    draws = np.sort(np.random.default_rng(5).random((20_000, N)), axis=1)
    gaps = np.diff(draws, axis=1, append=draws[:, :1] + 1.0)
    for fraction in (0.4, 0.5):
        expected = N * fraction ** (N - 1)
        seen = np.count_nonzero(1.0 - gaps.max(axis=1) <= fraction) / len(draws)
        assert seen == pytest.approx(expected, abs=4 * math.sqrt(expected / len(draws)))
    assert pytest.approx(9e-8) == N * ROUND_FRACTION ** (N - 1)


def test_perfect_synchrony_is_found_where_jitter_hides_it_from_the_coherence() -> None:
    """With a jitter of 0.1 periods R stays near sin(x) / x = 0.984; all flash at one instant."""
    swarm = Parameters(side=6, jitter=0.5)
    report = asyncio.run(run_headless(swarm, 120.0)).report
    assert report["time_to_sync_s"] is None
    assert pytest.approx(math.sin(0.1 * math.pi) / (0.1 * math.pi), abs=0.02) == report["R"]
    assert 20.0 < report["time_to_sync_flashes_s"] < 100.0
    uncoupled = asyncio.run(run_headless(swarm.replace(nudge=0.0), 120.0)).report
    assert uncoupled["time_to_sync_flashes_s"] is None


def test_a_run_whose_flashes_are_let_go_reports_the_same() -> None:
    """What nobody wants to keep makes no difference to the figures."""
    swarm = Parameters(side=6)
    kept = asyncio.run(run_headless(swarm, 80.0)).report
    let_go = asyncio.run(run_headless(swarm, 80.0, keeps_flashes=False, keeps_samples=False)).report
    for key in ("R", "R_max", "time_to_sync_s", "time_to_sync_flashes_s", "flashes", "digest"):
        assert kept[key] == let_go[key]
