"""The flash log: complete, in order, read at anybody's pace."""

from __future__ import annotations

import hashlib
import struct
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

from experiments import Digest, FlashLog
from experiments.model import flash_log


def filled(flashes: list[tuple[float, int]]) -> FlashLog:
    log = FlashLog()
    for t, i in flashes:
        log.append_time(t)
        log.append_id(i)
    return log


FLASHES = [(0.5, 3), (1.0, 1), (1.0, 2), (2.0, 0)]


def test_an_unfinished_instant_is_held_back() -> None:
    """What belongs to the instant under way is read once it is complete."""
    log = filled(FLASHES[:3])
    log.note_complete(1.0, False)
    times, ids, cursor = log.read()
    assert (times.tolist(), ids.tolist(), cursor) == ([0.5], [3], 1)
    log.append_time(1.0)
    log.append_id(7)
    log.note_complete(1.0, True)
    assert log.read(cursor)[1].tolist() == [1, 2, 7]
    assert len(log) == 4


def test_what_is_read_is_a_copy() -> None:
    """The log can grow while a reader holds what it read."""
    log = filled(FLASHES)
    log.note_complete(2.0, True)
    times, _, cursor = log.read()
    log.append_time(3.0)
    log.append_id(1)
    assert times.tolist() == [0.5, 1.0, 1.0, 2.0]
    with pytest.raises(ValueError, match="cursor must be from 0 to 4"):
        log.read(cursor + 1)


def test_the_digest_is_of_the_packed_flashes() -> None:
    """SHA-256 over little-endian float64 and uint32, however it is fed."""
    expected = hashlib.sha256(b"".join(struct.pack("<dI", t, i) for t, i in FLASHES)).hexdigest()
    log = filled(FLASHES)
    assert log.digest().hexdigest() == hashlib.sha256().hexdigest()
    log.note_complete(1.0, False)
    before = log.digest()
    log.note_complete(2.0, True)
    assert log.digest().hexdigest() == expected
    assert log.digest().hexdigest() == expected
    assert (before.n, log.digest().n) == (1, 4)

    goes_on = FlashLog(before)
    for t, i in FLASHES[1:]:
        goes_on.append_time(t)
        goes_on.append_id(i)
    goes_on.note_complete(2.0, True)
    assert goes_on.digest().hexdigest() == expected
    assert goes_on.read(before.n)[1].tolist() == [1, 2, 0]
    assert len(goes_on) == 4


@pytest.mark.parametrize("in_parts", [False, True])
def test_trimming_can_do_a_little_of_the_work_each_time(
    in_parts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest is that of all flashes, however far it was when they were let go of."""
    monkeypatch.setattr(flash_log, "TRIM_AT_LEAST", 4)
    monkeypatch.setattr(flash_log, "DIGEST_AT_ONCE", 2)
    monkeypatch.setattr(flash_log, "MOST_WAITING", 12)
    log, all_at_once = FlashLog(), Digest()
    for k in range(9):
        times, ids = np.full(k, float(k)), np.arange(k, dtype=np.uint32)
        log.extend(times, ids)
        all_at_once.update(times, ids)
        log.note_complete(float(k), True)
        log.trim(len(log), in_parts=in_parts)
        assert log.read(len(log))[2] == len(log)
    with pytest.raises(ValueError, match="cursor must be from"):
        log.read(0)
    assert log.digest().hexdigest() == all_at_once.hexdigest()


def test_trimming_keeps_cursors_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """What every reader has seen can go; the rest keeps its place."""
    monkeypatch.setattr(flash_log, "TRIM_AT_LEAST", 2)
    log = filled(FLASHES)
    log.note_complete(2.0, True)
    log.trim(1)
    assert log.read(0)[2] == 4, "too little to be worth it"
    whole = log.digest().hexdigest()
    log.trim(3)
    assert log.digest().hexdigest() == whole, "what is trimmed counts"
    assert log.read(3)[1].tolist() == [0]
    assert len(log) == 4
    with pytest.raises(ValueError, match="from 3 to 4"):
        log.read(2)
    log.append_time(5.0)
    log.append_id(8)
    log.note_complete(5.0, False)
    assert len(log) == 4
    log.note_complete(5.0, True)
    assert log.read(4)[1].tolist() == [8]


@pytest.mark.parametrize("block", [1, 2, 5, 1_000])
@pytest.mark.parametrize("seed", range(10))
def test_blocks_are_seen_by_nobody(seed: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However flashes come, are read and are let go of: the log is as a list would be."""
    monkeypatch.setattr(flash_log, "BLOCK", block)
    monkeypatch.setattr(flash_log, "TRIM_AT_LEAST", 3)
    random = np.random.default_rng(seed)
    log, known, complete, begin, now = FlashLog(), list[tuple[float, int]](), 0, 0, 0.0
    for _ in range(60):
        new = [(now, int(i)) for i in random.integers(0, 9, random.integers(0, 5))]
        if random.random() < 0.5:
            log.extend(np.array([t for t, _ in new]), np.array([i for _, i in new], dtype="u4"))
        else:
            for t, i in new:
                log.append_time(t)
                log.append_id(i)
        known += new
        is_complete = bool(random.random() < 0.6)
        log.note_complete(now, is_complete)
        before_now = sum(t < now for t, _ in known)
        complete = len(known) if is_complete else max(complete, before_now)
        assert len(log) == complete
        cursor = int(random.integers(begin, complete + 1))
        end = int(random.integers(cursor, complete + 3))
        times, ids, there = log.read(cursor, end)
        assert there == min(end, complete)
        assert list(zip(times.tolist(), ids.tolist(), strict=True)) == known[cursor:there]
        assert log.ids_after(cursor).tolist() == [i for _, i in known[cursor:]]
        if random.random() < 0.3:
            log.trim(cursor)
            begin = cursor if cursor - begin >= 3 else begin
        now += float(is_complete) * 0.5
    expected = Digest()
    done = known[:complete]
    expected.update(np.array([t for t, _ in done]), np.array([i for _, i in done], dtype="u4"))
    assert log.digest().hexdigest() == expected.hexdigest()


def at_each_line(do: Callable[[], object], meanwhile: Callable[[], object]) -> int:
    """Do something, and at each line of the log that it comes to what another thread might do."""
    n_lines = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:  # itself, or nothing
        nonlocal n_lines
        if frame.f_code.co_filename != flash_log.__file__:
            return None
        if event == "line" and n_lines < 100:  # what is added may be work for more lines
            n_lines += 1
            meanwhile()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(before)
    return n_lines


def numbered(first: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Flashes whose times and ids are their numbers."""
    return np.arange(first, first + m, dtype=np.float64), np.arange(first, first + m, dtype="u4")


@pytest.mark.parametrize("seed", range(3))
def test_another_thread_may_add_flashes_while_others_are_read_and_let_go_of(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At whatever line of it the one is, or the other: none is lost, and none is there twice."""
    monkeypatch.setattr(flash_log, "BLOCK", 4)
    monkeypatch.setattr(flash_log, "TRIM_AT_LEAST", 2)
    monkeypatch.setattr(flash_log, "DIGEST_AT_ONCE", 2)
    random = np.random.default_rng(seed)
    log, read, n_added = FlashLog(), list[int](), 0

    def add() -> None:
        nonlocal n_added
        m = int(random.choice([1, 1, 1, 2, 5]))
        log.extend(*numbered(n_added, m))
        n_added += m

    def look(end: int) -> None:
        times, ids, cursor = log.read(len(read), end)
        assert times.tolist() == ids.tolist()
        assert cursor == len(read) + len(ids)
        read.extend(ids.tolist())
        log.trim(max(0, cursor - 1))

    def look_at_one() -> None:
        look(len(read) + 1)

    for _ in range(100):
        for _ in range(4):
            add()
        log.note_complete(float(n_added), True)
        look(len(log) - int(random.integers(0, 20)))
        assert at_each_line(add, look_at_one) > 0
        assert at_each_line(look_at_one, add) > 5
    log.note_complete(float(n_added), True)
    look(n_added)
    assert read == list(range(n_added))
    all_at_once = Digest()
    all_at_once.update(*numbered(0, n_added))
    assert log.digest().hexdigest() == all_at_once.hexdigest()
