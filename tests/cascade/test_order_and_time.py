"""What retries cover and how long they wait, time-outs, and order without data."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import random
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import drive, listening, make_clock, run

CLOCK = cs.inject("cascade.clock")


@cs.task
def double(x: int) -> int:
    return 2 * x


def failing(error: BaseException, failures: int) -> tuple[cs.Task[..., int], list[float]]:
    """A task that raises so often before it succeeds, and the times of its tries."""
    times = list[float]()

    @cs.task(name="failing")
    async def task(clock: Any = CLOCK) -> int:
        times.append(clock.now)
        if len(times) <= failures:
            raise error
        return len(times)

    return task, times


# -- which errors are tried again, and when ---------------------------------------------


@pytest.mark.parametrize(
    ("error", "retry_on", "tries"),
    [
        (ConnectionError(), OSError, 3),
        (ConnectionError(), (KeyError, OSError), 3),
        (ConnectionError(), [KeyError, ValueError], 1),
        (KeyError(), Exception, 3),
        (cs.ChannelFullError(), Exception, 1),
        (cs.ChannelFullError(), (RuntimeError, OSError), 1),
        (cs.ChannelFullError(), cs.ChannelFullError, 3),
        (ExceptionGroup("two", [OSError(), ConnectionError()]), OSError, 3),
        (ExceptionGroup("two", [OSError(), KeyError()]), OSError, 1),
        (ExceptionGroup("two", [OSError(), cs.TaskError()]), Exception, 1),
        (ExceptionGroup("two", [OSError(), KeyError()]), (ExceptionGroup,), 3),
        (TimeoutError(), TimeoutError, 3),
    ],
)
def test_only_what_is_covered_is_tried_again(error: Any, retry_on: Any, tries: int) -> None:
    """Types of errors, groups of such, and errors of cascade only where they are named."""
    task, times = failing(error, failures=2)
    target = task().with_retry(5, retry_on=retry_on)
    if tries == 3:
        assert run(make_clock("virtual"), target) == 3
    else:
        with pytest.raises(type(error)):
            run(make_clock("virtual"), target)
    assert len(times) == tries


def test_delays_are_bounded_and_never_overflow() -> None:
    """They grow up to max_delay; without one, thousands of retries are no problem either."""
    task, times = failing(OSError(), failures=5)
    run(cs.VirtualClock(), task().with_retry(5, delay=1.0, backoff=3.0, max_delay=10.0))
    assert times == [0.0, 1.0, 4.0, 13.0, 23.0, 33.0]
    task, times = failing(OSError(), failures=3000)
    assert run(cs.VirtualClock(), task().with_retry(5000, delay=0.0, backoff=2.0)) == 3001
    task, times = failing(OSError(), failures=3000)
    clock = cs.VirtualClock()
    assert run(clock, task().with_retry(5000, delay=1.0, backoff=2.0)) == 3001
    assert clock.now < 3e12
    task, times = failing(OSError(), failures=2)
    run(cs.VirtualClock(), task().with_retry(5, delay=20.0, max_delay=10.0))
    assert times == [0.0, 10.0, 20.0]


def test_jitter_takes_off_a_random_part() -> None:
    """At most the fraction asked for, by chance or by a generator with a seed; also pickled."""

    def delays(target: Any) -> list[float]:
        clock = cs.VirtualClock()
        bus, retries = listening(cs.TaskRetrying)
        run(clock, target, bus=bus)
        return [retry.delay for retry in retries]

    def target(**options: Any) -> Any:
        task, _ = failing(OSError(), failures=40)
        return task().with_retry(40, delay=10.0, jitter=0.25, **options)

    by_chance = delays(target())
    assert len(set(by_chance)) == 40
    assert all(7.5 < delay <= 10.0 for delay in by_chance)
    assert max(by_chance) - min(by_chance) > 1.0  # 2.5 wide: less by a chance of 1e-14
    one, other = (delays(target(rng=random.Random(3))) for _ in range(2))
    assert one == other != by_chance
    policies = target(rng=random.Random(3), retry_on=KeyError).policies
    again = pickle.loads(pickle.dumps(policies))
    assert again.retry.retry_on == (KeyError,)
    assert again.retry.delay_before(1) == policies.retry.delay_before(1)
    system = pickle.loads(pickle.dumps(target().policies))
    assert 7.5 < system.retry.delay_before(1) <= 10.0


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        ({"delay": "1"}, TypeError, "delay of with_retry of task 'double' must be a finite number"),
        ({"delay": True}, TypeError, "seconds >= 0, got True"),
        ({"delay": 10**400}, ValueError, "delay"),
        ({"delay": float("nan")}, ValueError, "got nan"),
        ({"delay": double(1)}, TypeError, "got <LazyResult of task 'double'>"),
        ({"backoff": None}, TypeError, "backoff .* must be a finite factor > 0, got None"),
        ({"backoff": float("inf")}, ValueError, "backoff"),
        ({"max_attempts": "3"}, TypeError, "max_attempts .* must be an integer >= 0, got '3'"),
        ({"max_attempts": True}, TypeError, "max_attempts"),
        ({"jitter": 1.5}, ValueError, r"jitter .* must be a fraction in \[0, 1\], got 1.5"),
        ({"jitter": "half"}, TypeError, "jitter"),
        ({"max_delay": -1}, ValueError, "max_delay .* must be None or a finite number"),
        ({"max_delay": "1"}, TypeError, "max_delay"),
        ({"rng": 3}, TypeError, "rng .* must be None or a random.Random, got 3"),
        (
            {"retry_on": "OSError"},
            TypeError,
            "retry_on .* of Exception .* got 'OSError'",
        ),
        ({"retry_on": ()}, TypeError, "retry_on"),
        ({"retry_on": OSError()}, TypeError, "retry_on"),
        ({"retry_on": asyncio.CancelledError}, TypeError, "retry_on"),
        ({"retry_on": (OSError, 3)}, TypeError, "retry_on"),
    ],
    ids=str,
)
def test_wrong_arguments_of_a_retry_are_told(wrong: Any, error: Any, text: str) -> None:
    """What was wrong, what was got and what is allowed."""
    with pytest.raises(error, match=text):
        double(1).with_retry(**wrong)


# -- time-outs --------------------------------------------------------------------------


def test_a_task_that_takes_too_long_is_cancelled(clock: cs.Clock) -> None:
    """Its clean-up has run; the error names the task and the seconds, and is a failure."""
    log = list[str]()

    @cs.task
    async def slow(clock: Any = CLOCK) -> None:
        try:
            await clock.sleep(60.0)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        finally:
            log.append("clean")

    bus, seen = listening(cs.TaskExecutionFinished)
    with pytest.raises(TimeoutError, match=r"^task 'slow' took longer than 0.02 s\b") as failure:
        run(clock, slow().with_timeout(0.02), bus=bus)
    assert log == ["cancelled", "clean"]
    assert [(event.status, event.error) for event in seen] == [("Failed", failure.value)]
    assert failure.value.__notes__ == ["in task 'slow' of run-1"]
    if isinstance(clock, cs.VirtualClock):
        assert clock.now == 0.02
    else:
        assert 0.02 <= clock.now < 50.0


def test_who_is_in_time_notices_nothing(clock: cs.Clock) -> None:
    """A value, an error of its own, a time-out of its own, and no timer left behind."""

    @cs.task
    async def quick(error: Exception | None, clock: Any = CLOCK) -> str:
        await clock.sleep(0.001)
        if error is not None:
            raise error
        return "in time"

    own = TimeoutError("mine")
    assert run(clock, quick(None).with_timeout(60.0)) == "in time"
    for error in (KeyError("k"), own):
        with pytest.raises(type(error)) as failure:
            run(clock, quick(error).with_timeout(60.0))
        assert failure.value is error
    if isinstance(clock, cs.VirtualClock):
        assert clock.next_deadline is None


def test_a_virtual_instant_is_met_exactly() -> None:
    """Who ends at the very instant is in time, whatever wakes it then."""

    @cs.task
    async def two_steps(clock: Any = CLOCK) -> float:
        await clock.sleep(1.0)
        await clock.sleep(1.0)
        bell: cs.Channel[None] = cs.Channel(capacity=1)
        bell.send(None)
        await bell.receive()
        await clock.sleep(0.0)
        return float(clock.now)

    assert run(cs.VirtualClock(), two_steps().with_timeout(2.0)) == 2.0
    with pytest.raises(TimeoutError):
        run(cs.VirtualClock(), two_steps().with_timeout(1.9999))


def test_each_try_and_each_item_has_the_whole_time(clock: cs.Clock) -> None:
    """A time-out is tried again like any failure; the delays between tries don't count."""
    tries = list[int]()

    @cs.task
    async def third_time(x: int, clock: Any = CLOCK) -> int:
        tries.append(x)
        await clock.sleep(60.0 if tries.count(x) < 3 else 0.0)
        return x

    target = third_time.map(x=[1, 2]).with_timeout(0.2).with_retry(5, delay=0.21)
    assert run(clock, target) == [1, 2]
    assert sorted(tries) == [1, 1, 1, 2, 2, 2]
    with pytest.raises(TimeoutError):
        run(clock, third_time(7).with_timeout(0.05).with_retry(5, retry_on=KeyError))


def test_what_runs_inside_is_cancelled_too(clock: cs.Clock) -> None:
    """Parallel tasks of an engine inside, and what their clean-up raises is the cause."""
    begun, log, engines = list[int](), list[int](), list[cs.Engine]()

    @cs.task
    async def inner(x: int, clock: Any = CLOCK) -> None:
        begun.append(x)
        try:
            await clock.sleep(60.0)
        finally:
            log.append(x)

    @cs.task
    async def outer() -> None:
        try:
            await engines[0].run(inner.map(x=[1, 2, 3]))
        finally:
            raise OSError("while cleaning up")

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as engine:
            engines.append(engine)
            return await drive(clock, engine.run(outer().with_timeout(0.02)))

    (error,) = asyncio.run(main())
    assert isinstance(error, TimeoutError)
    assert str(error.__cause__) == "while cleaning up"
    assert sorted(log) == sorted(begun)
    if isinstance(clock, cs.VirtualClock):  # in real time a busy machine may begin none of them
        assert sorted(begun) == [1, 2, 3]


def test_who_swallows_the_cancellation_is_late_all_the_same(clock: cs.Clock) -> None:
    """A value that comes too late is no value, also of a function that can't be cancelled."""

    @cs.task
    async def stubborn(clock: Any = CLOCK) -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await clock.sleep(60.0)
        return "late"

    with pytest.raises(TimeoutError, match="task 'stubborn' took longer"):
        run(clock, stubborn().with_timeout(0.01))

    @cs.task
    def blocking(until: Any) -> str:
        until()
        return "late"

    wall = cs.WallClock(start=0.0)

    def hold() -> None:
        end = wall.now + 0.01
        while wall.now < end:
            threading.Event().wait(0.001)

    with pytest.raises(TimeoutError, match="task 'blocking' took longer"):
        run(wall, blocking(hold).with_timeout(0.005))


def test_the_host_may_cancel_a_task_with_a_time_out(clock: cs.Clock) -> None:
    """Then it is cancelled, not late; and so with a time-out of asyncio around it."""
    ended = list[str]()

    @cs.task
    async def slow(clock: Any = CLOCK) -> None:
        try:
            await clock.sleep(60.0)
        finally:
            ended.append("clean")

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            hosted = asyncio.create_task(engine.run(slow().with_timeout(50.0)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            hosted.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hosted
            with pytest.raises(TimeoutError) as failure:
                async with asyncio.timeout(0.01):
                    await engine.run(slow().with_timeout(50.0))
            assert "slow" not in str(failure.value)
            if isinstance(clock, cs.VirtualClock):
                assert clock.next_deadline is None

    asyncio.run(main())
    assert ended == ["clean", "clean"]


def test_waiting_to_begin_and_resources_do_not_count() -> None:
    """Only the task's own time does; a resource hears of the failure."""
    log = list[str]()

    @cs.resource(scope="task")
    async def tracked(clock: Any = CLOCK) -> AsyncIterator[int]:
        await clock.sleep(5.0)
        try:
            yield 1
        except TimeoutError:
            log.append("told")
            raise

    @cs.task
    async def work(s: float, r: Any = cs.inject("tracked"), clock: Any = CLOCK) -> float:
        await clock.sleep(s)
        return float(clock.now)

    async def main() -> list[Any]:
        clock = cs.VirtualClock()
        async with cs.Engine(clock=clock, system_resources={"slot": 1}) as engine:
            engine.register(tracked)
            runs = [
                engine.run(work(s).with_constraints(slot=1).with_timeout(3.0))
                for s in (3.0, 2.0, 4.0)
            ]
            return await drive(clock, *runs)

    first, second, third = asyncio.run(main())
    assert (first, second) == (8.0, 15.0)
    assert isinstance(third, TimeoutError)
    assert log == ["told"]


def test_a_call_in_a_pool_is_given_up(clock: cs.Clock) -> None:
    """The thread goes on, and nobody waits for it."""
    if isinstance(clock, cs.VirtualClock):
        return
    gate = threading.Event()

    @cs.task
    def slow() -> None:
        gate.wait(30.0)

    with ThreadPoolExecutor(1) as pool:
        try:
            with pytest.raises(TimeoutError, match="task 'slow' took longer"):
                run(clock, slow().with_timeout(0.02), executor=cs.FuturesExecutor(pool))
        finally:
            gate.set()


def test_what_a_tail_call_hands_over_to_has_its_own_time() -> None:
    """The limit is the task's, not that of the chain."""

    @cs.task
    async def later(clock: Any = CLOCK) -> str:
        await clock.sleep(10.0)
        return "done"

    @cs.task
    async def first(clock: Any = CLOCK) -> Any:
        await clock.sleep(1.0)
        return later()

    assert run(cs.VirtualClock(), first().with_timeout(2.0)) == "done"


def test_a_time_out_and_a_cache_go_together() -> None:
    """A late result is not stored, and what the task notes for itself makes it no other."""
    calls = list[float]()

    @cs.task
    async def slow(clock: Any = CLOCK) -> float:
        await clock.sleep(0.5 if calls else 5.0)
        calls.append(clock.now)
        await clock.sleep(0.5)
        return 1.0

    clock, cache = cs.VirtualClock(), cs.InMemoryCache()
    with pytest.raises(TimeoutError):
        run(clock, slow().with_timeout(2.0).with_cache(cache))
    calls.append(0.0)
    for _ in range(2):
        assert run(clock, slow().with_timeout(2.0).with_cache(cache)) == 1.0
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        (0, ValueError, "seconds of with_timeout of task 'double' must be a finite number > 0"),
        (float("inf"), ValueError, "got inf"),
        ("1", TypeError, "got '1'"),
        (None, TypeError, "got None"),
        (double(1), TypeError, "known before anything runs, got <LazyResult"),
        (cs.Param("s"), TypeError, "known before anything runs"),
    ],
    ids=str,
)
def test_wrong_seconds_are_told(wrong: Any, error: Any, text: str) -> None:
    """Also lazy ones, in words."""
    with pytest.raises(error, match=text):
        double(1).with_timeout(wrong)


# -- order without data -----------------------------------------------------------------


def marking() -> tuple[cs.Task[..., Any], list[str]]:
    """A task that notes when it begins and ends."""
    log = list[str]()

    @cs.task
    async def mark(name: Any, seconds: float = 1.0, clock: Any = CLOCK) -> Any:
        log.append(f"+{name}")
        await clock.sleep(seconds)
        log.append(f"-{name}")
        return name

    return mark, log


def test_a_task_begins_after_others(clock: cs.Clock) -> None:
    """They are executed in the same run, once, also if nothing else needs them."""
    mark, log = marking()
    write = mark("write", 0.01)
    read = mark("read", 0.0).after(write)
    assert run(clock, read) == "read"
    assert log == ["+write", "-write", "+read", "-read"]
    log.clear()
    assert run(clock, [write, read, mark("other", 0.0).after(read, write)]) == [
        "write",
        "read",
        "other",
    ]
    assert log == ["+write", "-write", "+read", "-read", "+other", "-other"]


def test_maps_take_part_in_the_order() -> None:
    """All items of one come before all of another."""
    mark, log = marking()
    first = mark.map(name=["a", "b"], seconds=[1.0, 2.0])
    second = mark.map(name=["c", "d"]).after(first)
    assert run(cs.VirtualClock(), second) == ["c", "d"]
    assert log[:4] == ["+a", "+b", "-a", "-b"]
    assert sorted(log[4:6]) == ["+c", "+d"]


def test_what_was_skipped_counts_as_settled(clock: cs.Clock) -> None:
    """Only the order matters: the task is executed all the same."""
    mark, log = marking()
    skipped = mark("never", 0.0).run_if(False)
    below = mark(skipped, 0.0)
    bus, skips = listening(cs.TaskSkipped)
    assert run(clock, mark("end", 0.0).after(skipped, below), bus=bus) == "end"
    assert log == ["+end", "-end"]
    assert [skip.reason for skip in skips] == ["ConditionFalse", "UpstreamSkipped_Data"]


def test_a_failure_before_ends_the_run(clock: cs.Clock) -> None:
    """What was to come after it never begins."""
    mark, log = marking()
    task, _ = failing(OSError("no"), failures=1)
    with pytest.raises(OSError, match="no"):
        run(clock, mark("end").after(task()))
    assert log == []


def test_the_order_holds_with_routers() -> None:
    """A branch that is needed for its order alone is not pruned; one of a route not taken is."""
    mark, log = marking()
    audit = mark("audit")
    routed = cs.Router(double(1), {2: mark("two").after(audit), 3: mark("three").after(audit)})
    assert run(cs.VirtualClock(), routed) == "two"
    assert log == ["+audit", "-audit", "+two", "-two"]
    log.clear()
    branch = mark("branch")
    either = cs.Router(double(1), {2: mark("two"), 3: branch})
    assert run(cs.VirtualClock(), [either, mark("end").after(branch)]) == ["two", "end"]
    assert log.index("-branch") < log.index("+end")
    log.clear()
    last = mark("last", 0.0).after(either)
    assert run(cs.VirtualClock(), last) == "last"
    assert log == ["+two", "-two", "+last", "-last"]


def test_the_order_is_seen_before_the_run() -> None:
    """In the graph, in the stages, and as a dotted arrow."""
    first, second = double(1), double(2)
    target = double(3).after(first).after(second, first)
    found = cs.dry_run(target)
    orders = [edge for edge in found.graph.edges if edge.kind is cs.EdgeKind.ORDER]
    assert [(edge.source, edge.target) for edge in orders] == [(1, 0), (2, 0)]
    assert [len(stage) for stage in found.stages] == [2, 1]
    assert "n1 -. then .-> n0" in cs.visualize(target)
    again = pickle.loads(pickle.dumps(target.policies))
    assert len(again.after) == 2


def test_only_lazy_values_can_be_before() -> None:
    """A value that is there already, a task that wasn't called, nothing: each is told."""
    for wrong in ((1,), (double,), (), ([double(1)],)):
        with pytest.raises(TypeError, match="after of task 'double' takes lazy results, got"):
            double(1).after(*wrong)
