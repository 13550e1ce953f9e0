"""Executors over pools: what runs where, what comes back, and what failures do."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

import cascade as cs
from cascade.adapters.pools import FuturesExecutor, ProcessExecutor, ThreadExecutor

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


@cs.task
def where() -> tuple[int, str]:
    return os.getpid(), threading.current_thread().name


@cs.task
async def where_async() -> tuple[int, str]:
    await asyncio.sleep(0)
    return os.getpid(), threading.current_thread().name


@cs.task
def add(a: int, b: int) -> int:
    return a + b


@cs.task
def countdown(n: int, pids: list[int]) -> Any:
    pids = [*pids, os.getpid()]
    return countdown(n - 1, pids=pids) if n else pids


@cs.task
def hand_over_with_policies() -> Any:
    return add([1, 2].__len__(), 3).run_if(True).with_retry(2).with_constraints(cpu=1)


@cs.task
def fail(text: str) -> None:
    raise ValueError(text)


@cs.task
def stop() -> None:
    next(iter(()))


class AwkwardError(Exception):
    """Nothing of it can be pickled."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lock = threading.Lock()


@cs.task
def fail_awkwardly() -> None:
    raise AwkwardError("awkward")


class AwkwardResult:
    """Can be pickled, but not unpickled."""

    def __reduce__(self) -> Any:
        return int, ("awkward",)


@cs.task
def give_awkwardly() -> AwkwardResult:
    return AwkwardResult()


def _hidden(a: int) -> int:
    return -a


negate = cs.task(_hidden)


class PendingPool:
    """A pool that begins nothing."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, function: Any, /, *args: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


@pytest.fixture
def threads() -> Iterator[ThreadExecutor]:
    with ThreadExecutor(2) as executor:
        yield executor


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessExecutor]:
    """One process for all tests, begun before any of them looks which threads there are."""
    with ProcessExecutor(1) as executor:
        executor.pool.submit(int).result()
        yield executor


async def run(executor: cs.Executor, target: cs.Lazy) -> Any:
    async with cs.Engine(executor=executor) as engine:
        return await engine.run(target)


# -- threads ----------------------------------------------------------------------------


async def test_threads_call_sync_functions_only(threads: ThreadExecutor) -> None:
    """Sync functions leave the loop's thread, async ones stay in it."""
    assert isinstance(threads, cs.Executor)
    assert (await run(threads, where()))[1].startswith("cascade")
    assert (await run(threads, where_async()))[1] == threading.current_thread().name
    assert await run(threads, add(add(1, 2), b=add(3, 4))) == 10


async def test_threads_run_side_by_side(threads: ThreadExecutor) -> None:
    """Two calls that wait for each other both end."""
    meeting = threading.Barrier(2, timeout=60.0)

    @cs.task
    def meet() -> int:
        return meeting.wait()

    @cs.task
    def both(a: int, b: int) -> set[int]:
        return {a, b}

    assert await run(threads, both(meet(), meet())) == {0, 1}


async def test_threads_see_the_context_of_the_run(threads: ThreadExecutor) -> None:
    """A function reads the run's context variables; what it sets reaches nobody."""

    @cs.task
    def swap() -> str:
        before = variable.get()
        variable.set("thread")
        return before

    token = variable.set("host")
    assert await run(threads, swap()) == "host"
    assert await run(threads, swap()) == "host"
    assert variable.get() == "host"
    variable.reset(token)


async def test_failures_reach_their_own_run_only(threads: ThreadExecutor) -> None:
    """The error is the task's own, with a note; other runs on the same pool go on."""
    async with cs.Engine(executor=threads) as engine:
        bad, good = await asyncio.gather(
            engine.run(fail("broken")), engine.run(add(1, 2)), return_exceptions=True
        )
    assert isinstance(bad, ValueError)
    assert bad.__notes__ == ["in task 'fail' of run-1"]
    assert good == 3


@pytest.mark.parametrize("kind", ["threads", "processes"])
async def test_stop_iteration_ends_the_run(
    kind: str, threads: ThreadExecutor, processes: ProcessExecutor
) -> None:
    """No future can hold it, so it arrives as another error instead of never."""
    executor: cs.Executor = threads if kind == "threads" else processes
    with pytest.raises(RuntimeError, match="task 'stop' raised StopIteration"):
        await run(executor, stop())


# -- processes --------------------------------------------------------------------------


async def test_processes_call_both_kinds_of_function(processes: ProcessExecutor) -> None:
    """Sync and async functions run in another process, also one declared by a call of `task`."""
    assert isinstance(processes, cs.Executor)
    sync, is_async = await run(processes, where()), await run(processes, where_async())
    assert sync[0] == is_async[0] != os.getpid()
    assert await run(processes, add(add(1, 2), b=negate(3))) == 0
    assert await run(processes, add.map(a=[1, 2], b=[3, 4])) == [4, 6]


async def test_tail_calls_come_back_from_processes(processes: ProcessExecutor) -> None:
    """A lazy result arrives as a call of the very same task, with its policies."""
    pids = await run(processes, countdown(3, []))
    assert len(pids) == 4
    assert set(pids) == {(await run(processes, where()))[0]}
    assert await run(processes, hand_over_with_policies()) == 5


async def test_waiting_stays_with_the_engine(processes: ProcessExecutor) -> None:
    """Tasks that need the engine's clock are not sent away."""

    @cs.task
    def never_called() -> None: ...

    assert await run(processes, cs.wait(0.0)) is None
    with pytest.raises(TypeError, match="task 'never_called' can't be called in another process"):
        await run(processes, never_called())


async def test_failures_do_not_break_the_pool(processes: ProcessExecutor) -> None:
    """What can't be sent either way is an error of its own run, and the next one works."""
    with pytest.raises(ValueError, match="broken"):
        await run(processes, fail("broken"))
    with pytest.raises(RuntimeError, match=r"AwkwardError.*can't be sent between processes"):
        await run(processes, fail_awkwardly())
    with pytest.raises(ValueError, match="invalid literal"):
        await run(processes, give_awkwardly())
    with pytest.raises(ValueError, match="invalid literal"):
        await run(processes, add(AwkwardResult(), 1))  # type: ignore[arg-type]
    with pytest.raises((TypeError, pickle.PicklingError)):
        await run(processes, add(threading.Lock(), 1))  # type: ignore[arg-type]
    assert await run(processes, add(1, 2)) == 3


@cs.task
def die(code: int) -> None:
    os._exit(code)


@cs.task
def safe_path() -> str | None:
    return os.environ.get("PYTHONSAFEPATH")


@pytest.mark.slow
async def test_a_process_that_ends_fails_its_call_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words; the next call has a new process, which runs no file that lies around."""
    for name in ("signal", "random", "types", "selectors"):
        trap = tmp_path / f"{name}.py"
        trap.write_text(f"open({str(tmp_path / 'run')!r}, 'w')\nsyntax error")
    monkeypatch.chdir(tmp_path)
    with ProcessExecutor(1) as executor:
        async with cs.Engine(executor=executor) as engine:
            with pytest.raises(BrokenProcessPool, match="task 'die' has no result: its process"):
                await engine.run(die(9))
            assert await engine.run(add(1, 2)) == 3
            assert await engine.run(safe_path()) is None
    assert "PYTHONSAFEPATH" not in os.environ
    assert not (tmp_path / "run").exists()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await run(executor, add(1, 2))


def test_a_task_is_pickled_by_name() -> None:
    """It is itself after the journey, and so is the task of a lazy result."""
    assert pickle.loads(pickle.dumps(add)) is add
    lazy = pickle.loads(pickle.dumps(add(1, b=negate(2)).with_retry(3, delay=1.0)))
    assert (lazy.task, lazy.args) == (add, (1,))
    assert (lazy.policies.retry.max_attempts, lazy.policies.retry.delay) == (3, 1.0)
    assert lazy.kwargs["b"].task.function is _hidden


def test_a_task_without_a_name_needs_its_function() -> None:
    """Plain pickling, which can't take a function along, refuses it, and takes no other for it."""

    @cs.task
    def local() -> None: ...

    for unnamed in (local, cs.task(name="second")(add.function)):
        with pytest.raises((AttributeError, pickle.PicklingError), match=r"local|add"):
            pickle.dumps(unnamed)


# -- any pool ---------------------------------------------------------------------------


async def test_any_pool_of_futures_will_do() -> None:
    """Sync and async functions, named and local ones, and callables without a name."""

    @cs.task
    async def local(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    with ThreadPoolExecutor(1, thread_name_prefix="theirs") as pool:
        executor = FuturesExecutor(pool)
        assert isinstance(executor, cs.Executor)
        assert (await run(executor, where()))[1].startswith("theirs")
        assert (await run(executor, where_async()))[1].startswith("theirs")
        assert await run(executor, local(1)) == 2
        assert await run(executor, cs.task(name="minus5")(functools.partial(_hidden, 5))()) == -5
        assert await run(executor, cs.wait(0.0)) is None
        assert pool.submit(int).result() == 0, "shut down a pool that isn't its own"


async def test_cancelling_takes_back_what_has_not_begun() -> None:
    """The call is cancelled in the pool, and the run ends as cancelled."""
    pool = PendingPool()
    async with cs.Engine(executor=FuturesExecutor(pool)) as engine:
        pending = asyncio.create_task(engine.run(add(1, 2)))
        while not pool.futures:
            await asyncio.sleep(0)
        pending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pending
    assert pool.futures[0].cancelled()


async def test_cancelling_does_not_wait_for_what_has_begun(threads: ThreadExecutor) -> None:
    """The run ends at once; the thread goes on to its end, unheard."""
    begun, release = threading.Event(), threading.Event()
    ended: list[bool] = []

    @cs.task
    def hold() -> None:
        begun.set()
        ended.append(release.wait(60.0))

    async with cs.Engine(executor=threads) as engine:
        holding = asyncio.create_task(engine.run(hold()))
        while not begun.is_set():
            await asyncio.sleep(0)
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
    assert not ended
    release.set()
    threads.shutdown()
    threads.shutdown()
    assert ended == [True]
    with pytest.raises(RuntimeError, match="shutdown"):
        await run(threads, where())


async def test_a_call_that_the_pool_drops_is_a_failure() -> None:
    """Nobody cancelled the run, so it doesn't end as cancelled."""
    pool = PendingPool()
    async with cs.Engine(executor=FuturesExecutor(pool)) as engine:
        dropped = asyncio.create_task(engine.run(add(1, 2)))
        while not pool.futures:
            await asyncio.sleep(0)
        pool.futures[0].cancel()
        with pytest.raises(RuntimeError, match="pool dropped task 'add'"):
            await dropped


@pytest.mark.parametrize("make", [ThreadExecutor, ProcessExecutor])
@pytest.mark.parametrize("target", [where, where_async])
def test_a_virtual_clock_is_refused(
    make: Any, target: cs.Task[[], Any], on_virtual_clock: Any
) -> None:
    """At first use, by name, whatever the function."""

    async def body(_clock: cs.VirtualClock, _engine: cs.Engine) -> None:
        async with cs.Engine(executor=executor, clock=cs.VirtualClock()) as engine:
            await engine.run(target())

    with make(1) as executor, pytest.raises(cs.ForeignWaitError) as caught:
        on_virtual_clock(body)
    assert f"{make.__name__} needs the host loop" in str(caught.value)
    assert "WallClock" in str(caught.value)


def test_wrong_use_is_refused() -> None:
    """No workers, and no pool."""
    with pytest.raises(ValueError, match="ThreadExecutor must be an integer >= 1 or None, got 0"):
        ThreadExecutor(0)
    with pytest.raises(ValueError, match="ProcessExecutor must be an integer >= 1 or None"):
        ProcessExecutor(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'submit', got 3"):
        FuturesExecutor(3)  # type: ignore[arg-type]
