"""The agenda of the kernel: what always holds, after every step of random runs."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from experiments.population.compiled import agenda as agendas
from experiments.population.compiled import compiling, kernel
from experiments.population.compiled import population as compiled_population
from experiments.population.compiled.agenda import roomy_agenda
from tests.compiled.test_kernel import run_as_python
from tests.physics import product
from tests.physics.random_runs import random_run
from tests.physics.test_random_runs import start_of
from tests.proofs import count

N_RUNS = count(12, 500)


@pytest.fixture(autouse=True)
def _compiled_before(_compiled: None) -> None:
    if compiling.is_installed():  # or a start would do it, over what is Python here
        compiled_population.compile_kernel()


def tight_agenda(times: Any, tallies: Any, n: int, most_hearers: int) -> kernel.Due:
    """As little room as will do, in which nothing that was not written is a number of anybody."""
    roomy = roomy_agenda(times, tallies, n, most_hearers)
    room = n + most_hearers + 4

    def tight(array: Any, size: int = room) -> Any:
        return np.full(size, -99, dtype=array.dtype)

    return kernel.Due(
        times,
        tallies,
        starts=tight(roomy.starts, len(roomy.starts)),
        lasts=tight(roomy.lasts, len(roomy.lasts)),
        ids=tight(roomy.ids),
        befores=tight(roomy.befores),
        heap_times=tight(roomy.heap_times),
        heap_ids=tight(roomy.heap_ids),
        bits=roomy.bits,
        levels=roomy.levels,
    )


def bits_of(words: np.ndarray) -> np.ndarray:
    """The bits of words, the lowest first."""
    return np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")


def listed_in(bucket: int, agenda: kernel.Due) -> set[int]:
    """Who has an entry in a bucket's list."""
    listed = agenda.ids[agenda.starts[bucket] : agenda.starts[bucket + 1]].tolist()
    entry = int(agenda.lasts[bucket])
    while entry != kernel.NOBODY:
        listed.append(int(agenda.ids[entry]))
        entry = int(agenda.befores[entry])
    return set(listed)


def assert_set_holds(agenda: kernel.Due) -> np.ndarray:
    """Who is marked, by id; each level of the tree says which words of the one below aren't 0."""
    levels = [agenda.bits[begin:end] for begin, end in itertools.pairwise(agenda.levels.tolist())]
    for below, level in itertools.pairwise(levels):
        assert np.array_equal(np.flatnonzero(bits_of(level)), np.flatnonzero(below))
    marked = bits_of(levels[0])
    n_due, sole = agenda.tallies[[kernel.N_DUE, kernel.SOLE]]
    assert marked.sum() == n_due - (sole != kernel.NOBODY)
    if sole != kernel.NOBODY:
        assert n_due == 1
        marked[sole] = 1
    return marked.astype(bool)


def assert_agenda_holds(state: kernel.StateArrays, agenda: kernel.Due) -> None:
    """What the kernel's module says of it."""
    marked = assert_set_holds(agenda)
    now, end = agenda.times[[kernel.NOW, kernel.WINDOW_END]]
    if end == -math.inf:  # something was done from outside
        return
    due = state.zero + state.periods
    assert np.array_equal(marked[: len(due)], due <= now)
    live = np.flatnonzero((due > now) & (due < end))
    assert len(live) == agenda.tallies[kernel.N_LIVE]
    n_heap, is_open = agenda.tallies[[kernel.N_HEAP, kernel.BUCKET]]
    times, ids = agenda.heap_times[:n_heap], agenda.heap_ids[:n_heap]
    assert np.all(times[(np.arange(1, n_heap) - 1) // 4] <= times[1:])
    heap = set(zip(ids.tolist(), times.tolist(), strict=True))
    buckets = {i: kernel.bucket_of(due[i], agenda) for i in live.tolist()}
    listed = {bucket: listed_in(bucket, agenda) for bucket in set(buckets.values())}
    for i, bucket in buckets.items():
        assert i in listed[bucket] if bucket > is_open else (i, due[i]) in heap


@pytest.mark.drill
def test_whoever_is_due_is_marked_or_has_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """After every flash and arrival, in windows and buckets of any size, with hardly any room."""
    plain = run_as_python(monkeypatch)
    begin_cycle, take_due = plain.begin_cycle, plain.take_due
    n_looks = {"flashes": 0, "instants": 0, "buckets": 0}

    def checked_cycle(
        i: int, status: int, rules: Any, state: kernel.StateArrays, agenda: kernel.Due
    ) -> None:
        begin_cycle(i, status, rules, state, agenda)
        assert_agenda_holds(state, agenda)
        n_looks["flashes"] += 1

    def checked_due(t: float, stride: int, state: kernel.StateArrays, agenda: kernel.Due) -> None:
        take_due(t, stride, state, agenda)
        assert_agenda_holds(state, agenda)
        n_looks["instants"] += 1
        n_looks["buckets"] = max(n_looks["buckets"], int(agenda.tallies[kernel.BUCKET]) + 1)

    monkeypatch.setattr(plain, "begin_cycle", checked_cycle)
    monkeypatch.setattr(plain, "take_due", checked_due)
    monkeypatch.setattr(compiled_population, "roomy_agenda", tight_agenda)
    for seed in range(N_RUNS):
        monkeypatch.setattr(agendas, "PER_BUCKET", (8.0, 0.5, 0.05)[seed % 3])
        monkeypatch.setattr(agendas, "WINDOWS_PER_PERIOD", (16, 1, 5, 100)[seed % 4])
        run = random_run(seed, side=(5, 9, 12)[seed % 3], operations=seed % 7)
        found = product.run(start_of(run), run.script, run.until, 0.0 if seed % 2 else None)
        assert len(found.flashes) == found.checkpoint.counts.sum()
    assert n_looks["flashes"] > 100 * N_RUNS
    assert n_looks["instants"] > 20 * N_RUNS
    assert n_looks["buckets"] > 50
