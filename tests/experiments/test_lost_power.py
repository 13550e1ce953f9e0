"""Files of a process that is killed, or of a disk that is full: whole lines, whole files."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import (
    SAMPLE_INTERVAL,
    CoherenceRecord,
    ExportError,
    History,
    LineLog,
    Parameters,
    Provenance,
    Simulation,
    Table,
    export_table,
    sidecar_path,
)
from experiments.commands.command_line import main
from experiments.export.kinds import coherence_table, flash_table, phase_table
from experiments.export.tables import ARRAY_FORMATS
from experiments.run.run_metrics import RUN_METRICS, RunMetrics
from tests.experiments.simulating import simulate
from tests.forked import Child

RUN = Provenance(command="fireflies run", parameters=Parameters(side=3))

N = 20_000
TIMES = np.random.default_rng(1).random(N)
IDS = np.arange(N, dtype=np.uint32)


def coherence_of(n: int) -> CoherenceRecord:
    """A record of so many samples."""
    record = CoherenceRecord(9)
    for k, value in enumerate(TIMES[:n].tolist()):
        record.add(k * SAMPLE_INTERVAL, complex(value, 0.0), 5.0)
    return record


EXPORTS: list[tuple[str, Callable[[Path], None]]] = [
    ("f.csv", lambda path: export_table(path, flash_table(TIMES, IDS), RUN)),
    ("f.parquet", lambda path: export_table(path, flash_table(TIMES, IDS), RUN)),
    ("r.jsonl", lambda path: export_table(path, coherence_table(coherence_of(N)), RUN)),
    ("p.npy", lambda path: export_table(path, phase_table(TIMES), RUN, ARRAY_FORMATS)),
    (
        "m.csv",
        lambda path: export_table(path, Table("metrics", {"t": TIMES.tolist()}, RUN_METRICS), RUN),
    ),
]


@contextmanager
def no_file_over(n_bytes: int) -> Iterator[None]:
    """As if the disk were full once a file is as large."""
    resource = pytest.importorskip("resource", reason="POSIX limits")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("name", "export"), EXPORTS)
def test_no_room_is_one_sentence_and_leaves_what_was_there(
    tmp_path: Path, name: str, export: Callable[[Path], None]
) -> None:
    """The file, its sidecar, and nothing beside them."""
    path = tmp_path / name
    path.write_text("precious")
    sidecar_path(path).write_text("{}")
    with no_file_over(50_000), pytest.raises(ExportError) as caught:
        export(path)
    assert str(caught.value) == f"{path} can't be written: File too large"
    assert (path.read_text(), sidecar_path(path).read_text()) == ("precious", "{}")
    assert len(list(tmp_path.iterdir())) == 2
    export(path)
    assert path.stat().st_size > 50_000


def test_a_full_disk_ends_a_run_with_one_line(tmp_path: Path) -> None:
    """On a disk of 64 kB: exit code 1, and what had been written is gone again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=64k none {disk}"
    if (
        sys.platform != "linux"
        or subprocess.run(
            ["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs Linux, and leave to mount a small disk")
    run = f"{sys.executable} -m experiments.run_fireflies --headless --side 10 --seconds 200"
    files = f"--coherence {disk}/r.csv --events {disk}/e.csv --phases {disk}/p.npy"
    shell = f"{mount}; {run} {files}; code=$?; ls -A {disk}; exit $code"
    found = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        f"fireflies run: --events {disk}/e.csv can't be written: No space left on device\n"
    )


# -- a log of lines -------------------------------------------------------------------------


def test_no_room_takes_back_the_line_that_does_not_fit(tmp_path: Path) -> None:
    """Whole lines stay, the reason is kept, and nothing more is written."""
    path = tmp_path / "m.jsonl"
    with no_file_over(1_000), LineLog(path) as log:
        for k in range(40):
            assert log.write({"k": k, "words": "x" * 50}) == (log.fault is None)
        assert log.closed
        assert log.fault is not None
        assert log.fault.strerror == "File too large"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [record["k"] for record in records] == list(range(log.n_records))
    assert 1_000 - 100 < path.stat().st_size <= 1_000
    assert path.read_bytes().endswith(b"}\n")


def test_each_record_is_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system sees it, so that no line is ever half there."""
    if sys.platform != "linux" or not Path("/proc/self/io").exists():
        pytest.skip("needs /proc/self/io")

    def calls() -> int:
        words = Path("/proc/self/io").read_text().split()
        return int(words[words.index("syscw:") + 1])

    with LineLog(tmp_path / "m.jsonl") as log:
        before = calls()
        for k in range(100):
            log.write({"k": k, "words": "x" * 5_000})
        assert calls() - before == 100


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_live_metrics_and_not_the_run(tmp_path: Path, capfd: Any) -> None:
    """The figures and the other files are there; one line and exit code 1 say what isn't."""
    path, events = tmp_path / "m.jsonl", tmp_path / "e.csv"
    path.symlink_to("/dev/full")
    options = ["--side", "4", "--seconds", "5", "--events", str(events), "--metrics", str(path)]
    assert main(options) == 1
    out, err = capfd.readouterr()
    assert json.loads(out)["flashes"] == events.read_text().count("\n") - 1
    assert err == (
        f"fireflies run: --metrics {path} ends after 0 records: No space left on device\n"
    )


def killed_at_random(code: str, path: Path, rng: random.Random) -> list[str]:
    """The lines that a process leaves which is killed at a random moment."""
    path.unlink(missing_ok=True)
    with Child(code) as process:
        deadline = time.monotonic() + 240
        while not (path.exists() and path.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(rng.uniform(0.0, 0.05))
        process.kill()
    contents = path.read_text()
    assert contents.endswith("\n")
    return contents.splitlines()


@pytest.mark.slow
def test_a_killed_process_leaves_whole_lines(tmp_path: Path) -> None:
    """A hundred thousand records a second, killed at random moments: every line parses."""
    path = tmp_path / "m.jsonl"
    code = f"""
        from itertools import count
        from pathlib import Path
        from experiments import LineLog
        log = LineLog(Path({str(path)!r}))
        for k in count():
            log.write({{"k": k, "words": "x" * (k % 900)}})
    """
    rng = random.Random(7)
    for _ in range(4):
        records = [json.loads(line) for line in killed_at_random(code, path, rng)]
        assert [record["k"] for record in records] == list(range(len(records)))
        assert [len(record["words"]) for record in records] == [
            record["k"] % 900 for record in records
        ]


def test_no_line_lies_across_two_pages(tmp_path: Path) -> None:
    """A write that is broken off between two pages has written nothing or all of a line."""
    with LineLog(tmp_path / "m.jsonl") as log:
        for k in range(2_000):
            log.write({"k": k, "words": "x" * (k % 900)})
    end = 0
    for line in (tmp_path / "m.jsonl").read_bytes().splitlines(keepends=True):
        begin, end = end, end + len(line)
        assert begin // 4_096 == (end - 1) // 4_096
    assert end == (tmp_path / "m.jsonl").stat().st_size


@pytest.mark.slow
def test_a_killed_run_leaves_its_metrics(tmp_path: Path) -> None:
    """Up to a second before its end, with a sidecar that says that it was going on."""
    path = tmp_path / "m.jsonl"
    events = tmp_path / "e.csv"
    code = "from experiments.run_fireflies import main; main()"
    endless = ("--headless", "--side", 8, "--seconds", 1e8)
    with Child(code, *endless, "--metrics", path, "--events", events) as process:
        deadline = time.monotonic() + 240
        while not (path.exists() and path.read_bytes().count(b"\n") >= 2):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(random.Random(3).uniform(0.0, 1.0))
        process.kill()
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(records) >= 2
    for k, record in enumerate(records, 1):
        assert set(record) == set(RUN_METRICS)
        assert record["wall_s"] >= k
    said = json.loads(sidecar_path(path).read_text())
    assert (said["what"], said["rows"], said["virtual_s"]) == ("metrics", None, None)
    assert not events.exists()


# -- metrics of a run -----------------------------------------------------------------------


def test_records_keep_to_seconds(tmp_path: Path) -> None:
    """The first turn after each second, without drift; long turns leave seconds out."""
    walls = iter([10.0, 10.9, 11.2, 11.9, 12.1, 15.5, 15.9, 16.0])

    async def body(simulation: Simulation) -> RunMetrics:
        metrics = RunMetrics(wall_clock=lambda: next(walls))
        for k in range(8):
            simulation.run_until(float(k))
            metrics.tick(simulation, is_last=k == 7)
        sent.extend(simulation.flashes.read()[0].tolist())
        return metrics

    sent: list[float] = []
    columns = simulate(body, Parameters(side=4, delay=1.5)).columns()
    assert list(columns) == list(RUN_METRICS)
    assert columns["wall_s"] == pytest.approx([1.2, 2.1, 5.5, 6.0])
    assert columns["t"] == [2.0, 4.0, 5.0, 7.0]
    in_flight = [sum(end - 1.5 < t <= end for t in sent) for end in (2.0, 4.0, 5.0, 7.0)]
    assert columns["pulses_in_flight"] == in_flight
    assert min(in_flight) > 0
    speeds = [2 / 1.2, 2 / 0.9, 1 / 3.4, 2 / 0.5]
    assert columns["speed_achieved"] == pytest.approx(speeds)


def test_a_history_keeps_the_latest_records() -> None:
    """As many as it may, and None where a figure is missing."""
    history = History(("a", "b"), most=100)
    for k in range(1_234):
        history.add({"a": float(k), "b": None if k % 2 else 0.5, "c": 3.0})
    assert len(history) == 100
    columns = history.columns()
    assert columns["a"] == [float(k) for k in range(1_134, 1_234)]
    assert columns["b"] == [0.5, None] * 50
    assert list(columns) == ["a", "b"]
