"""Workers: child processes that are called like any pool."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.processes.workers import WorkerDiedError, Workers

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1) as made:
        yield made


def test_a_worker_calls_functions_one_after_the_other(workers: Workers) -> None:
    """In one other process; what they raise comes back, and what can't be sent is told."""
    first = workers.submit(os.getpid).result()
    assert first != os.getpid()
    assert list(workers.map(math.sqrt, [1, 4, 9])) == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="invalid literal for int"):
        workers.submit(int, "minus one").result()
    with pytest.raises((pickle.PicklingError, AttributeError)):
        workers.submit(lambda: 3).result()
    with pytest.raises(TypeError, match="pickle"):
        workers.submit(open, os.devnull).result()
    workers.submit(print, "this is no answer").result()
    assert workers.submit(os.getpid).result() == first


def test_a_worker_that_dies_fails_its_call_alone(workers: Workers) -> None:
    """The error says how it ended, and the next call has another one."""
    before = workers.submit(os.getpid).result()
    dying, next_one = workers.submit(os._exit, 7), workers.submit(os.getpid)
    with pytest.raises(WorkerDiedError, match=f"worker process {before} ended with exit code 7"):
        dying.result()
    assert next_one.result() not in (before, os.getpid())


def test_cancelling_a_call_ends_its_worker(workers: Workers) -> None:
    """One that hangs holds nobody up."""
    hanging = workers.submit(time.sleep, 3600.0)
    while not hanging.running():
        time.sleep(0.001)
    waiting = workers.submit(math.sqrt, 4)
    while not hanging.done():
        hanging.cancel()
        time.sleep(0.001)
    with pytest.raises(WorkerDiedError):
        hanging.result()
    assert waiting.result() == 2.0


def test_workers_that_were_told_to_end_take_no_calls() -> None:
    """What waits is cancelled, if that is asked for; no process is begun without need."""
    idle = Workers(2)
    idle.shutdown()
    with pytest.raises(RuntimeError, match="told to end"):
        idle.submit(os.getpid)
    with pytest.raises(ValueError, match="at least 1 worker, got 0"):
        Workers(0)


def test_workers_find_their_modules_where_others_have_the_same_names(tmp_path: Path) -> None:
    """A `random.py` and an `experiments` in the current folder are not theirs.

    And they end when their parent is killed, in the middle of a call too.
    """
    for name in ("random.py", "pickle.py", "experiments.py", "queue.py"):
        (tmp_path / name).write_text("raise SystemExit('this is not the one')\n")
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if p]; sys.path.insert(0, {str(ROOT)!r})\n"
        "import os, signal, time\n"
        "from experiments.processes.workers import Workers\n"
        "workers = Workers(1)\n"
        "print(workers.submit(os.getpid).result(), flush=True)\n"
        "workers.submit(time.sleep, 3600.0)\n"
        "time.sleep(0.05)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    pid = int(done.stdout)
    assert done.stderr == ""
    deadline = time.monotonic() + 30.0
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # whose new parent has not looked yet
