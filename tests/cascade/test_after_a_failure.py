"""After a failure nothing more begins, what runs is cancelled once, and no failure is hidden."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import run


class Scene:
    """A part that fails while another cleans up for many turns of the loop, and who begins then."""

    def __init__(self) -> None:
        self.is_beside = asyncio.Event()  # something else has begun
        self.has_failed = asyncio.Event()
        self.begun_after: list[str] = []
        self.log: list[str] = []
        self.may_end: asyncio.Event | None = None  # when the clean-up may, if it has to wait

    async def fail(self) -> None:
        await self.is_beside.wait()
        self.has_failed.set()
        raise ValueError("first")

    async def clean_up(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.log.append("cleaning")
            for _ in range(300):
                await asyncio.sleep(0)
            if self.may_end is not None:
                await self.may_end.wait()
            self.log.append("clean")

    def note_begin(self, name: str) -> None:
        self.is_beside.set()
        if self.has_failed.is_set():
            self.begun_after.append(name)


def _map(scene: Scene) -> Any:
    @cs.task
    async def item(i: int) -> None:
        await (scene.clean_up() if i else scene.fail())

    return item.map(i=[1, 0])


def _graph(scene: Scene) -> Any:
    fail, clean_up = cs.task(scene.fail), cs.task(scene.clean_up)

    @cs.task
    def pair(*values: Any) -> Any:
        return values

    @cs.task
    def hand_over() -> Any:
        return pair(clean_up(), fail())

    return hand_over()


def _alone(scene: Scene) -> Any:
    return cs.task(scene.fail)()


def _chain(scene: Scene) -> Any:
    @cs.task
    async def step(i: int, _before: Any = None) -> int:
        scene.note_begin(f"step {i}")
        await scene.has_failed.wait()
        return i

    value = None
    for i in range(50):
        value = step(i, value)
    return value


def _chain_below(scene: Scene) -> Any:
    @cs.task
    def hand_over() -> Any:
        return _chain(scene)

    return hand_over()


def _tail_calls(scene: Scene) -> Any:
    @cs.task
    async def step(i: int) -> Any:
        scene.note_begin(f"step {i}")
        await scene.has_failed.wait()
        return step(i - 1) if i else i

    return step(50)


def _mapped_tail_calls(scene: Scene) -> Any:
    @cs.task
    async def step(i: int) -> Any:
        scene.note_begin(f"step {i}")
        await scene.has_failed.wait()
        return step(i - 1) if i else i

    return step.map(i=[50])


def _tries(scene: Scene) -> Any:
    @cs.task
    async def attempt() -> None:
        scene.note_begin("try")
        await scene.has_failed.wait()
        raise OSError

    return attempt().with_retry(50)


def _with_resource(scene: Scene) -> Any:
    @cs.task
    async def use(_value: Any = cs.inject("slow")) -> None:
        scene.note_begin("use")

    return use()


@pytest.mark.parametrize(
    "other", [_chain, _chain_below, _tail_calls, _mapped_tail_calls, _tries, _with_resource]
)
@pytest.mark.parametrize("failing", [_alone, _map, _graph])
async def test_nothing_begins_while_those_beside_a_failure_clean_up(
    failing: Callable[[Scene], Any], other: Callable[[Scene], Any]
) -> None:
    """Wherever in the run it failed, and whoever awaits that: no part of the run goes on."""
    scene = Scene()

    @cs.resource
    async def slow() -> AsyncIterator[None]:
        scene.is_beside.set()
        await scene.has_failed.wait()
        yield

    async with cs.Engine() as engine:
        engine.register(slow)
        with pytest.raises(ValueError, match="first"):
            await engine.run([other(scene), failing(scene)])
    assert scene.begun_after == []
    assert scene.log in ([], ["cleaning", "clean"])


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("is_map", [False, True])
def test_a_slot_that_a_failure_gives_back_is_for_other_runs(
    clock: cs.Clock, is_map: bool, waits: bool
) -> None:
    """Those of the same run that stood in line for it don't begin."""
    begun: list[int] = []

    @cs.task
    async def pay(i: int, clock: Any = cs.inject("cascade.clock")) -> None:
        begun.append(i)
        if waits:
            await clock.sleep(0.001)
        raise ValueError(i)

    items = [0, 1, 2, 3]
    target: Any = [pay(i).with_constraints(slot=1) for i in items]
    if is_map:
        target = pay.map(i=items).with_constraints(slot=1)
    engine = cs.Engine(clock=clock, system_resources={"slot": 1})
    with pytest.raises(ValueError, match="0"):
        cs.run(target, engine=engine)
    assert begun == [0]
    assert engine.statistics().tasks_blocked == 0

    waits = False
    with pytest.raises(ValueError, match="7"):
        cs.run(pay(7).with_constraints(slot=1), engine=engine)  # the slot is free again


def test_a_failure_of_a_run_within_is_that_runs_alone(clock: cs.Clock) -> None:
    """A task that catches it goes on, and so does all of the outer run."""
    engine = cs.Engine(clock=clock)

    @cs.task
    def fail() -> None:
        raise ValueError

    @cs.task
    async def careful(clock: Any = cs.inject("cascade.clock")) -> str:
        try:
            await engine.run([cs.wait(1.0), fail()])
        except ValueError:
            return "caught"
        return "missed"

    @cs.task
    async def step(i: int, _before: Any, clock: Any = cs.inject("cascade.clock")) -> int:
        await clock.sleep(0.001)
        return i

    assert cs.run([step(2, step(1, careful())), careful()], engine=engine) == [2, "caught"]


@pytest.mark.parametrize("ends_by", ["cancel", "close"])
async def test_a_cancellation_does_not_cut_off_a_clean_up_under_way(ends_by: str) -> None:
    """As in a TaskGroup; it is raised when all have ended, with the failure as its cause."""
    scene, engine = Scene(), cs.Engine()
    scene.may_end = asyncio.Event()
    scene.is_beside.set()
    host = asyncio.create_task(engine.run(_map(scene)))
    while not scene.log:
        await asyncio.sleep(0.001)
    closing = None
    if ends_by == "close":
        closing = asyncio.create_task(engine.aclose())
        await asyncio.sleep(0)
    for _ in range(2):
        host.cancel()
        await asyncio.sleep(0)
    assert scene.log == ["cleaning"]
    scene.may_end.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await host
    assert scene.log == ["cleaning", "clean"]
    assert isinstance(caught.value.__cause__, ValueError)
    assert any("ValueError" in note for note in caught.value.__notes__)
    if closing is not None:
        await closing
    await engine.aclose()


def test_a_failure_known_when_a_time_out_comes_is_its_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time-out comes within the moment in which others may fail, too."""
    monkeypatch.setattr("cascade.scheduler.crowd.MOMENT_S", 60.0)
    engine = cs.Engine()

    @cs.task
    def fail() -> None:
        raise ValueError("known")

    @cs.task
    async def outer() -> None:
        await engine.run([fail(), cs.wait(60.0)])

    with pytest.raises(TimeoutError) as caught:
        cs.run(outer().with_timeout(0.001), engine=engine)
    assert repr(caught.value.__cause__) == "ValueError('known')"


def test_a_failure_while_a_time_out_cancels_is_its_cause(clock: cs.Clock) -> None:
    """A run within the task that is late tells of what its clean-up raised."""
    engine = cs.Engine(clock=clock)

    @cs.task
    async def fail_cleaning(clock: Any = cs.inject("cascade.clock")) -> None:
        try:
            await clock.sleep(60.0)
        finally:
            raise ValueError("unclean")

    @cs.task
    async def outer() -> None:
        await engine.run([fail_cleaning(), cs.wait(60.0)])

    with pytest.raises(TimeoutError) as caught:
        cs.run(outer().with_timeout(0.001), engine=engine)
    assert repr(caught.value.__cause__) == "ValueError('unclean')"


async def test_a_failure_whose_siblings_clean_up_is_told_beside_a_later_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The crowd it was in is cancelled before it could raise: its failure counts all the same."""
    monkeypatch.setattr("cascade.scheduler.crowd.MOMENT_S", 0.0)
    scene = Scene()
    scene.is_beside.set()

    @cs.task
    async def fail_later() -> None:
        while not scene.log:
            await asyncio.sleep(0)
        raise KeyError("second")

    async with cs.Engine() as engine:
        with pytest.raises(ExceptionGroup) as caught:
            await engine.run([_map(scene), fail_later()])
    assert {type(each) for each in caught.value.exceptions} == {ValueError, KeyError}
    assert scene.log == ["cleaning", "clean"]


def test_cancellations_alone_are_one_cancellation(clock: cs.Clock) -> None:
    """Two tasks that await what somebody cancels: no group, which nobody would catch."""

    @cs.task
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run(clock, [cancelled(), cancelled()])


def _at_depth(levels: int, act: Callable[[], Any]) -> Any:
    return _at_depth(levels - 1, act) if levels else act()


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_run_begun_where_the_stack_is_full_leaves_nothing() -> None:
    """The first that has room enough gives its result; none before is counted as active."""
    engine = cs.Engine(clock=cs.VirtualClock())

    @cs.task
    def one() -> int:
        return 1

    def outcome() -> Any:
        run = engine.run(one())
        try:
            run.send(None)
        except StopIteration as stop:
            return stop.value
        finally:
            run.close()

    outcomes = []
    for levels in range(sys.getrecursionlimit(), 0, -1):
        try:
            outcomes.append(_at_depth(levels, outcome))
        except (RecursionError, cs.GraphError):
            assert engine.statistics().runs_active == 0, levels
        if outcomes:
            break
    assert outcomes == [1]


@pytest.mark.parametrize("depth", range(12))
def test_runs_within_runs_too_deep_for_the_stack_all_end(depth: int) -> None:
    """Wherever the stack is full, no run is left that nobody can end."""
    engine = cs.Engine()

    @cs.resource(name="held")
    def held() -> Iterator[None]:
        log.append("acquired")
        yield
        log.append("released")

    @cs.task
    async def nest(n: int, _held: Any = cs.inject("held")) -> int:
        return 1 + await engine.run(nest(n - 1)) if n else 0

    log: list[str] = []
    engine.register(held)
    with pytest.raises(RecursionError):
        _at_depth(depth, lambda: cs.run(nest(10_000), engine=engine))
    statistics = engine.statistics()
    assert (statistics.runs_active, statistics.tasks_running) == (0, 0)
    asyncio.run(asyncio.wait_for(engine.aclose(), 10.0))
