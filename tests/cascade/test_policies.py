"""Retries, caches, maps, lists of targets, Env, wait and recv; on both clocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import drive, listening, make_clock, run


@cs.task
def double(x: int) -> int:
    return 2 * x


@cs.task
def total(xs: list[int], *more: Any) -> int:
    return sum(xs)


class Flaky:
    """A task that fails so many times before it succeeds."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self.calls = 0

        @cs.task(name="flaky")
        async def flaky(value: Any = "ok") -> Any:
            self.calls += 1
            if self.calls <= failures:
                raise error or OSError(f"try {self.calls}")
            return value

        self.task = flaky


# -- retry ------------------------------------------------------------------------------


def test_retries_come_after_the_first_try(clock: cs.Clock) -> None:
    """max_attempts counts retries: with 2 a task may fail twice, not three times."""
    bus, seen = listening(cs.TaskRetrying, cs.TaskExecutionFinished)
    lucky = Flaky(2)
    assert run(clock, lucky.task().with_retry(2), bus=bus) == "ok"
    assert lucky.calls == 3
    retries = [e for e in seen if isinstance(e, cs.TaskRetrying)]
    assert [e.attempt for e in retries] == [1, 2]
    assert str(retries[0].error) == "try 1"
    statuses = [e.status for e in seen if isinstance(e, cs.TaskExecutionFinished)]
    assert statuses == ["Failed", "Failed", "Succeeded"]

    unlucky = Flaky(3)
    with pytest.raises(OSError, match="try 3") as failure:
        run(make_clock("virtual"), unlucky.task().with_retry(2))
    assert unlucky.calls == 3
    assert failure.value.__notes__ == ["in task 'flaky' of run-1"]


def test_delays_grow_by_the_backoff_on_the_engines_clock() -> None:
    """1 s, 2 s, 4 s: seven virtual seconds, and no real one."""
    clock = cs.VirtualClock()
    assert run(clock, Flaky(3).task().with_retry(3, delay=1.0, backoff=2.0)) == "ok"
    assert clock.now == 7.0


def test_wrong_use_of_cascade_is_not_retried(clock: cs.Clock) -> None:
    """An unregistered resource fails at once."""

    @cs.task
    def needs(db: Any = cs.inject("db")) -> Any:
        return db

    bus, seen = listening(cs.TaskRetrying)
    with pytest.raises(cs.ResourceError, match="'needs' needs resource 'db'"):
        run(clock, needs().with_retry(5, delay=100.0), bus=bus)
    assert not seen


def test_each_try_has_its_own_task_scoped_resources(clock: cs.Clock) -> None:
    """A resource is released after a failed try, before the next one acquires it."""
    log: list[str] = []

    @cs.resource(name="r", scope="task")
    async def tracked() -> AsyncIterator[int]:
        log.append("+")
        try:
            yield 1
        finally:
            log.append("-")

    @cs.task
    def fragile(r: Any = cs.inject("r")) -> Any:
        log.append("x")
        if log.count("x") < 3:
            raise OSError
        return r

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.register(tracked)
            assert await drive(clock, engine.run(fragile().with_retry(2))) == [1]

    asyncio.run(main())
    assert "".join(log) == "+x-+x-+x-"


@pytest.mark.parametrize(
    "wrong", [{"max_attempts": -1}, {"max_attempts": 1.5}, {"delay": -1}, {"backoff": 0}]
)
def test_a_retry_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """The error names the number that is wrong."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        double(1).with_retry(**wrong)


# -- cache ------------------------------------------------------------------------------


def test_a_cache_hit_skips_the_task_and_keeps_its_value(clock: cs.Clock) -> None:
    """The second run finds the result; what depends on it goes on."""
    cache, once = cs.InMemoryCache(), Flaky(0)
    bus, seen = listening(cs.TaskSkipped, cs.TaskExecutionStarted)

    async def main() -> None:
        async with cs.Engine(clock=clock, bus=bus) as engine:
            for _ in range(2):
                target = double(once.task(21).with_cache(cache))
                assert await drive(clock, engine.run(target)) == [42]
            assert await drive(clock, engine.run(once.task(4).with_cache(cache))) == [4]

    asyncio.run(main())
    assert once.calls == 2
    (skip,) = [e for e in seen if isinstance(e, cs.TaskSkipped)]
    assert (skip.task_name, skip.reason) == ("flaky", "CacheHit")


def test_failures_are_not_cached_and_resources_are_no_part_of_the_key(clock: cs.Clock) -> None:
    """A retried success is stored once; another resource value finds it."""
    cache, calls = cs.InMemoryCache(), list[Any]()

    @cs.resource(name="session")
    def session() -> Iterator[object]:
        yield object()

    @cs.task
    def ask(question: str, s: Any = cs.inject("session")) -> str:
        calls.append(s)
        if len(calls) == 1:
            raise OSError
        return question.upper()

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.register(session)
            for _ in range(3):
                target = ask("why").with_cache(cache).with_retry(1)
                assert await drive(clock, engine.run(target)) == ["WHY"]

    asyncio.run(main())
    assert len(calls) == 2


def test_a_task_that_changes_its_argument_is_found_by_what_it_was_given(
    clock: cs.Clock,
) -> None:
    """The list that it was called with is the key, not what it made of it."""

    @cs.task
    def grow(x: list[int]) -> int:
        x.append(100)
        return sum(x)

    cache = cs.InMemoryCache()
    assert run(clock, grow([1]).with_cache(cache)) == 101
    assert run(clock, grow([1, 100]).with_cache(cache)) == 201
    bus, skips = listening(cs.TaskSkipped)
    assert run(clock, grow([1]).with_cache(cache), bus=bus) == 101
    assert len(skips) == 1


def test_only_policies_are_taken_for_a_cache() -> None:
    """A class, or anything without check and save, is refused by name."""
    with pytest.raises(TypeError, match="task 'double' takes a policy"):
        double(1).with_cache(cs.InMemoryCache)  # type: ignore[arg-type]


# -- map --------------------------------------------------------------------------------


def test_a_map_gives_the_results_in_order(clock: cs.Clock) -> None:
    """Of lists, of lazy lists, of lists with lazy items, of nothing."""

    @cs.task
    async def minus(a: int, b: int) -> int:
        return a - b

    @cs.task
    def numbers() -> range:
        return range(3)

    assert run(clock, double.map(x=[1, 2, 3])) == [2, 4, 6]
    assert run(clock, minus.map(a=[10, 20, 30], b=numbers())) == [10, 19, 28]
    assert run(clock, double.map(x=[double(1), 5])) == [4, 10]
    assert run(clock, double.map(x=double.map(x=(1, 2)))) == [4, 8]
    assert run(clock, total(double.map(x=[]))) == 0
    assert run(clock, double.map(x=(i for i in range(2)))) == [0, 2]


def test_policies_of_a_map_hold_for_each_item(clock: cs.Clock) -> None:
    """Retries are counted for each; a condition decides about the whole."""
    failed: set[int] = set()

    @cs.task
    async def once_each(x: int) -> int:
        if x not in failed:
            failed.add(x)
            raise OSError(x)
        return x

    assert run(clock, once_each.map(x=[1, 2, 3]).with_retry(1)) == [1, 2, 3]
    cache = cs.InMemoryCache()
    bus, seen = listening(cs.TaskSkipped, cs.TaskExecutionStarted)
    assert run(clock, double.map(x=[1, 2]).with_cache(cache), bus=bus) == [2, 4]
    assert run(clock, double.map(x=[2, 1, 3]).with_cache(cache), bus=bus) == [4, 2, 6]
    assert [e.reason for e in seen if isinstance(e, cs.TaskSkipped)] == ["CacheHit"] * 2
    with pytest.raises(cs.DependencyMissingError, match=r"'double' has no value.*ConditionFalse"):
        run(clock, double.map(x=[1]).run_if(False))


def test_a_map_follows_tail_calls_of_its_items(clock: cs.Clock) -> None:
    """Each item may hand over to another task, and to a map."""

    @cs.task
    async def countdown(n: int) -> Any:
        return countdown(n - 1) if n else double.map(x=[n, 1])

    assert run(clock, countdown.map(n=[0, 5])) == [[0, 2], [0, 2]]
    assert run(clock, countdown(3)) == [0, 2]


def test_one_plan_serves_maps_of_any_width() -> None:
    """The width is no part of the shape."""

    async def main() -> int:
        async with cs.Engine() as engine:
            for n in range(20):
                assert len(await engine.run(double.map(x=list(range(n))))) == n
            return engine.plans.compiled

    assert asyncio.run(main()) == 1


def test_maps_that_make_no_sense_are_refused() -> None:
    """Columns of different lengths, text, no columns, unknown parameters: each says so."""

    @cs.task
    def pair(a: Any, b: Any) -> Any:
        return a, b

    with pytest.raises(ValueError, match="one length: a has 2, b has 1"):
        pair.map(a=[1, 2], b=[1])
    with pytest.raises(ValueError, match="one length: a has 2, b has 3"):
        cs.run(pair.map(a=[1, 2], b=double.map(x=[1, 2, 3])))
    with pytest.raises(TypeError, match="takes a list or other iterable for 'x', got 'ab'"):
        double.map(x="ab")
    with pytest.raises(TypeError, match="for 'x', got 4"):
        cs.run(double.map(x=double(2)))
    with pytest.raises(TypeError, match="at least one column"):
        double.map()
    with pytest.raises(
        TypeError, match=r"map of task 'double\(x.*missing a required argument: 'x'"
    ):
        double.map(y=[1])


# -- targets, Env -----------------------------------------------------------------------


def test_several_targets_are_one_run(clock: cs.Clock) -> None:
    """A list gives a list, a tuple a tuple; what they share is executed once."""
    shared = Flaky(0)
    s = shared.task(5)
    assert run(clock, [double(s), s, cs.Param("p", default=1)]) == [10, 5, 1]
    assert shared.calls == 1
    assert run(clock, (double(1),)) == (2,)
    with pytest.raises(cs.DependencyMissingError, match=r"'flaky' has no value.*ConditionFalse"):
        run(clock, [double(1), s.run_if(False)])
    for wrong in ([], [1], [double(1), 2], "ab"):
        with pytest.raises(TypeError, match="or a list of such"):
            run(clock, wrong)


def test_env_is_read_when_the_run_needs_it(
    clock: cs.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable, else the default, else an error that names it."""

    @cs.task
    def echo(x: Any) -> Any:
        return x

    target = echo(cs.Env("CASCADE_TEST_VALUE"))
    with pytest.raises(cs.ParameterMissingError, match="'CASCADE_TEST_VALUE' is required"):
        run(clock, target)
    assert run(clock, echo(cs.Env("CASCADE_TEST_VALUE", default=3))) == 3
    monkeypatch.setenv("CASCADE_TEST_VALUE", "seen")
    assert run(clock, target) == "seen"


# -- wait, recv -------------------------------------------------------------------------


def test_wait_lets_the_engines_time_pass() -> None:
    """Also for a time that is only known while running."""

    @cs.task
    def after(_: Any) -> str:
        return "later"

    clock = cs.VirtualClock()
    assert run(clock, after(cs.wait(2.5))) == "later"
    assert run(clock, cs.wait(double(2))) is None
    assert clock.now == 6.5
    with pytest.raises(ValueError, match="wait takes"):
        cs.wait(-1)


def test_recv_gives_the_first_message(clock: cs.Clock) -> None:
    """One that is published while it listens, or one that was retained before."""
    connector = cs.InProcessConnector()

    @cs.task
    async def speak(c: Any = cs.inject("cascade.connector")) -> None:
        await c.publish("room/1", {"n": 1})
        await c.publish("room/1", {"n": 2})

    @cs.task
    async def keep(c: Any = cs.inject("cascade.connector")) -> None:
        await c.publish("kept", "old", retain=True)

    @cs.task
    def second(_: Any, x: Any) -> Any:
        return x

    async def main() -> None:
        async with cs.Engine(clock=clock, connector=connector) as engine:
            both = await drive(clock, engine.run(cs.recv("room/+")), engine.run(speak()))
            assert both == [{"n": 1}, None]
            await drive(clock, engine.run(keep()))
            assert await drive(clock, engine.run(cs.recv("kept"))) == ["old"]

    asyncio.run(main())


def test_recv_times_out_on_the_engines_clock() -> None:
    """A TimeoutError that names the topic, and no subscription left behind."""
    clock = cs.VirtualClock()
    with pytest.raises(TimeoutError, match=r"no message on 'quiet' within 3.0 s"):
        run(clock, cs.recv("quiet", timeout=3.0), connector=cs.InProcessConnector())
    assert clock.now == 3.0
    with pytest.raises(cs.ResourceError, match="task 'recv' needs a connector"):
        run(cs.VirtualClock(), cs.recv("quiet"))
    with pytest.raises(ValueError, match="timeout of recv"):
        cs.recv("quiet", timeout=-1)


# -- pluggable parts --------------------------------------------------------------------


def test_every_execution_goes_through_the_executor(clock: cs.Clock) -> None:
    """Lone tasks, graphs, items of maps, retries and tail calls: a spy sees each."""
    seen: list[str] = []

    class Spy(cs.LocalExecutor):
        def execute(self, node: cs.Node, args: Any, kwargs: Any) -> Any:
            seen.append(node.name)
            return super().execute(node, args, kwargs)

    @cs.task
    def hand_over() -> Any:
        return total(double.map(x=[1, 2]), Flaky(1).task().with_retry(1))

    assert run(clock, hand_over(), executor=Spy()) == 6
    assert sorted(seen) == ["double", "double", "flaky", "flaky", "hand_over", "total"]


def test_state_is_kept_by_the_backend_that_was_asked_for(clock: cs.Clock) -> None:
    """One backend for each execution of a graph, with its results and reasons; then cleared."""
    made: list[Any] = []

    class Backend(cs.InMemoryStateBackend):
        def __init__(self, run_id: str) -> None:
            super().__init__(run_id)
            self.run_id, self.cleared = run_id, False
            self.puts: list[Any] = []
            self.skips: list[Any] = []
            made.append(self)

        def put_result(self, node_id: int, result: Any) -> None:
            self.puts.append(result)
            super().put_result(node_id, result)

        def mark_skipped(self, node_id: int, reason: str) -> None:
            self.skips.append(reason)
            super().mark_skipped(node_id, reason)

        def clear(self) -> None:
            self.cleared = True
            super().clear()

    @cs.task
    def hand_over(_: Any) -> Any:
        return double(double(3))

    routed = cs.Router(double(1), {2: double(4), 3: double(5)})
    assert run(clock, hand_over(routed), state_backend_factory=Backend) == 12
    first, second = made
    assert sorted(map(str, first.puts))[:3] == ["2", "8", "8"]
    assert first.skips == ["Pruned"]
    assert second.puts == [6, 12]
    assert first.cleared
    assert second.cleared
    assert first.run_id == second.run_id == "run-1"
