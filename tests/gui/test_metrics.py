"""Readings, seconds and JSON Lines, from made-up clocks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from experiments import LineLog
from gui.models.metrics import HISTORY_COLUMNS, METRICS, Metrics, Readings, Summary


def totals(virtual: float = 0.0, wakes: int = 0, flashes: int = 0) -> dict[str, float]:
    return {"virtual": virtual, "wakes": wakes, "flashes": flashes}


def test_a_summary_of_a_hundred_readings() -> None:
    """Percentiles by nearest rank: p99 of 1..100 is 99, the median 50."""
    summary = Summary.of(range(100, 0, -1))
    assert summary == Summary(min=1, mean=50.5, p50=50, p99=99, max=100)


def test_no_readings_have_no_summary() -> None:
    """Nothing read is None, not zero."""
    assert Summary.of([]) is None


def test_many_readings_at_once_are_summed_up_by_some_of_them() -> None:
    """A hundred thousand in order, beside few others: each call counts by how many there were."""
    readings = Readings()
    readings.extend(np.linspace(100.0, 0.0, 100_000))
    readings.extend([500.0] * 2_000)
    readings.add(-1.0)
    summary = readings.summary()
    assert summary is not None
    assert (summary.min, summary.max) == (-1.0, 500.0)
    assert summary.p50 == pytest.approx(51.0, abs=0.2)
    assert summary.p99 == 500.0
    assert summary.mean == pytest.approx((50.0 * 100_000 + 500.0 * 2_000 - 1.0) / 102_001, rel=1e-3)
    readings.clear()
    assert readings.summary() is None


def test_each_second_has_its_record() -> None:
    """Frames and totals become rates; the metrics' names are the documented ones."""
    metrics = Metrics()
    assert not metrics.tick(5.0, totals())
    for k in range(60):
        metrics.note_paint(5.0 + (k + 1) / 60)
    metrics.note("loop_lag_ms", 0.5)
    metrics.note("flush_duration_ms", 0.2)
    metrics.note_all("lateness_ms", [3.0, 9.0])
    metrics.note("order_parameter", 0.7)
    assert not metrics.tick(5.9, totals())
    assert metrics.tick(6.0, totals(virtual=2.0, wakes=1000, flashes=750))
    assert set(metrics.latest) == set(METRICS)
    assert metrics.latest["fps"].mean == pytest.approx(60)
    assert metrics.latest["render_jitter_ms"].max == pytest.approx(0.0, abs=1e-6)
    assert metrics.latest["lateness_ms"].mean == pytest.approx(6.0)
    assert metrics.latest["speed_achieved"].mean == pytest.approx(2.0)
    assert metrics.latest["wakes_per_s"].mean == pytest.approx(1000)
    assert metrics.latest["flashes_per_s"].mean == pytest.approx(750)


def test_a_restart_within_a_second_gives_no_rate_below_zero() -> None:
    """Totals that fell back to 0 are left out of that second."""
    metrics = Metrics()
    metrics.tick(0.0, totals(virtual=100.0, flashes=10))
    metrics.tick(1.0, totals(virtual=0.5, flashes=20))
    assert "speed_achieved" not in metrics.latest
    assert metrics.latest["flashes_per_s"].mean == pytest.approx(10)


def test_a_rest_is_no_jitter() -> None:
    """An interval on purpose, paused or hidden, doesn't count as a late frame."""
    metrics = Metrics(keep_all=True)
    metrics.note_paint(0.0)
    metrics.note_rest()
    metrics.note_paint(10.0)
    assert "render_jitter_ms" not in metrics.report()


def test_records_are_written_as_json_lines(tmp_path: Path) -> None:
    """One line a second, each with min, mean, p99 and max, on the disk at once."""
    path = tmp_path / "metrics.jsonl"
    with LineLog(path) as lines:
        metrics = Metrics(lines=lines)
        for second in range(4):
            metrics.note("loop_lag_ms", second)
            metrics.tick(100.0 + second, totals(virtual=2.5 * second))
            assert path.read_bytes().count(b"\n") == second
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(record["t"], record["wall_s"]) for record in records] == [(2.5, 1), (5, 2), (7.5, 3)]
    assert records[1]["loop_lag_ms"] == {"min": 2, "mean": 2, "p99": 2, "max": 2}


def test_the_history_has_each_second_in_columns() -> None:
    """As many values in each as there were seconds; None where nothing was read."""
    metrics = Metrics()
    for second in range(4):
        if second != 2:
            metrics.note_all("loop_lag_ms", [second, second + 1.0])
        metrics.tick(50.0 + second, totals(virtual=0.5 * second))
    columns = metrics.history.columns()
    assert list(columns) == list(HISTORY_COLUMNS)
    assert columns["t"] == [0.5, 1.0, 1.5]
    assert columns["wall_s"] == [1.0, 2.0, 3.0]
    assert columns["loop_lag_ms_mean"] == [1.0, None, 3.5]
    assert columns["loop_lag_ms_p99"] == [2.0, None, 4.0]
    assert columns["lateness_ms_max"] == [None] * 3
    assert columns["speed_achieved_mean"] == [0.5] * 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_the_log_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence says so; seconds go on being measured, and the file is closed."""
    with LineLog(Path("/dev/full")) as lines:
        metrics = Metrics(lines=lines)
        for second in range(4):
            assert metrics.tick(float(second), totals()) == (second > 0)
        assert lines.closed
    [record] = caplog.records
    assert record.getMessage() == ("The log of the metrics ends here: No space left on device")
    assert metrics.latest


def test_what_came_before_can_be_forgotten() -> None:
    """After forget() a report holds later readings only."""
    metrics = Metrics(keep_all=True)
    metrics.note("loop_lag_ms", 900.0)
    metrics.frames_dropped = 7
    metrics.forget()
    metrics.note("loop_lag_ms", 1.0)
    assert metrics.report()["loop_lag_ms"].max == 1.0
    assert metrics.frames_dropped == 0
