"""Sweeps under way: looked at, held up and ended from outside."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import polars
import pytest

from experiments.sweep import (
    RunState,
    SweepError,
    SweepUnderWay,
    open_sweep,
    run,
    under_way,
    write_table,
)
from experiments.sweep.measuring import Batch
from tests.sweep.plans import plan
from tests.sweep.pools import Here

LONG_S = 60.0


class Stepwise:
    """Lets a sweep make one batch for each :meth:`step`."""

    def __init__(self) -> None:
        self._may_go = threading.Semaphore(0)
        self.is_asked = threading.Semaphore(0)
        self.changed = threading.Event()

    def wait(self, _: Batch) -> None:
        """Called before each batch, in the sweep's thread."""
        self.is_asked.release()
        assert self._may_go.acquire(timeout=LONG_S)

    def step(self, n: int = 1) -> None:
        """Let batches be made."""
        self._may_go.release(n)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that is told by :attr:`changed`."""
        while not condition():
            assert self.changed.wait(LONG_S)
            self.changed.clear()


def test_a_sweep_shows_what_it_has_while_it_goes_on(tmp_path: Path) -> None:
    """Its map fills, each run has its session at once; in the end it is the whole."""
    small = plan("nudge=0:1:5", seeds=1)
    steps = Stepwise()
    sweep = SweepUnderWay(
        small, Here(steps.wait), to=tmp_path / "x", jobs=1, on_change=steps.changed.set
    )
    assert np.isnan(sweep.map("R_end")).all()
    with pytest.raises(SweepError, match="no run 0 of cell 4, as yet"):
        sweep.session(4)
    steps.step()
    steps.until(lambda: sweep.progress.done == 1)
    assert np.isfinite(sweep.map("R_end")).tolist() == [True, False, False, False, False]
    assert sweep.session(0).parameters.nudge == 0.0
    assert not sweep.has_ended
    steps.step(10)
    assert sweep.wait(LONG_S)
    assert (sweep.problem, sweep.notes, sweep.progress.share) == ("", (), 1.0)
    whole = open_sweep(tmp_path / "x")
    assert np.array_equal(sweep.values("time_to_sync"), whole.values("time_to_sync"), True)
    assert sweep.session(3) == whole.session(3)


def test_a_sweep_knows_how_far_each_run_is_and_why_some_have_no_result(tmp_path: Path) -> None:
    """While it goes on as afterwards; and gives its table to whatever file is asked for."""
    both = plan("refractory=0.1,0.5", seeds=2)
    sweep = SweepUnderWay(both, Here(), to=tmp_path / "x", jobs=1)
    assert sweep.wait(LONG_S)
    kept = open_sweep(tmp_path / "x")
    wanted = [[RunState.REFUSED] * 2, [RunState.DONE] * 2]
    assert sweep.states().tolist() == kept.states().tolist() == wanted
    assert sweep.reasons() == kept.reasons() == {0: both.refused[0]}
    for rows in (sweep.rows(), kept.rows()):
        for name in ("table.csv", "table.parquet"):
            write_table(tmp_path / name, both, rows)
        assert polars.read_parquet(tmp_path / "table.parquet").equals(kept.frame)
        assert len(polars.read_csv(tmp_path / "table.csv")) == len(kept.frame) == 4


def test_runs_that_are_yet_to_come_are_told_from_others() -> None:
    """As long as there is no row of them."""
    steps = Stepwise()
    sweep = SweepUnderWay(
        plan("nudge=0:1:5", seeds=1), Here(steps.wait), jobs=1, on_change=steps.changed.set
    )
    assert (sweep.states() == RunState.NOT_RUN).all()
    steps.step()
    steps.until(lambda: sweep.progress.done == 1)
    assert sweep.states().ravel().tolist() == [RunState.DONE] + [RunState.NOT_RUN] * 4
    assert len(sweep.rows()) == 1
    steps.step(10)
    assert sweep.wait(LONG_S)


def test_a_sweep_that_is_paused_begins_nothing_until_it_goes_on() -> None:
    """What is under way comes to its end."""
    small = plan("nudge=0:1:5", seeds=1)
    steps = Stepwise()
    sweep = SweepUnderWay(small, Here(steps.wait), jobs=1, on_change=steps.changed.set)
    assert steps.is_asked.acquire(timeout=LONG_S)
    sweep.pause()
    steps.step(10)
    steps.until(lambda: sweep.progress.done == 1)
    steps.until(lambda: sweep.is_held)
    assert (sweep.is_paused, sweep.progress.done) == (True, 1)
    assert not steps.is_asked.acquire(blocking=False)
    sweep.go_on()
    assert sweep.wait(LONG_S)
    assert sweep.progress.done == 5
    assert not sweep.is_paused


def test_a_sweep_that_is_cancelled_can_be_gone_on_with(tmp_path: Path) -> None:
    """Its rows are kept, and the folder is free."""
    small = plan("nudge=0:1:5", seeds=1)
    steps = Stepwise()
    sweep = SweepUnderWay(
        small, Here(steps.wait), to=tmp_path / "x", jobs=1, on_change=steps.changed.set
    )
    steps.step()
    steps.until(lambda: sweep.progress.done == 1)
    sweep.cancel()
    steps.step(10)
    assert sweep.wait(LONG_S)
    assert sweep.problem == ""
    assert 1 <= len(open_sweep(tmp_path / "x")) < 5
    found = np.isfinite(sweep.map("R_end"))
    steps.is_asked = threading.Semaphore(0)
    again = SweepUnderWay(small, Here(steps.wait), to=tmp_path / "x", resumes=True, jobs=1)
    assert steps.is_asked.acquire(timeout=LONG_S)
    assert np.isfinite(again.map("R_end")).tolist() == found.tolist()  # all of it, at once
    steps.step(10)
    assert again.progress.done >= again.progress.found == np.count_nonzero(found)
    assert again.wait(LONG_S)
    assert open_sweep(tmp_path / "x").frame.equals(run(small, Here(), jobs=1).frame)
    for ended in (sweep, again):  # after its end all of that does nothing
        ended.pause()
        ended.go_on()
        ended.cancel()


def without_processes(*_: object) -> NoReturn:
    """A system that starts no more processes."""
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def test_a_sweep_that_stops_says_why(tmp_path: Path) -> None:
    """In a sentence; a folder that can't be used is refused at once."""

    def fail(_: Batch) -> None:
        raise ModuleNotFoundError("No module named 'experiments'")

    sweep = SweepUnderWay(plan("nudge=0,1"), Here(fail), jobs=1)
    assert sweep.wait(LONG_S)
    assert sweep.problem == "a batch can't be run: No module named 'experiments'"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_way, "pool_of", without_processes)
        sweep = SweepUnderWay(plan("nudge=0,1"), jobs=1)
        assert sweep.wait(LONG_S)
    assert sweep.problem == "it can't go on: Resource temporarily unavailable"
    (tmp_path / "other").touch()
    with pytest.raises(SweepError, match="holds other things"):
        SweepUnderWay(plan("nudge=0,1"), Here(), to=tmp_path)


def test_a_sweep_can_be_paused_before_it_has_begun() -> None:
    """While its workers are being made: it begins nothing, and goes on as any other."""
    sweeps: list[SweepUnderWay] = []
    steps, made = Stepwise(), threading.Event()
    told: list[int] = []

    def pause_at_first() -> None:
        assert made.wait(LONG_S)
        if not told:
            sweeps[0].pause()
        told.append(sweeps[0].progress.done)
        steps.changed.set()

    small = plan("nudge=0:1:5", seeds=1)
    sweeps.append(SweepUnderWay(small, Here(steps.wait), jobs=1, on_change=pause_at_first))
    made.set()
    steps.until(lambda: len(told) == 2)  # at first, and when its lane has come to the hold
    assert sweeps[0].is_held
    assert (sweeps[0].is_paused, sweeps[0].has_ended, sweeps[0].progress.done) == (True, False, 0)
    assert not steps.is_asked.acquire(blocking=False)
    steps.step(10)
    sweeps[0].go_on()
    assert sweeps[0].wait(LONG_S)
    assert (sweeps[0].problem, sweeps[0].progress.done) == ("", 5)


def test_a_wish_that_comes_as_the_last_run_ends_is_seen_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing of it is left behind, and nothing is wrong: it just comes too late."""
    sweeps: list[SweepUnderWay] = []
    begun = threading.Event()

    def hold_and_go_on() -> None:
        begun.wait(LONG_S)
        if sweeps[0].progress.share == 1.0:
            sweeps[0].pause()
            sweeps[0].go_on()
            sweeps[0].pause()

    sweeps.append(SweepUnderWay(plan("nudge=0,1"), Here(), jobs=1, on_change=hold_and_go_on))
    begun.set()
    assert sweeps[0].wait(LONG_S)
    assert (sweeps[0].problem, sweeps[0].progress.share) == ("", 1.0)
    assert not caplog.records
