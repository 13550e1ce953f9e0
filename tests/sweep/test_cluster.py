"""Sweeps on a dask cluster: the same table, and nothing lost when a worker dies."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import SweepError, open_sweep, run
from experiments.sweep.cluster import LOCAL, cluster_pool
from experiments.sweep.folder import OwnedFolder
from experiments.sweep.known_rows import KnownRows
from experiments.sweep.measuring import Row
from experiments.sweep.rows import frame_of
from experiments.sweep.runner import RunningSweep
from experiments.sweep.running import fill
from tests.proofs import FULL
from tests.sweep.plans import plan
from tests.sweep.pools import Here

pytest.importorskip("distributed", reason="dask.distributed is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A real cluster whose one worker is a thread of this process."""
    from distributed import LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without a network it looks for one in vain
        cluster: Any = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
            host="127.0.0.1",
            protocol="tcp",
        )
    with cluster:
        with cluster_pool(cluster.scheduler_address) as pool:
            pool.submit(int).result()  # from now on all threads are there that stay
        yield cluster.scheduler_address


def test_a_cluster_makes_the_table_of_one_process(address: str, tmp_path: Path) -> None:
    """Bit for bit, by its address; and by the executor that dask gives out."""
    from distributed import Client

    expected = run(plan(), Here(), jobs=1).frame
    with cluster_pool(address) as pool, OwnedFolder(tmp_path / "x", plan()) as folder:
        assert (pool.n, pool.n_ahead) == (1, 1)
        assert pool.watch is not None
        assert len(pool.watch()) == 1
        fill(folder, pool)
    assert open_sweep(tmp_path / "x").frame.equals(expected)
    with Client(address) as client:  # type: ignore[no-untyped-call]
        assert run(plan(), client.get_executor(), jobs=1).frame.equals(expected)


def test_there_is_no_cluster_at_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and so is what has to be installed where it isn't."""
    monkeypatch.setattr("experiments.sweep.cluster.WAIT_S", 0.2)
    with (
        pytest.raises(SweepError, match=r"there is no cluster at tcp://127\.0\.0\.1:1: "),
        cluster_pool("tcp://127.0.0.1:1"),
    ):
        pass
    with (
        pytest.raises(SweepError, match=r"must be local or tcp://HOST:PORT, got 'somewhere'"),
        cluster_pool("somewhere"),
    ):
        pass
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with (
        pytest.raises(SweepError, match=r"pip install 'cascade-fireflies\[cluster\]'"),
        cluster_pool(LOCAL),
    ):
        pass


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.usefixtures("address")  # with which those threads begin that dask never ends
def test_a_cluster_worker_that_is_killed_loses_nothing() -> None:
    """Of two worker processes one is killed in the middle of a run; the table is the same."""
    if not FULL:
        pytest.skip("two worker processes take ten seconds to begin: in the drill alone")
    notes: list[str] = []
    killed: list[int] = []

    def kill(rows: Sequence[Row]) -> None:
        pid = int(rows[0].get("worker", "-0").rpartition("-")[2])
        if pid and not killed:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    many = plan("nudge=0:1:9", "refractory=0.2:2:9", seconds=100.0)
    expected = run(many, Here(), jobs=1).frame
    known = KnownRows(None)
    with cluster_pool(LOCAL, 2) as pool:
        survey = RunningSweep(many, pool, known, on_note=notes.append, on_rows=kill)
        asyncio.run(survey.run())
    assert killed
    assert frame_of(many, known.rows).equals(expected)
    assert len(notes) == 1
    assert notes[0].endswith("is gone; what it had begun is done again")
