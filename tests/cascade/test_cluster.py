"""A cluster as the pool of an executor: dask's, with one worker process on this machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cascade as cs
from cascade.adapters.pools import FuturesExecutor

pytestmark = pytest.mark.slow


@cs.task
def where() -> int:
    return os.getpid()


@cs.task
async def add(a: int, b: int) -> int:
    await asyncio.sleep(0)
    return a + b


@cs.task
def countdown(n: int) -> Any:
    return countdown(n - 1) if n else os.getpid()


@pytest.fixture(scope="module")
def cluster() -> Iterator[FuturesExecutor]:
    from distributed import Client, LocalCluster  # half a second

    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1, threads_per_worker=2, dashboard_address=":0"
        ) as local,
        Client(local) as client,  # type: ignore[no-untyped-call]
        client.get_executor() as pool,
    ):
        pool.submit(int).result()
        yield FuturesExecutor(pool)


async def run(executor: cs.Executor, target: cs.Lazy) -> Any:
    async with cs.Engine(executor=executor) as engine:
        return await engine.run(target)


async def test_tasks_run_on_the_cluster(cluster: FuturesExecutor) -> None:
    """Functions of both kinds, with arguments by position and by name, and tail calls."""
    worker = await run(cluster, where())
    assert worker != os.getpid()
    assert await run(cluster, countdown(3)) == worker
    assert await run(cluster, add(add(1, 2), b=3)) == 6


async def test_functions_without_a_name_travel_by_value(cluster: FuturesExecutor) -> None:
    """A local task goes there with what it closes over, and its tail calls come back."""
    offset = 10

    @cs.task
    def local(n: int) -> Any:
        return local(n - 1) if n else (os.getpid(), offset)

    assert await run(cluster, local(2)) == (await run(cluster, where()), 10)


async def test_equal_calls_are_two_calls(cluster: FuturesExecutor) -> None:
    """The cluster doesn't give the second one the result of the first."""

    @cs.task
    def random_bytes(n: int) -> bytes:
        return os.urandom(n)

    @cs.task
    def both(a: bytes, b: bytes) -> bool:
        return a == b

    assert not await run(cluster, both(random_bytes(16), random_bytes(16)))


async def test_failures_come_back(cluster: FuturesExecutor, tmp_path: Path) -> None:
    """The error is the task's own, and another try is a call of its own."""

    @cs.task
    def fail_once(path: Path) -> int:
        if path.exists():
            return os.getpid()
        path.touch()
        raise ValueError(f"from {os.getpid()}")

    worker = await run(cluster, where())
    with pytest.raises(ValueError, match=f"from {worker}"):
        await run(cluster, fail_once(tmp_path / "first"))
    assert await run(cluster, fail_once(tmp_path / "second").with_retry(1)) == worker
