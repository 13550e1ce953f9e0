"""What is executed, in which order, and what is skipped; on both clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.flowing import after, both, run

Make = Callable[[cs.Lazy], Any]


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
                assert await engine.run(both(after(i), [after(i + 1)])) == (i, [i + 1])
                assert await engine.run(after(i)) == i
            assert Spy.asked == engine.plans.compiled == 2
        for solver in (Backwards(), Forgetful()):
            async with cs.Engine(solver=solver, clock=clock) as engine:
                with pytest.raises(cs.GraphError):
                    await engine.run(both(after(1), after(2)))

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
            await engine.run(short_lived(after(1)))
            await engine.run(short_lived(1))
            del short_lived
            gc.collect()
            assert gone() is None

    asyncio.run(main())


def test_a_very_deep_and_a_very_wide_graph(clock: cs.Clock) -> None:
    """Neither depth nor width of a declaration is limited by the stack."""
    deep: Any = 0
    for _ in range(3_000):
        deep = after(deep)
    assert run(clock, deep)[0] == 0
    assert run(clock, after([after(i) for i in range(1_000)]))[0] == list(range(1_000))
