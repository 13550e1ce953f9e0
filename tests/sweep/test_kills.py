"""Sweeps that are killed at any moment, and gone on with."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.sweep import open_sweep, run
from experiments.sweep.folder import OwnedFolder
from tests.forked import Child
from tests.proofs import count
from tests.sweep.plans import plan
from tests.sweep.pools import Here


def begin(to: Path) -> Child:
    """The command, gone on with in a folder."""
    code = "import sys; from gui.__main__ import main; sys.exit(main())"
    return Child(code, "sweep", "--resume", "-o", to, "--jobs", count(1, 2))


@pytest.mark.drill
@pytest.mark.slow
def test_a_sweep_that_is_killed_at_random_moments_comes_to_the_same_table(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Every line it left is whole, and what was gone on with is equal bit for bit."""
    n_kills = count(1, 20)
    record_property("count", n_kills)
    size = count(5, 9)
    over = (f"nudge=0:1:{size}", f"refractory=0.2:2:{size}")
    many = plan(*over, seeds=count(1, 12), seconds=count(20, 100))
    expected = run(many, Here(), jobs=1).frame
    to, chance = tmp_path / "sweep", random.Random(1)
    OwnedFolder(to, many).close()
    for _ in range(n_kills):
        child = begin(to)
        while child.poll() is None and not list((to / "runs").glob("*.jsonl")):
            time.sleep(0.005)
        time.sleep(chance.random() * 0.3)
        child.kill()
        child.communicate()
        for log in (to / "runs").glob("*.jsonl"):
            for line in log.read_bytes().splitlines(keepends=True):
                assert line.endswith(b"\n")
                json.loads(line)
        assert len(open_sweep(to)) <= many.n_runs
    child = begin(to)
    out, err = child.communicate(timeout=600)
    assert child.returncode == 0, err
    assert json.loads(out)["done"] == many.n_runs
    assert open_sweep(to).frame.equals(expected)


@pytest.mark.slow
def test_an_interrupt_ends_a_sweep_and_its_workers(tmp_path: Path) -> None:
    """With one line that says how to go on, the code of the signal, and rows."""
    to = tmp_path / "sweep"
    many = plan("nudge=0:1:30", "refractory=0.2:2:30", seconds=100.0)
    OwnedFolder(to, many).close()
    child = begin(to)
    while child.poll() is None and not any(
        b"\n" in log.read_bytes() for log in (to / "runs").glob("*.jsonl")
    ):
        time.sleep(0.005)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (128 + signal.SIGINT, "")
    after = rf"( after [\d,]+ of {many.n_runs:,} runs)?"
    said = rf"fireflies sweep: ended{after}; --resume -o \S+ goes on with it\n"
    assert re.fullmatch(said, err), err
    frame = open_sweep(to).frame
    assert 0 < len(frame) < many.n_runs
    (log, *_) = (to / "runs").glob("*.jsonl")
    pid = int(log.stem.rpartition("-")[2])
    deadline = time.monotonic() + 30.0
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
