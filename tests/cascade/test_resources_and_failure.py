"""Resources are told how it ended, as context managers are; on both clocks, sync and async."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import drive


@dataclasses.dataclass(frozen=True)
class FrozenError(Exception):
    """An exception that lets nobody set attributes."""

    code: int


def outcome_of(clock: cs.Clock, target: cs.Lazy, *resources: cs.Resource, **parts: Any) -> Any:
    """What a run gave or raised."""

    async def main() -> Any:
        async with cs.Engine(clock=clock, **parts) as engine:
            for resource in resources:
                engine.register(resource)
            return (await drive(clock, engine.run(target)))[0]

    return asyncio.run(main())


def transaction(
    log: list[str],
    is_async: bool,
    name: str = "tx",
    scope: Any = "task",
    on_error: Callable[[BaseException], BaseException | None] = lambda error: error,
) -> cs.Resource:
    """A resource that commits or rolls back; it raises what `on_error` makes of an error."""

    def rolled_back(error: BaseException) -> None:
        log.append(f"{name}: rollback {type(error).__name__}")
        raised = on_error(error)
        if raised is not None:
            raise raised

    @cs.resource(name=name, scope=scope)
    def sync() -> Iterator[str]:
        try:
            yield name
        except BaseException as error:  # noqa: BLE001 - what it is about
            rolled_back(error)
        else:
            log.append(f"{name}: commit")

    @cs.resource(name=name, scope=scope)
    async def asynchronous() -> AsyncIterator[str]:
        try:
            yield name
        except BaseException as error:  # noqa: BLE001 - what it is about
            rolled_back(error)
        else:
            log.append(f"{name}: commit")

    return asynchronous if is_async else sync


def using(names: list[str], task: Callable[[], Any]) -> cs.Lazy:
    """A call of a task that needs resources of these names."""

    @cs.task
    async def work(*_values: Any, clock: Any = cs.inject("cascade.clock")) -> Any:
        result = task()
        if result == "wait":
            await clock.sleep(3600.0)
        return result

    return work(*(cs.inject(name) for name in names))


def failing(error: BaseException) -> Callable[[], Any]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("scope", ["run", "task"])
def test_commit_and_rollback(clock: cs.Clock, scope: Any, is_async: bool) -> None:
    """A resource commits after success; after a failure the error is raised at its yield."""
    log: list[str] = []
    tx = transaction(log, is_async, scope=scope)
    assert outcome_of(clock, using(["tx"], lambda: "done"), tx) == "done"
    error = ValueError("half done")
    assert outcome_of(clock, using(["tx"], failing(error)), tx) is error
    assert log == ["tx: commit", "tx: rollback ValueError"]


@pytest.mark.parametrize("is_async", [False, True])
def test_swallowing_the_error_is_no_success(clock: cs.Clock, is_async: bool) -> None:
    """The failure arrives all the same, and those released after it are told of it too."""
    log: list[str] = []
    resources = [
        transaction(log, is_async, "a"),
        transaction(log, is_async, "b", on_error=lambda _error: None),
    ]
    error = LookupError("lost")
    assert outcome_of(clock, using(["a", "b"], failing(error)), *resources) is error
    assert log == ["b: rollback LookupError", "a: rollback LookupError"]


@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_resource_raises_instead_is_noted(clock: cs.Clock, is_async: bool) -> None:
    """An error while rolling back hides neither the failure nor itself, and all are told."""
    log: list[str] = []
    resources = [
        transaction(log, is_async, "a"),
        transaction(log, is_async, "b", on_error=lambda _error: OSError("can't roll back")),
    ]
    error = LookupError("lost")
    assert outcome_of(clock, using(["a", "b"], failing(error)), *resources) is error
    assert log == ["b: rollback LookupError", "a: rollback LookupError"]
    assert any("can't roll back" in note for note in error.__notes__)


@pytest.mark.parametrize("is_async", [False, True])
def test_raising_anew_from_the_error_takes_its_place(clock: cs.Clock, is_async: bool) -> None:
    """``raise ... from error`` translates it: for the resources after it, retries and the run."""
    log: list[str] = []
    translated = ConnectionError("the database is gone")

    def translate(error: BaseException) -> BaseException:
        translated.__cause__ = error
        return translated

    resources = [
        transaction(log, is_async, "a"),
        transaction(log, is_async, "b", on_error=translate),
    ]
    error = LookupError("lost")
    assert outcome_of(clock, using(["a", "b"], failing(error)), *resources) is translated
    assert log == ["b: rollback LookupError", "a: rollback ConnectionError"]
    assert translated.__cause__ is error


def test_a_failing_release_after_success_rolls_the_others_back(clock: cs.Clock) -> None:
    """Who is released after it is told: the whole has failed by then."""
    log: list[str] = []

    @cs.resource(name="b", scope="task")
    def sore() -> Iterator[str]:
        yield "b"
        raise OSError("can't release")

    resources = [transaction(log, False, "a"), sore]
    outcome = outcome_of(clock, using(["a", "b"], lambda: "done"), *resources)
    assert isinstance(outcome, OSError)
    assert log == ["a: rollback OSError"]


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("scope", ["run", "task"])
def test_a_cancellation_is_told_and_stays_one(clock: cs.Clock, scope: Any, is_async: bool) -> None:
    """CancelledError is raised at the yield; raising something from it doesn't stop it."""
    log: list[str] = []

    def translate(error: BaseException) -> BaseException:
        translated = RuntimeError("stopped")
        translated.__cause__ = error
        return translated

    tx = transaction(log, is_async, scope=scope, on_error=translate)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.register(tx)
            begun: list[bool] = []

            def begin() -> str:
                begun.append(True)
                return "wait"

            target = using(["tx"], begin)
            run = asyncio.create_task(engine.run(target))
            while not begun:
                await asyncio.sleep(0)
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run

    asyncio.run(main())
    assert log == ["tx: rollback CancelledError"]


def test_each_try_is_told_of_its_own(clock: cs.Clock) -> None:
    """A task-scoped resource rolls back with each try that failed, and commits with the last."""
    log: list[str] = []
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("not yet")
        return "done"

    call: Any = using(["tx", "run"], work)
    resources = [transaction(log, False), transaction(log, False, "run", scope="run")]
    assert outcome_of(clock, call.with_retry(5), *resources) == "done"
    assert log == ["tx: rollback OSError"] * 2 + ["tx: commit", "run: commit"]


def test_a_sibling_in_parallel_is_told_that_it_was_cancelled(clock: cs.Clock) -> None:
    """One item of a map fails: its resources hear the error, others a cancellation."""
    log: list[str] = []

    @cs.task
    async def work(
        i: int,
        tx: Any = cs.inject("tx"),
        run: Any = cs.inject("run"),
        clock: Any = cs.inject("cascade.clock"),
    ) -> None:
        await clock.sleep(0.001 if i == 0 else 3600.0)
        raise ValueError(i)

    resources = [transaction(log, True), transaction(log, False, "run", scope="run")]
    outcome = outcome_of(clock, work.map(i=range(2)), *resources)
    assert isinstance(outcome, ValueError)
    assert log == [
        "tx: rollback ValueError",
        "tx: rollback CancelledError",
        "run: rollback ValueError",
    ]


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("error", [StopIteration(3), StopAsyncIteration(3)])
def test_an_error_that_generators_wrap_is_the_same(
    clock: cs.Clock, error: Exception, is_async: bool
) -> None:
    """Python turns a StopIteration that leaves a generator into a RuntimeError: nothing new."""
    log: list[str] = []

    @cs.task
    def work(_tx: Any = cs.inject("tx")) -> None:
        raise error

    outcome = outcome_of(clock, work(), transaction(log, is_async))
    assert isinstance(outcome, (type(error), RuntimeError))
    assert len(log) == 1
    assert not any("failed to be released" in note for note in getattr(outcome, "__notes__", ()))


def test_except_star_lets_an_error_pass_as_it_was(clock: cs.Clock) -> None:
    """``except*`` makes a new group of it: not a failure of the resource's own."""

    @cs.resource(name="tx")
    def starred() -> Iterator[None]:
        try:
            yield None
        except* ValueError:
            raise

    error = ValueError("one")
    assert outcome_of(clock, using(["tx"], failing(error)), starred) is error
    assert not any("failed to be released" in note for note in error.__notes__)


@pytest.mark.parametrize("is_async", [False, True])
def test_yielding_again_after_an_error_is_told(clock: cs.Clock, is_async: bool) -> None:
    """A generator that answers the error with another value broke its contract; both are said."""
    closed: list[str] = []

    @cs.resource(name="tx")
    def sync() -> Iterator[int]:
        try:
            yield 1
        except LookupError:
            try:
                yield 2
            finally:
                closed.append("closed")

    @cs.resource(name="tx")
    async def asynchronous() -> AsyncIterator[int]:
        try:
            yield 1
        except LookupError:
            try:
                yield 2
            finally:
                closed.append("closed")

    error = LookupError("lost")
    resource = asynchronous if is_async else sync
    assert outcome_of(clock, using(["tx"], failing(error)), resource) is error
    assert any("yielded more than once" in note for note in error.__notes__)
    assert closed == ["closed"]


@pytest.mark.parametrize("is_async", [False, True])
def test_a_frozen_exception_arrives_as_it_was_raised(clock: cs.Clock, is_async: bool) -> None:
    """Notes and tracebacks need no attribute that an exception can refuse to set."""
    log: list[str] = []
    error = FrozenError(7)
    sore = transaction(log, is_async, on_error=lambda _error: OSError("can't roll back"))
    assert outcome_of(clock, using(["tx"], failing(error)), sore) is error
    notes = " ".join(error.__notes__)
    assert "in task 'work'" in notes
    assert "can't roll back" in notes


@cs.task
async def item(i: int) -> None:
    raise FrozenError(i)


def test_frozen_exceptions_of_parallel_tasks(clock: cs.Clock) -> None:
    """Several at one moment make a group of them all; none is replaced by a complaint."""
    outcome = outcome_of(clock, item.map(i=range(3)))
    assert isinstance(outcome, ExceptionGroup)
    assert outcome.exceptions == (FrozenError(0), FrozenError(1), FrozenError(2))


def test_one_instance_raised_a_thousand_times_stays_small() -> None:
    """Notes of earlier runs don't pile up on an exception that is raised again and again."""
    error = LookupError("the same")
    run_it = using([], failing(error))

    async def main() -> None:
        async with cs.Engine() as engine:
            for _ in range(1000):
                with pytest.raises(LookupError) as caught:
                    await engine.run(run_it)
                assert caught.value is error

    asyncio.run(main())
    assert len(error.__notes__) < 10
    assert error.__notes__[-1] == "in task 'work' of run-1000"


def test_a_frozen_exception_leaves_an_override() -> None:
    """``override_resource`` lets it pass, and takes itself back."""
    engine = cs.Engine()
    old, new = transaction([], False), transaction([], True)
    engine.register(old)
    seen: list[Any] = []

    def override() -> None:
        with cs.override_resource(engine, "tx", new):
            seen.append(engine.resources["tx"])
            raise FrozenError(1)

    with pytest.raises(FrozenError):
        override()
    assert seen == [new]
    assert engine.resources["tx"] is old


def test_a_circle_of_resources_is_told_before_anything_is_set_up(clock: cs.Clock) -> None:
    """Two tasks that reach a circle from two sides don't wait for each other for ever."""
    log: list[str] = []

    @cs.resource
    async def slow(clock: Any = cs.inject("cascade.clock")) -> AsyncIterator[int]:
        log.append("slow")
        await clock.sleep(0.001)
        yield 1

    @cs.resource
    def a(slow: Any = cs.inject("slow"), b: Any = cs.inject("b")) -> Iterator[int]:
        yield 1

    @cs.resource
    def b(slow: Any = cs.inject("slow"), a: Any = cs.inject("a")) -> Iterator[int]:
        yield 1

    @cs.task
    def use(_value: Any) -> None: ...

    async def main() -> Any:
        async with cs.Engine(clock=clock) as engine:
            for resource in (slow, a, b):
                engine.register(resource)
            both = engine.run([use(cs.inject("a")), use(cs.inject("b"))])
            return await asyncio.wait_for(drive(clock, both), 20.0)

    (outcome,) = asyncio.run(main())
    (error,) = outcome.exceptions[:1] if isinstance(outcome, ExceptionGroup) else (outcome,)
    assert isinstance(error, cs.ResourceError)
    assert "'a' depends on itself: a -> b -> a" in str(error)
    assert log == []
