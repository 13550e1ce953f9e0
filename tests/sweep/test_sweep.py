"""Sweeps: every run has one row, wherever and however often it is run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest

import experiments.sweep
from experiments import LineLog, Parameters, Simulation
from experiments.model.observables import R
from experiments.population.factory import COMPILED
from experiments.processes.workers import Workers
from experiments.sweep import (
    Sweep,
    SweepError,
    SweepFolder,
    SweepPlan,
    SweepProgress,
    SweepStoppedError,
    kept_rows,
    open_sweep,
    run,
    runner,
)
from experiments.sweep.folder import OwnedFolder
from experiments.sweep.known_rows import KnownRows
from experiments.sweep.measuring import FASTEST, Batch, Row, batch_of, kind_for
from experiments.sweep.pool import WorkerPool
from experiments.sweep.rows import frame_of
from experiments.sweep.running import fill
from tests.experiments.simulating import simulate
from tests.sweep.plans import plan, told_by_worker
from tests.sweep.pools import Here, measured_in_a_thread


@pytest.fixture
def one_thread() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="module")
def two_processes() -> Iterator[Workers]:
    with Workers(2) as workers:
        yield workers


@pytest.fixture(scope="module")
def expected() -> polars.DataFrame:
    """The table of the small plan, from this process alone, in no order but the runs' own."""
    found = plan()
    assert found.refused
    with ThreadPoolExecutor(1) as executor:
        return run(found, executor).frame


# -- one table ---------------------------------------------------------------------------


def test_two_processes_make_the_table_of_one(
    expected: polars.DataFrame, two_processes: Workers, tmp_path: Path
) -> None:
    """Bit for bit, also from the folder, and the file has the same bytes each time."""
    assert run(plan(), two_processes).frame.equals(expected)
    kept = run(plan(), two_processes, to=tmp_path / "a")
    assert kept.frame.equals(expected)
    with ThreadPoolExecutor(1) as executor:
        run(plan(), executor, to=tmp_path / "b")
    one, two = ((tmp_path / name / "table.parquet").read_bytes() for name in "ab")
    assert one == two


@pytest.mark.workflows
def test_compiled_fireflies_make_the_table_of_workflows() -> None:
    """Bit for bit; they are taken by themselves where they are had and more than a few."""
    few, many = Parameters(side=5), Parameters(side=6)
    assert kind_for(few, FASTEST) == "auto"
    assert kind_for(many, "workflows") == "workflows"
    if COMPILED.lacks(many):
        assert kind_for(many, FASTEST) == "auto"
        pytest.skip("numba is not installed")
    assert kind_for(many, FASTEST) == "compiled"
    small = plan("nudge=0:1:3", fixed={"side": 4}, seeds=1)
    both = [run(small, Here(), jobs=1, population=each).frame for each in ("workflows", "compiled")]
    assert both[0].equals(both[1])


def test_a_table_has_all_there_is_to_a_run(expected: polars.DataFrame) -> None:
    """A row for each, in order: parameters, seed, what was measured, digest, how it ended."""
    found = plan()
    assert expected.columns[:4] == ["cell", "replicate", "seed", "side"]
    assert expected.columns[-8:] == [
        "R_end", "time_to_sync", "flashes", "digest", "seconds", "version", "status", "reason",
    ]  # fmt: skip
    rows = expected.rows(named=True)
    assert [(row["cell"], row["replicate"]) for row in rows] == [
        (point.cell, point.replicate) for point in found.points
    ]
    for row, point in zip(rows, found.points, strict=True):
        parameters = {**found.fixed, **found.values_of(point.cell)}
        assert {name: row[name] for name in parameters} == parameters
        assert row["seed"] == found.seed_of(point)
        if point.cell in found.refused:
            assert (row["status"], row["R_end"], row["digest"]) == ("refused", None, None)
            assert row["reason"].startswith("jitter must be")
        else:
            assert (row["status"], row["reason"], len(row["digest"])) == ("done", None, 64)
            assert 0.0 <= row["R_end"] <= 1.0
    assert expected["time_to_sync"].is_not_null().any()


def test_the_session_of_a_run_repeats_to_its_digest(expected: polars.DataFrame) -> None:
    """And to its R at the end, of every cell."""
    sweep = Sweep(plan(), expected)
    for cell in range(sweep.plan.n_cells):
        if cell in sweep.plan.refused:
            with pytest.raises(SweepError, match="has no result: jitter must be"):
                sweep.session(cell)
            continue
        session = sweep.session(cell, 1)

        async def repeat(simulation: Simulation, cell: int = cell) -> None:
            following = simulation.follow(sweep.session(cell, 1))
            simulation.run_until(following.horizon)
            assert following.verdict is not None
            assert following.verdict.is_same is True
            row = sweep.frame.row(2 * cell + 1, named=True)
            assert abs(simulation.order_parameter()) == row["R_end"]

        simulate(repeat, session.parameters)
    with pytest.raises(SweepError, match="no run 2 of cell 3"):
        sweep.session(3, 2)


def test_maps_are_means_of_the_runs_that_have_a_value(expected: polars.DataFrame) -> None:
    """One number a cell; nan where none has one."""
    sweep = Sweep(plan(), expected)
    values, means = sweep.values("time_to_sync"), sweep.map("time_to_sync")
    assert (values.shape, means.shape) == ((5, 4, 2), (5, 4))
    for place in np.ndindex(5, 4):
        known = [value for value in values[place] if not np.isnan(value)]
        assert means[place] == pytest.approx(np.mean(known)) if known else np.isnan(means[place])
    assert np.isnan(sweep.map("R_end")[:, 0]).all()
    assert not np.isnan(sweep.map("R_end")[:, 1:]).any()
    with pytest.raises(ValueError, match="observed were R_end, time_to_sync, not 'R'"):
        sweep.map("R")


def test_a_sweep_is_given_to_xarray(expected: polars.DataFrame) -> None:
    """Observables over the axes and the replicate, with the values of the axes."""
    xarray = pytest.importorskip("xarray", reason="xarray is not installed")
    dataset = Sweep(plan(), expected).to_xarray()
    assert isinstance(dataset, xarray.Dataset)
    assert dataset["time_to_sync"].attrs["units"] == "s"
    assert dataset["R_end"].attrs == {"long_name": R.words, "units": "1"}
    assert dict(dataset.sizes) == {"nudge": 5, "refractory": 4, "replicate": 2}
    at = dataset["R_end"].sel(nudge=0.5, refractory=2.0, replicate=1)
    row = expected.filter((polars.col("nudge") == 0.5) & (polars.col("refractory") == 2.0))
    assert float(at) == row["R_end"][1]


# -- going on ----------------------------------------------------------------------------


def test_a_sweep_that_was_cut_off_is_gone_on_with(
    expected: polars.DataFrame, one_thread: Executor, tmp_path: Path
) -> None:
    """What was kept is not run again, and nothing is lost; the folder can be read meanwhile."""
    to = tmp_path / "sweep"

    class CutOffError(Exception):
        pass

    def cut_off(progress: SweepProgress) -> None:
        if progress.done >= 15:
            raise CutOffError

    with pytest.raises(CutOffError):
        run(plan(), one_thread, to=to, on_progress=cut_off)
    half = open_sweep(to)
    assert 15 <= len(half) < 40
    assert list((to / "runs").glob("*.jsonl"))
    seen: list[SweepProgress] = []
    whole = run(plan(), one_thread, to=to, resumes=True, on_progress=seen.append)
    assert whole.frame.equals(expected)
    assert open_sweep(to).frame.equals(expected)
    assert {each.found for each in seen} == {len(half)}
    assert seen[0].done >= len(half)  # what is there counts from the beginning
    assert (seen[-1].done, seen[-1].failed, seen[-1].share) == (40, 10, 1.0)
    assert sorted(path.name for path in to.iterdir()) == [
        "manifest.json", "plan.toml", "runs", "table.parquet",
    ]  # fmt: skip
    assert not list((to / "runs").iterdir())


def test_a_folder_takes_no_other_sweep(
    one_thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor that of another version, nor two processes; nor is it a place among other files."""
    to = tmp_path / "sweep"
    small = plan("nudge=0,0.1")
    run(small, one_thread, to=to)
    with pytest.raises(SweepError, match="holds a sweep already: --resume goes on with it"):
        run(small, one_thread, to=to)
    with pytest.raises(SweepError, match="holds the sweep of another plan"):
        run(plan("nudge=0,0.2"), one_thread, to=to, resumes=True)
    with (
        OwnedFolder(to, None, resumes=True),
        pytest.raises(SweepError, match="another process is at the sweep"),
    ):
        run(small, one_thread, to=to, resumes=True)
    monkeypatch.setattr("experiments.sweep.folder.program_version", lambda: "9.9")
    words = r"holds a sweep of version .*, and this is 9\.9: their runs are not mixed"
    with pytest.raises(SweepError, match=words):
        run(small, one_thread, to=to, resumes=True)
    for name in ("plan.toml", "mine"):
        (tmp_path / name).touch()
        with pytest.raises(SweepError, match="holds other things"):
            run(small, one_thread, to=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "plan.toml", "sweep"]
    with pytest.raises(SweepError, match="holds no sweep"):
        open_sweep(tmp_path)
    (to / "plan.toml").write_bytes((to / "plan.toml").read_bytes().replace(b"24.0", b"25.0"))
    with pytest.raises(SweepError, match="has been changed since the sweep began"):
        open_sweep(to)


def test_a_worker_of_another_version_stops_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """With both versions."""
    monkeypatch.setattr(runner, "program_version", lambda: "9.9")
    with pytest.raises(SweepStoppedError, match=r"is of version .*, and this is 9\.9"):
        run(plan("nudge=0,0.1"), Here(), jobs=1)


# -- failure -----------------------------------------------------------------------------


def test_a_run_that_fails_is_a_row_with_its_reason() -> None:
    """The others of its batch go on; here one that is given no time at all."""
    batch = batch_of(plan("nudge=0,0.1", seeds=1), tuple(plan("nudge=0,0.1", seeds=1).points))
    broken = Batch(**{
        **{name: getattr(batch, name) for name in Batch.__slots__},
        "values": ({"nudge": 9.0}, {"nudge": 0.1}),
    })  # fmt: skip
    rows = measured_in_a_thread(broken)
    assert [row["status"] for row in rows] == ["failed", "done"]
    assert rows[0]["reason"].startswith("ParameterError: nudge must be")
    assert told_by_worker(rows[1]) == told_by_worker(measured_in_a_thread(batch)[1])
    late = run(plan("nudge=0,0.1", seconds=1e7), Here(), jobs=1, within_s=0.01)
    assert set(late.frame["status"]) == {"failed"}
    assert late.frame["reason"][0].startswith("it was at ")


def test_runs_whose_worker_died_are_done_again(expected: polars.DataFrame) -> None:
    """Each by itself, and told; none is missing."""
    notes: list[str] = []
    deaths = [BrokenExecutor("worker 7 is gone"), BrokenExecutor("worker 8 is gone")]

    def fail(batch: Batch) -> None:
        if len(batch.points) > 1 and deaths:
            raise deaths.pop()

    here = Here(fail)
    assert run(plan(), here, jobs=1, on_note=notes.append).frame.equals(expected)
    lost = [len(batch.points) for batch in here.batches if len(batch.points) > 1][:2]
    assert notes == [
        f"worker 8 is gone; its {lost[0]} runs are done again",
        f"worker 7 is gone; its {lost[1]} runs are done again",
    ]


def test_a_run_that_ends_its_worker_again_and_again_is_a_row() -> None:
    """Done again thrice, it has no result; all others have."""
    tries: list[int] = []

    def fail(batch: Batch) -> None:
        if any(point.cell == 3 for point in batch.points):
            tries.append(len(batch.points))
            raise BrokenExecutor("out of memory")

    notes: list[str] = []
    found = run(plan("nudge=0:0.4:9", seeds=1), Here(fail), jobs=1, on_note=notes.append)
    assert len(tries) == 4
    row = found.frame.row(3, named=True)
    assert (row["status"], row["reason"]) == ("failed", "no result after 4 tries: out of memory")
    assert found.frame["status"].to_list().count("done") == 8
    assert len(notes) == 3


def test_a_worker_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where runs have a limit, and their batch some time beyond it: others go on."""
    monkeypatch.setattr(runner, "GRACE_S", 0.01)
    asked: list[Future[Any]] = []

    class Deaf(Here):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            made = super().submit(fn, *args, **kwargs)
            if all(point.cell != 1 for point in self.batches[-1].points):
                return made
            asked.append(Future())
            return asked[-1]

    found = run(plan("nudge=0,0.1,0.2", seeds=1), Deaf(), jobs=1, within_s=0.5)
    assert found.frame["status"].to_list() == ["done", "failed", "done"]
    assert found.frame["reason"][1].startswith(
        "no result after 4 tries: task 'measure' took longer"
    )
    assert len(asked) == 4
    assert all(future.cancelled() for future in asked)


def test_an_executor_that_takes_no_calls_stops_the_sweep() -> None:
    """In one sentence; and so does one that can't make them."""

    class Shut(Here):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            raise RuntimeError("cannot schedule new futures after shutdown")

    for jobs in (1, 3):  # one sentence, however many lanes hear of it at once
        with pytest.raises(SweepStoppedError, match="no more calls: RuntimeError: cannot schedule"):
            run(plan("nudge=0:0.4:5"), Shut(), jobs=jobs)

    def fail(batch: Batch) -> None:
        raise ModuleNotFoundError("No module named 'experiments'")

    with pytest.raises(SweepStoppedError, match="a batch can't be run: No module named"):
        run(plan("nudge=0,0.1"), Here(fail), jobs=1)


def test_a_worker_that_is_killed_loses_nothing(
    expected: polars.DataFrame, two_processes: Workers
) -> None:
    """The very process that has just sent rows."""
    notes: list[str] = []
    killed: list[int] = []

    def kill(rows: Sequence[Row]) -> None:
        pid = int(rows[0].get("worker", "-0").rpartition("-")[2])
        if pid and not killed:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    known = KnownRows(None)
    survey = runner.RunningSweep(
        plan(), WorkerPool(two_processes, 2), known, on_note=notes.append, on_rows=kill
    )
    asyncio.run(survey.run())
    assert killed
    assert frame_of(plan(), known.rows).equals(expected)


class _Full(LineLog):
    """A file on a disk that is full after some records."""

    def write(self, record: Any) -> bool:
        if self.n_records == 4:
            self.fault = OSError(28, os.strerror(28))
            return False
        return super().write(record)


def test_a_full_disk_stops_the_sweep_in_one_sentence(
    expected: polars.DataFrame, tmp_path: Path
) -> None:
    """What fitted is whole, and it can be gone on with when there is room."""
    to = tmp_path / "sweep"
    with (
        OwnedFolder(to, plan(), open_log=_Full) as folder,
        pytest.raises(SweepStoppedError, match=r"can't be kept in .*: No space left on device; "),
    ):
        fill(folder, WorkerPool(Here(), 1))
    assert open_sweep(to).frame["status"].to_list().count("done") == 4
    assert run(plan(), Here(), to=to, resumes=True, jobs=1).frame.equals(expected)


# -- files -------------------------------------------------------------------------------


def test_without_polars_the_table_is_csv(
    expected: polars.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same numbers to the last bit, to be gone on with and to be read."""
    to = tmp_path / "sweep"
    with monkeypatch.context() as patch:
        patch.setattr("experiments.sweep.folder.has_parquet", lambda: False)
        with OwnedFolder(to, plan()) as folder:
            fill(folder, WorkerPool(Here(), 1))
        assert [path.name for path in folder.tables()] == ["table.csv"]
        with OwnedFolder(to, None, resumes=True) as folder:
            assert fill(folder, WorkerPool(Here(), 1)).found == 40
    assert open_sweep(to).frame.equals(expected)
    store, sweep = kept_rows(SweepFolder(to)), Sweep(plan(), expected)
    assert np.array_equal(store.values("R_end"), sweep.values("R_end"), equal_nan=True)
    assert np.array_equal(store.map("R_end"), sweep.map("R_end"), equal_nan=True)
    assert store.states().tolist() == sweep.states().tolist()
    assert store.reasons() == sweep.reasons()
    assert store.session(3) == sweep.session(3)


def test_lines_that_are_not_whole_are_no_rows(one_thread: Executor, tmp_path: Path) -> None:
    """As a machine that lost its power may leave them."""
    to = tmp_path / "sweep"
    run(plan("nudge=0,0.1"), one_thread, to=to)
    row = {"cell": 0, "replicate": 0, "status": "failed"}
    (to / "runs" / "0009-x.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row)[:20])
    assert len(open_sweep(to)) == 4
    assert open_sweep(to).frame["status"].to_list() == ["done"] * 4


async def test_a_sweep_runs_where_a_loop_runs_already(expected: polars.DataFrame) -> None:
    """As in a notebook: in a thread of its own, and what it raises is raised here."""
    assert run(plan(), Here(), jobs=1).frame.equals(expected)
    with pytest.raises(SweepError, match="holds other things"):
        run(plan(), Here(), jobs=1, to=Path(__file__).parent)


def test_an_interrupt_in_a_notebook_ends_the_sweep() -> None:
    """Which runs in a thread of its own there: nothing of it goes on."""
    seen: list[SweepProgress] = []
    main = threading.main_thread()

    def interrupt(progress: SweepProgress) -> None:
        if not seen:
            assert main.ident is not None
            signal.pthread_kill(main.ident, signal.SIGINT)
        seen.append(progress)

    async def cell() -> None:
        run(plan("nudge=0:1:21", seeds=40), Here(), jobs=1, on_progress=interrupt)

    before = threading.active_count()
    loop = asyncio.new_event_loop()
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(cell())
    finally:
        signal.signal(signal.SIGINT, handler)
        loop.close()
    assert threading.active_count() == before
    assert seen[-1].done < 840


def test_the_package_offers_what_it_says() -> None:
    """Every name of it is there."""
    assert all(hasattr(experiments.sweep, name) for name in experiments.sweep.__all__)
    assert repr(Sweep(SweepPlan(axes=plan().axes), polars.DataFrame())) == (
        "<Sweep over 5 nudge x 4 refractory: 0 of 20 runs>"
    )
