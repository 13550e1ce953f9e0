"""What is executed, skipped and pruned; on both clocks."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cascade as cs
from tests.cascade.running import drive

Make = Callable[[cs.Lazy], Any]


@pytest.fixture(params=["wall", "virtual"])
def clock(request: pytest.FixtureRequest) -> cs.Clock:
    return cs.WallClock() if request.param == "wall" else cs.VirtualClock()


@pytest.fixture
def calls() -> list[Any]:
    return []


@pytest.fixture
def note(calls: list[Any]) -> cs.Task[..., Any]:
    @cs.task
    async def note(value: Any, *_needs: Any) -> Any:
        calls.append(value)
        return value

    return note


def run(clock: cs.Clock, target: cs.Lazy, **params: Any) -> tuple[Any, dict[str, str]]:
    """Result of a run, and the reasons of what was skipped in it, by first argument or name."""
    bus = cs.MessageBus()
    skipped: dict[str, str] = {}
    bus.subscribe(
        cs.TaskSkipped, lambda e: skipped.update({f"{e.task_name}:{e.task_id}": e.reason})
    )

    async def main() -> Any:
        async with cs.Engine(bus=bus, clock=clock) as engine:
            return await engine.run(target, params)

    return asyncio.run(main()), skipped


def test_a_shared_dependency_runs_once(clock: cs.Clock, note: Any, calls: list[Any]) -> None:
    """The same lazy value in several places is one execution."""
    shared = note("s")
    result, _ = run(clock, note("end", note("l", shared), note("r", shared)))
    assert result == "end"
    assert sorted(calls[:-1]) == ["l", "r", "s"]
    assert calls[0] == "s"


def test_dependencies_inside_containers(clock: cs.Clock) -> None:
    """Lazy values in lists, tuples and dicts are filled in, however deep; the rest is untouched."""

    @cs.task
    def same(x: Any) -> Any:
        return x

    plain = [1, 2]
    value = {"a": [same(1), (same(2), {"b": same(3)})], "plain": plain}
    result, _ = run(clock, same(value))
    assert result == {"a": [1, (2, {"b": 3})], "plain": [1, 2]}
    assert result["plain"] is plain


def test_a_false_condition_skips_what_depends_on_it(
    clock: cs.Clock, note: Any, calls: list[Any]
) -> None:
    """The task is skipped, its dependants are, and a skipped target raises."""
    off = note("off").run_if(note(False))
    with pytest.raises(cs.DependencyMissingError, match="ConditionFalse"):
        run(clock, off)
    assert calls == [False]
    with pytest.raises(cs.DependencyMissingError, match="UpstreamSkipped_Data"):
        run(clock, note("end", off))
    with pytest.raises(cs.DependencyMissingError, match="UpstreamSkipped_Condition"):
        run(clock, note("end").run_if(off))
    assert "off" not in calls
    assert "end" not in calls


def test_a_true_condition_and_plain_bools(clock: cs.Clock, note: Any) -> None:
    """A condition may be lazy, a Param, or a plain bool."""
    assert run(clock, note(1).run_if(note(True)))[0] == 1
    assert run(clock, note(1).run_if(True))[0] == 1
    assert run(clock, note(1).run_if(cs.Param("p")), p=True)[0] == 1
    with pytest.raises(cs.DependencyMissingError):
        run(clock, note(1).run_if(False))


def test_skip_reasons_are_told(clock: cs.Clock, note: Any) -> None:
    """Skips that don't reach the target are told as events with their reason."""

    off = note("off").run_if(False)
    below = note("below", off)
    router = cs.Router(note("b"), {"a": below, "b": note("b2")})
    result, skipped = run(clock, note("end", router))
    assert result == "end"
    assert sorted(skipped.values()) == ["Pruned", "Pruned"]


def test_a_router_runs_only_the_chosen_route(clock: cs.Clock, note: Any, calls: list[Any]) -> None:
    """Unchosen branches are pruned with all that only they needed; shared needs are kept."""
    shared = note("shared")
    router = cs.Router(
        note("a"),
        {"a": note("A", shared), "b": note("B", shared, note("only B needs me"))},
    )
    result, skipped = run(clock, note("end", router))
    assert result == "end"
    assert sorted(calls) == ["A", "a", "end", "shared"]
    assert list(skipped.values()) == ["Pruned", "Pruned"]


def test_what_a_pruned_branch_shares_with_the_rest_still_runs(
    clock: cs.Clock, note: Any, calls: list[Any]
) -> None:
    """A node needed by a pruned branch and by the target itself runs."""
    shared = note("shared")
    router = cs.Router(note("a"), {"a": 1, "b": note("B", shared)})
    run(clock, note("end", router, shared))
    assert sorted(calls) == ["a", "end", "shared"]


def test_nested_routers_and_a_router_as_target(
    clock: cs.Clock, note: Any, calls: list[Any]
) -> None:
    """A route may be a router, a selector may stand in another router's branch."""
    inner = cs.Router(note("y"), {"x": note("X"), "y": note("Y")})
    outer = cs.Router(note("in"), {"in": inner, "out": note("out")})
    assert run(clock, outer)[0] == "Y"
    assert sorted(calls) == ["Y", "in", "y"]


def test_a_branch_that_is_also_the_selector_of_another_router(clock: cs.Clock, note: Any) -> None:
    """Routers that share nodes across branch and selector don't deadlock."""
    chosen = note("b")
    second = cs.Router(chosen, {"a": note(1), "b": note(2)})
    first = cs.Router(note("go"), {"go": second, "other": chosen})
    assert run(clock, first)[0] == 2


def test_an_unknown_route_is_an_error(clock: cs.Clock, note: Any) -> None:
    """The message names the selector, what it gave, and the routes."""
    with pytest.raises(ValueError, match="no matching route found: selector 'note' gave 'z'"):
        run(clock, cs.Router(note("z"), {"a": 1, "b": 2}))


def test_an_unknown_route_of_a_router_that_nobody_needs_is_none(clock: cs.Clock, note: Any) -> None:
    """Its selector is needed elsewhere, and it stands in a branch that is not chosen after all."""
    key = note("z")
    inner = cs.Router(key, {"a": 1})
    outer = cs.Router(note("in", note("later", key)), {"in": 2, "out": inner})
    assert run(clock, _both(key, outer))[0] == ("z", 2)
    with pytest.raises(ValueError, match="no matching route found"):
        run(clock, _both(key, cs.Router(note("out", note("later", key)), {"out": inner})))


def test_a_skipped_route_or_selector_skips_by_route(clock: cs.Clock, note: Any) -> None:
    """What takes a router's value is skipped for the route's sake."""
    off = note("off").run_if(False)
    for router in (cs.Router(note("a"), {"a": off}), cs.Router(off, {"a": 1})):
        with pytest.raises(cs.DependencyMissingError, match="UpstreamSkipped_Route"):
            run(clock, note("end", router))


def test_tail_calls_take_constant_stack(clock: cs.Clock) -> None:
    """A hundred thousand handovers, between different tasks and with graphs in between."""

    @cs.task
    def twice(n: int) -> int:
        return n

    @cs.task
    async def ping(n: int) -> Any:
        return pong(n - 1) if n else "done"

    @cs.task
    def pong(n: int) -> Any:
        return ping(twice(n) if n % 100 == 0 else n)

    assert run(clock, ping(20_000))[0] == "done"


def test_a_tail_call_in_the_middle_of_a_graph(clock: cs.Clock, note: Any) -> None:
    """A dependency that hands over gives its chain's last value."""

    @cs.task
    def down(n: int) -> Any:
        return down(n - 1) if n else "bottom"

    @cs.task
    def pair(a: Any, b: Any) -> Any:
        return a, b

    assert run(clock, pair(down(3), down(2)))[0] == ("bottom", "bottom")


def test_failures_are_noted_and_surface_unchanged(clock: cs.Clock) -> None:
    """The awaiter gets the task's own exception, with a note that names the task."""

    @cs.task
    async def fail() -> None:
        raise LookupError("mine")

    for target in (fail(), _after(fail())):
        with pytest.raises(LookupError, match="mine") as caught:
            run(clock, target)
        assert any("task 'fail'" in note for note in caught.value.__notes__)


@cs.task
def _after(value: Any) -> Any:
    return value


def test_a_forgotten_await_is_named(clock: cs.Clock) -> None:
    """A task that returns a coroutine is told so."""

    async def inner() -> int:
        return 1

    @cs.task
    def forgot() -> Any:
        return inner()

    with pytest.raises(cs.TaskError, match="'forgot' returned a coroutine"):
        run(clock, forgot())
    with pytest.raises(cs.TaskError, match="'forgot' returned a coroutine"):
        run(clock, _after(forgot()))


def test_parallel_failures_hide_nobody(clock: cs.Clock) -> None:
    """The others are cancelled, their clean-up runs, and a failing clean-up is told too."""
    log: list[str] = []

    @cs.task
    async def slow() -> None:
        try:
            await clock.sleep(60)
        finally:
            log.append("cleaned")

    @cs.task
    async def fail() -> None:
        raise KeyError("first")

    with pytest.raises(KeyError, match="first"):
        run(clock, _both(slow(), fail()))
    assert log == ["cleaned"]

    @cs.task
    async def fail_cleaning() -> None:
        try:
            await clock.sleep(60)
        finally:
            raise ValueError("second")

    with pytest.raises(ExceptionGroup) as caught:
        run(clock, _both(fail_cleaning(), fail()))
    assert {type(e) for e in caught.value.exceptions} == {KeyError, ValueError}


@cs.task
def _both(a: Any, b: Any) -> Any:
    return a, b


@pytest.mark.parametrize("executor", [cs.LocalExecutor, cs.ThreadExecutor])
def test_all_that_fail_at_one_moment_are_told_of(
    executor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same on each clock and in threads: a group of both, whoever was heard of first."""
    # A busy machine may keep a thread waiting; the moment ends with the last that fails.
    monkeypatch.setattr("cascade.scheduler.crowd.MOMENT_S", 60.0)

    @cs.task
    async def fail_later(name: str, clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep(0.01)
        raise OSError(name)

    @cs.task
    async def fail_below(name: str) -> Any:
        return _both(fail_later(name), fail_later(f"{name}'"))

    @cs.task
    def fail_now(name: str) -> None:
        raise OSError(name)

    @cs.task
    def fail_now_below(name: str) -> Any:
        return _both(fail_now(name), fail_now(f"{name}'"))

    together = threading.Barrier(2)

    @cs.task
    def fail_in_thread(name: str) -> None:
        together.wait(60)
        raise OSError(name)

    async def failures(clock: cs.Clock, target: cs.Lazy, **parts: Any) -> list[str]:
        async with cs.Engine(clock=clock, **parts) as engine:
            (outcome,) = await drive(clock, engine.run(target))
        return sorted(str(leaf) for leaf in _leaves(outcome))

    async def main() -> None:
        if executor is cs.ThreadExecutor:
            for _ in range(10):
                with cs.ThreadExecutor(2) as threads:
                    target = _both(fail_in_thread("a"), fail_in_thread("b"))
                    assert await failures(cs.WallClock(), target, executor=threads) == ["a", "b"]
            return
        for clock in (cs.VirtualClock(), cs.WallClock()):
            target = _both(fail_later("a"), fail_later("b"))
            assert await failures(clock, target) == ["a", "b"]
            target = _both(fail_later.map(name=["a", "b", "c"]), fail_later("d"))
            assert await failures(cs.VirtualClock(), target) == ["a", "b", "c", "d"]
        target = _both(_both(fail_below("a"), fail_below("b")), fail_later("c"))
        assert await failures(cs.VirtualClock(), target) == ["a", "a'", "b", "b'", "c"]

        at_once = _both(_both(fail_now_below("a"), fail_now_below("b")), fail_now("c"))
        assert await failures(cs.VirtualClock(), at_once) == ["a", "a'", "b", "b'", "c"]

    asyncio.run(main())


def test_a_sibling_that_waits_for_later_is_cancelled_at_the_end_of_the_instant() -> None:
    """What is due at the instant of a failure still happens; what is due later never does."""
    clock = cs.VirtualClock()
    done: list[str] = []

    @cs.task
    async def work(name: str, until: float, clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep_until(until)
        done.append(name)
        if name == "fails":
            raise OSError(name)

    async def main() -> Any:
        async with cs.Engine(clock=clock) as engine:
            target = _both(work("fails", 2.0), _both(work("same", 2.0), work("later", 2.5)))
            return await drive(clock, engine.run(target))

    (outcome,) = asyncio.run(main())
    assert isinstance(outcome, OSError)
    assert done == ["fails", "same"]
    assert clock.now == 2.0


class _Pair(NamedTuple):
    n: int
    items: Any


@dataclasses.dataclass
class _Held:
    items: Any


def _leaves(error: Any) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]


def test_what_can_be_read_once_is_refused_for_two_readers(clock: cs.Clock, tmp_path: Path) -> None:
    """A generator, an iterator, a file: the second reader would find nothing, so it is told."""
    (tmp_path / "lines").write_text("1\n2\n")

    @cs.task
    def numbers() -> Any:
        return (n for n in [1, 2])

    @cs.task
    def iterator() -> Any:
        return iter([1, 2])

    @cs.task
    def lines(files: list[Any]) -> Any:
        files.append((tmp_path / "lines").open())
        return files[-1]

    @cs.task
    def numbers_of(n: int) -> Any:
        return (each for each in range(n))

    @cs.task
    def count(items: Any, *more: Any) -> int:
        return len(list(items))

    files: list[Any] = []
    routed = cs.Router(count([]), {0: numbers()})
    for source in (numbers(), iterator(), lines(files), routed):
        assert run(clock, count(source))[0] == 2
        for target in (_both(count(source), count(source)), count(source, source)):
            with pytest.raises(cs.TaskError, match="can be read only once, and 2 arguments need"):
                run(clock, target)
    each = numbers_of.map(n=[1])
    with pytest.raises(cs.TaskError, match="'numbers_of' gave a generator"):
        run(clock, _both(count(each), count(each)))
    for file in files:
        file.close()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda items: [items],
        lambda items: (1, [2, {"deep": items}]),
        lambda items: {"lines": items, "n": 2},
        lambda items: _Pair(0, items),
        lambda items: {items},
        lambda items: collections.deque([items]),
        lambda items: {items: "a key"},
        lambda items: _Held(items),
        lambda items: types.SimpleNamespace(items=items),
    ],
)
def test_what_can_be_read_once_is_found_inside_of_what_holds_it(clock: cs.Clock, wrap: Any) -> None:
    """In all containers that lazy values are looked for in, however deep; for one it is fine."""

    @cs.task
    def numbers() -> Any:
        return wrap(iter([1, 2]))

    @cs.task
    def take(held: Any, *more: Any) -> str:
        return type(held).__name__

    assert run(clock, take(numbers()))[0] == type(wrap(iter(()))).__name__
    match = "gave a list_iterator inside its result, which can be read only once, and 2 arguments"
    held = numbers()
    with pytest.raises(cs.TaskError, match=match):
        run(clock, take(held, held))


def test_what_holds_itself_is_looked_through_once(clock: cs.Clock) -> None:
    """A list in a cycle, and one that is deeper than Python recurses, are no trouble."""

    @cs.task
    def circle() -> Any:
        held: list[Any] = [1]
        held.append(held)
        return held

    @cs.task
    def deep() -> Any:
        held: list[Any] = [1]
        for _ in range(100_000):
            held = [held]
        return held

    @cs.task
    def size(held: Any, _more: Any) -> int:
        return len(held)

    for source, n in ((circle(), 2), (deep(), 1)):
        assert run(clock, size(source, source))[0] == n


def test_a_cancellation_that_a_task_raises_is_told_with_its_name(clock: cs.Clock) -> None:
    """Nobody had asked for it: without a name it would be hard to find."""

    @cs.task
    async def gives_up() -> None:
        raise asyncio.CancelledError

    @cs.task
    def stops() -> None:
        raise StopIteration

    with pytest.raises(asyncio.CancelledError) as caught:
        run(clock, gives_up())
    assert any(note.startswith("in task 'gives_up' of run-") for note in caught.value.__notes__)
    with pytest.raises(RuntimeError, match="StopIteration") as stopped:
        run(clock, stops())
    assert any(note.startswith("in task 'stops' of run-") for note in stopped.value.__notes__)


def test_a_task_is_not_tried_again_with_what_is_used_up(clock: cs.Clock) -> None:
    """The second try would succeed on nothing; the first try's error is raised, with a note."""

    @cs.task
    def numbers() -> Any:
        return iter([1, 2])

    @cs.task
    def read(items: Any) -> int:
        if len(list(items)):
            raise OSError("once")
        return 0

    with pytest.raises(OSError, match="once") as caught:
        run(clock, read(numbers()).with_retry(3, delay=0.0))
    assert "not tried again: an argument can be read only once" in caught.value.__notes__


def test_items_of_what_is_read_once_are_tried_again() -> None:
    """Each call has its own item by then, whatever gave the items."""
    tried: list[int] = []

    @cs.task
    def numbers() -> Any:
        return iter([1, 2])

    @cs.task
    def send(n: int) -> int:
        tried.append(n)
        if tried.count(2) == 1 and n == 2:
            raise OSError("once")
        return n

    result, _ = run(cs.WallClock(), send.map(n=numbers()).with_retry(1, delay=0.0))
    assert result == [1, 2]
    assert sorted(tried) == [1, 2, 2]


def _calls_of(function: Callable[[], object]) -> int:
    """How many calls of Python functions a call makes."""
    calls = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("is_nested", [False, True])
def test_routers_in_a_chain_cost_in_proportion(is_nested: bool) -> None:
    """Twice as many routers make no more than twice the calls, and take no deeper stack."""

    @cs.task
    def choose(_: Any) -> str:
        return "a"

    @cs.task
    def leaf(x: Any) -> Any:
        return x

    def chain(n: int) -> cs.Lazy[Any]:
        target: cs.Lazy[Any] = leaf(0)
        selector = choose(0)
        for i in range(n):
            key = selector if is_nested else choose(target)
            target = cs.Router(key, {"a": target, "b": leaf(i)})
        return target

    short, long = chain(80), chain(160)
    few = _calls_of(lambda: cs.run(short))
    assert _calls_of(lambda: cs.run(long)) < 2.3 * few
    assert cs.run(chain(1200)) == 0


def test_the_executor_is_honoured_in_every_path(clock: cs.Clock) -> None:
    """A spy sees each execution: tail calls, graphs, branches; never params or routers."""
    seen: list[str] = []

    class Spy(cs.LocalExecutor):
        async def execute(self, node: cs.Node, args: Any, kwargs: Any) -> Any:
            seen.append(node.name)
            return await super().execute(node, args, kwargs)

    @cs.task
    def leaf(x: Any) -> Any:
        return x

    @cs.task
    async def tail(x: Any) -> Any:
        return leaf(cs.Router(leaf("a"), {"a": leaf(1), "b": leaf(2)}))

    async def main() -> Any:
        async with cs.Engine(executor=Spy(), clock=clock) as engine:
            return await engine.run(tail(cs.Param("p")), {"p": 1})

    assert asyncio.run(main()) == 1
    assert seen == ["tail", "leaf", "leaf", "leaf"]


def test_a_solver_is_asked_once_per_shape_and_checked(clock: cs.Clock) -> None:
    """Plans are kept by shape, never by values; a wrong order is refused."""

    class Spy(cs.NativeSolver):
        asked = 0

        def resolve(self, graph: cs.Graph) -> list[list[cs.Node]]:
            Spy.asked += 1
            return super().resolve(graph)

    class Backwards(cs.NativeSolver):
        def resolve(self, graph: cs.Graph) -> list[list[cs.Node]]:
            return super().resolve(graph)[::-1]

    class Forgetful(cs.NativeSolver):
        def resolve(self, graph: cs.Graph) -> list[list[cs.Node]]:
            return super().resolve(graph)[1:]

    async def main() -> None:
        async with cs.Engine(solver=Spy(), clock=clock) as engine:
            for i in range(50):
                assert await engine.run(_both(_after(i), [_after(i + 1)])) == (i, [i + 1])
                assert await engine.run(_after(i)) == i
            assert Spy.asked == engine.plans.compiled == 2
        for solver in (Backwards(), Forgetful()):
            async with cs.Engine(solver=solver, clock=clock) as engine:
                with pytest.raises(cs.GraphError):
                    await engine.run(_both(_after(1), _after(2)))

    asyncio.run(main())


def test_plans_do_not_keep_tasks_alive(clock: cs.Clock) -> None:
    """A task that nobody refers to any more can go, though its plan is kept."""
    import gc
    import weakref

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:

            @cs.task
            def short_lived(x: Any) -> Any:
                return x

            gone = weakref.ref(short_lived)
            await engine.run(short_lived(_after(1)))
            await engine.run(short_lived(1))
            del short_lived
            gc.collect()
            assert gone() is None

    asyncio.run(main())


def test_what_a_graph_with_routers_made_is_freed_at_once(clock: cs.Clock) -> None:
    """Nothing of it waits for the garbage collector."""
    import gc
    import weakref

    class Large:
        pass

    made: list[weakref.ref[Large]] = []

    @cs.task
    def make() -> Large:
        large = Large()
        made.append(weakref.ref(large))
        return large

    @cs.task
    def choose(_large: Large) -> str:
        return "left"

    gc.disable()
    try:
        run(clock, choose(cs.Router(choose(make()), {"left": make(), "right": make()})))
        assert made
        assert [each for each in made if each() is not None] == []
    finally:
        gc.enable()


def test_a_very_deep_and_a_very_wide_graph(clock: cs.Clock) -> None:
    """Neither depth nor width of a declaration is limited by the stack."""
    deep: Any = 0
    for _ in range(3_000):
        deep = _after(deep)
    assert run(clock, deep)[0] == 0
    assert run(clock, _after([_after(i) for i in range(1_000)]))[0] == list(range(1_000))
