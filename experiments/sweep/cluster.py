"""A cluster as the pool of a sweep: dask's, on other machines or one that is begun here."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from experiments.processes.workers import n_cores
from experiments.sweep.folder import SweepError
from experiments.sweep.pool import LOST, WorkerPool

LOCAL: Final = "local"
"""What stands for a cluster that is begun on this machine."""

WAIT_S: Final = 30
"""Seconds for which somebody who doesn't answer is waited for."""

_SAFE_PATH: Final = "PYTHONSAFEPATH"


@contextmanager
def cluster_pool(address: str, jobs: int | None = None) -> Iterator[WorkerPool]:
    """The workers of a cluster, each thread of which makes one call at a time.

    Parameters
    ----------
    address
        ``tcp://host:port`` of its scheduler, or ``local``, for one that ends with the context.
    jobs
        Worker processes of one that is begun here; by default as many as there are processors.

    Raises
    ------
    SweepError
        dask.distributed is not installed, or there is no such cluster, or nobody works there.
    """
    if importlib.util.find_spec("distributed") is None:
        needed = "pip install 'cascade-fireflies[cluster]'"
        raise SweepError(f"a cluster needs dask.distributed: {needed}")
    from distributed import Client

    if address != LOCAL:
        _knock(address)
    with _scheduler(address, jobs) as place:
        try:
            client: Any = Client(place, timeout=WAIT_S)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError) as error:
            raise SweepError(f"there is no cluster at {address}: {error}") from error
        with client:
            yield _pool(client, address)


def _pool(client: Any, address: str) -> WorkerPool:
    from distributed.scheduler import KilledWorker

    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except TimeoutError as error:
        raise SweepError(f"nobody works at {address}") from error
    n = sum(client.nthreads().values())
    has_dashboard = address != LOCAL or _can_draw_dashboard()
    return WorkerPool(
        executor=client.get_executor(pure=False),
        n=n,
        n_ahead=max(1, n // 4),  # nobody waits for the next batch to come
        lost=(*LOST, KilledWorker),
        tries_again=True,
        watch=lambda: frozenset(client.nthreads()),
        dashboard=client.dashboard_link if has_dashboard else "",
    )


def _knock(address: str) -> None:
    """Refuse an address at which nobody answers: a client that finds nobody leaves its thread."""
    match = re.fullmatch(r"(?:tcp|tls)://\[?(.+?)\]?:([0-9]{1,5})", address)
    if match is None:
        raise SweepError(f"a cluster must be {LOCAL} or tcp://HOST:PORT, got '{address}'")
    try:
        socket.create_connection((match[1], int(match[2])), WAIT_S).close()
    except (OSError, OverflowError) as error:
        raise SweepError(f"there is no cluster at {address}: {error}") from error


@contextmanager
def _scheduler(address: str, jobs: int | None) -> Iterator[Any]:
    """What a client is given: an address, or a cluster of this machine."""
    if address != LOCAL:
        yield address
        return
    if getattr(sys, "frozen", False):
        raise SweepError("a packaged program can't begin a cluster; give the address of one")
    from distributed import LocalCluster

    with (
        _safe_path(),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=jobs or n_cores(),
            threads_per_worker=1,
            dashboard_address=":0",  # any that is free
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _safe_path() -> Iterator[None]:
    """New processes, also those that take the place of dead ones, look for no module here.

    They would run a ``random.py`` of the current folder before they hear where to look.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _can_draw_dashboard() -> bool:
    return importlib.util.find_spec("bokeh") is not None
