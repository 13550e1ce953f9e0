"""A task starts the moment its own needs are settled: nothing else holds it up."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cascade as cs
from tests.cascade.evaluator import Evaluator, Failure, Spec
from tests.cascade.random_graphs import grow
from tests.cascade.running import CLOCKS, drive, listening, make_clock, run
from tests.cascade.test_properties import EXAMPLES, TALLY, Tally, Usage, Workshop, lease, session
from tests.cascade.timing import Timing
from tests.proofs import count

GRAPHS = count(60, 2_000)


@cs.task
async def nap(s: float, *_needs: Any, clock: cs.Clock = cs.inject("cascade.clock")) -> float:
    """Take so many seconds; gives when it began."""
    began: float = clock.now
    await clock.sleep(s)
    return began


@cs.task
def ident(x: Any, *_needs: Any) -> Any:
    return x


async def starts_and_ends(spec: Spec) -> tuple[dict[str, float], dict[str, float]]:
    """When each task of a graph began first and ended last, without limits, from time 0."""
    clock, bus = cs.VirtualClock(), cs.MessageBus()
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    bus.subscribe(cs.TaskExecutionStarted, lambda e: starts.setdefault(e.task_name, e.timestamp))
    bus.subscribe(cs.TaskExecutionFinished, lambda e: ends.update({e.task_name: e.timestamp}))

    async def begin(engine: cs.Engine, target: Any) -> Any:
        TALLY.set(Tally(Evaluator(spec.nodes, spec.params).outcome(spec)))
        return await engine.run(target, spec.params)

    async with cs.Engine(clock=clock, bus=bus) as engine:
        engine.register(session)
        engine.register(lease)
        await drive(clock, begin(engine, Workshop(clock, Usage(), spec).declare(spec)))
    return starts, ends


@pytest.mark.drill
@pytest.mark.slow
def test_each_task_of_a_random_graph_starts_at_the_longest_path_of_its_needs(
    record_property: Callable[[str, object], None],
) -> None:
    """Starts and ends of all tasks of random graphs, exact to the last bit of virtual time."""
    record_property("count", GRAPHS)

    @settings(EXAMPLES, max_examples=GRAPHS)
    @given(
        spec=st.builds(
            grow,
            seed=st.integers(0, 2**32),
            size=st.integers(1, 80),
            mood=st.sampled_from(("clean", "skips")),
        )
    )
    def check(spec: Spec) -> None:
        assume(not isinstance(Evaluator(spec.nodes, spec.params).outcome(spec).result, Failure))
        starts, ends = asyncio.run(starts_and_ends(spec))
        timing = Timing(spec, pause_s=1.0)
        assert starts.keys() == called(spec)
        for name, start in starts.items():
            number = int(name[1:])
            assert (start, ends[name]) == (timing.starts[number], timing.ends[number]), name

    check()


def called(spec: Spec) -> set[str]:
    """Names of the tasks that are called at least once."""
    return {name for name, n in Evaluator(spec.nodes, spec.params).outcome(spec).calls.items() if n}


@pytest.mark.parametrize("extra", [False, True])
@pytest.mark.parametrize("kind", CLOCKS)
def test_tasks_that_meet_on_a_channel_meet_whatever_else_one_of_them_needs(
    kind: str, extra: bool
) -> None:
    """A param more, or a task in between, doesn't make them miss each other."""
    bell: cs.Channel[str] = cs.Channel()

    @cs.task
    async def host() -> Any:
        return await bell.receive(timeout=30.0)

    @cs.task
    async def visitor(what: str, clock: cs.Clock = cs.inject("cascade.clock")) -> bool:
        await clock.sleep(0.01)
        return bell.send(what)

    what = ident(cs.Param("what")) if extra else cs.Param("what")
    params = {"what": "ding"}
    assert run(make_clock(kind), [host(), visitor(what)], params) == ["ding", True]


def test_chains_beside_each_other_take_as_long_as_the_longest() -> None:
    """Three times 3 s beside 10 s: 10 s, and each link begins when the one before has ended."""
    clock = cs.VirtualClock()
    first = nap(3.0)
    second = nap(3.0, first)
    third = nap(3.0, second)
    assert run(clock, [nap(10.0), first, second, third]) == [0.0, 0.0, 3.0, 6.0]
    assert clock.now == 10.0


def test_on_the_wall_clock_a_fast_branch_is_through_before_a_slow_task_has_ended() -> None:
    """Ten links of the fast branch, then the slow one is let go: it would wait for ever."""

    async def main() -> Any:
        through = asyncio.Event()

        @cs.task
        async def slow() -> str:
            await through.wait()
            return "slow"

        @cs.task
        async def link(n: int) -> int:
            await asyncio.sleep(0)
            return n + 1

        @cs.task
        async def last(n: int) -> int:
            through.set()
            return n

        n = ident(0)
        for _ in range(10):
            n = link(n)
        async with cs.Engine() as engine, asyncio.timeout(60):
            return await engine.run([slow(), last(n)])

    assert asyncio.run(main()) == ["slow", 10]


@pytest.mark.parametrize("kind", CLOCKS)
def test_a_retrying_or_blocked_task_holds_up_only_what_needs_it(kind: str) -> None:
    """Delays of retries and waits for a resource are none of the others' business."""
    clock = make_clock(kind)
    order: list[str] = []
    tries = itertools.count()

    @cs.task
    async def note(
        name: str, s: float, *_needs: Any, clock: cs.Clock = cs.inject("cascade.clock")
    ) -> None:
        order.append(name)
        await clock.sleep(s)

    @cs.task
    async def flaky() -> None:
        if next(tries) < 2:
            raise ConnectionError("not yet")

    holder = note("holder", 0.4).with_constraints(slot=1)
    blocked = note("blocked", 0.0).with_constraints(slot=1)
    retried = note("after the retries", 0.0, flaky().with_retry(2, delay=0.2))
    chain = note("three", 0.0, note("two", 0.05, note("one", 0.05)))
    run(clock, [holder, blocked, retried, chain], system_resources={"slot": 1})
    assert order.index("three") < order.index("blocked")
    assert order.index("three") < order.index("after the retries")


class LineSolver:
    """One node a stage, in a given order of names; all others come last."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def resolve(self, graph: cs.Graph) -> list[list[cs.Node]]:
        def place(node: cs.Node) -> int:
            return self._names.index(node.name) if node.name in self._names else len(self._names)

        return [[node] for node in sorted(graph.nodes, key=place)]


@pytest.mark.parametrize("kind", CLOCKS)
@pytest.mark.parametrize("is_async", [False, True])
def test_of_several_that_are_ready_the_solvers_order_says_which_starts_first(
    kind: str, is_async: bool
) -> None:
    """Also before one that was ready earlier; and an order is no barrier."""
    order: list[str] = []

    def make(name: str) -> cs.Task[..., Any]:
        def plain(*_needs: Any) -> None:
            order.append(name)

        async def unhurried(*_needs: Any) -> None:
            order.append(name)

        return cs.task(name=name)(unhurried if is_async else plain)

    x, y, z = make("x"), make("y"), make("z")
    solver = LineSolver("x", "y", "z")
    run(make_clock(kind), [z(), y(x())], solver=solver)
    assert order == ["x", "y", "z"]


def test_stages_of_a_solver_are_no_barriers() -> None:
    """A solver that puts everything behind a slow task delays nothing that is free."""
    slow, quick = cs.task(name="slow")(nap.function), cs.task(name="quick")(nap.function)
    after = cs.task(name="after")(nap.function)
    clock = cs.VirtualClock()
    target = [slow(10.0), after(1.0, quick(1.0))]
    solver = LineSolver("slow", "quick", "after")
    assert run(clock, target, solver=solver) == [0.0, 1.0]
    assert clock.now == 10.0


def test_a_branch_not_yet_taken_is_begun_when_its_selector_is_known() -> None:
    """And what is needed in any case doesn't wait for that."""
    clock = cs.VirtualClock()
    key, shared, routed = nap(2.0), nap(5.0), nap(1.0)
    chosen = cs.Router(key, {0.0: routed, 1.0: nap(1.0, "other")})
    bus, skipped = listening(cs.TaskSkipped)
    assert run(clock, [chosen, shared], bus=bus) == [2.0, 0.0]
    assert [(e.task_name, e.reason, e.timestamp) for e in skipped] == [("nap", "Pruned", 2.0)]
    assert clock.now == 5.0


@pytest.mark.parametrize("kind", CLOCKS)
def test_after_a_failure_nothing_more_is_begun(kind: str) -> None:
    """What becomes due at the same moment stays undone; what was begun is cancelled."""
    begun: list[str] = []

    @cs.task
    async def step(
        name: str, s: float, *_needs: Any, clock: cs.Clock = cs.inject("cascade.clock")
    ) -> None:
        begun.append(name)
        await clock.sleep(s)
        if name == "bad":
            raise ValueError("bad")

    branch = step("second", 0.0, step("first", 0.5))
    with pytest.raises(ValueError, match="bad"):
        run(make_clock(kind), [step("bad", 0.0), branch])
    assert sorted(begun) == ["bad", "first"]


def test_a_chain_of_plain_tasks_lets_the_loop_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each look at the time takes 1 ms, and one is due after 8, 1,000 make room 40 times."""
    ticks = itertools.count()
    chain = ident(0)
    for _ in range(1_000):
        chain = ident(chain)

    async def main() -> int:
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        async with cs.Engine() as engine:
            await engine.run(chain)
            counting = asyncio.create_task(count_turns())
            await asyncio.sleep(0)
            turns = 0
            monkeypatch.setattr("time.perf_counter", lambda: next(ticks) * 0.001)
            await engine.run(chain)
            monkeypatch.undo()
            counting.cancel()
        return turns

    assert asyncio.run(main()) >= 40


@pytest.mark.parametrize("kind", CLOCKS)
@pytest.mark.parametrize("heard", [False, True])
def test_a_result_that_is_refused_is_a_failure_of_its_task(kind: str, heard: bool) -> None:
    """It is named, and nothing more becomes due after it."""
    clock, begun = make_clock(kind), []

    @cs.task
    async def wrong(clock: cs.Clock = cs.inject("cascade.clock")) -> Any:
        await clock.sleep(0.01)
        return [ident(1)]

    @cs.task
    async def after(_need: Any) -> None:
        begun.append("after")

    bus, _ = listening(*[cs.Event] * heard)
    with pytest.raises(cs.TaskError, match="'wrong' returned a list") as caught:
        run(clock, ident(wrong(), after(nap(0.01))), bus=bus)
    assert any("in task 'wrong'" in note for note in caught.value.__notes__)
    assert not begun


async def test_a_task_that_raises_a_cancellation_beside_others_is_named() -> None:
    """Nobody has cancelled anything: the run tells which task did."""

    @cs.task
    async def quits() -> None:
        raise asyncio.CancelledError

    async with cs.Engine() as engine:
        with pytest.raises(asyncio.CancelledError) as caught:
            await engine.run([nap(5.0), quits()])
    assert "'quits'" in " ".join(caught.value.__notes__)


@pytest.mark.parametrize("kind", CLOCKS)
def test_plain_tasks_that_fail_at_one_moment_are_one_group_each_with_its_name(kind: str) -> None:
    """Also one that leaks a StopIteration, which would end a coroutine."""

    @cs.task
    def stops() -> None:
        raise StopIteration

    @cs.task
    def fails() -> None:
        raise ValueError("fails")

    with pytest.raises(ExceptionGroup) as caught:
        run(make_clock(kind), [stops(), fails(), nap(5.0)])
    first, second = caught.value.exceptions
    assert type(first) is RuntimeError
    assert "StopIteration" in str(first)
    assert "'stops'" in first.__notes__[0]
    assert type(second) is ValueError
    assert "'fails'" in second.__notes__[0]


@pytest.mark.parametrize("kind", CLOCKS)
def test_a_plain_task_that_hands_over_holds_up_nothing(kind: str) -> None:
    """What it hands over to waits; its neighbour has begun meanwhile."""
    order: list[str] = []

    @cs.task
    async def later(clock: cs.Clock = cs.inject("cascade.clock")) -> str:
        order.append("later begins")
        await clock.sleep(0.05)
        order.append("later ends")
        return "handed over"

    @cs.task
    def hands_over() -> Any:
        return later()

    @cs.task
    def neighbour() -> str:
        order.append("neighbour")
        return "neighbour"

    assert run(make_clock(kind), [hands_over(), neighbour()]) == ["handed over", "neighbour"]
    assert sorted(order[:2]) == ["later begins", "neighbour"]


def test_context_variables_of_tasks_side_by_side_are_their_own() -> None:
    """What one plain task sets, the next to it doesn't see."""
    variable: ContextVar[int] = ContextVar("variable", default=0)

    @cs.task
    def take(i: int) -> int:
        seen = variable.get()
        variable.set(i)
        return seen

    assert run(make_clock("virtual"), [take(1), take(2), take(3)]) == [0, 0, 0]


@pytest.mark.parametrize("kind", CLOCKS)
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
@pytest.mark.parametrize("has_policy", [False, True], ids=["bare", "policy"])
def test_the_order_holds_where_each_task_uses_up_a_turn(
    kind: str, is_async: bool, has_policy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lets the loop have its turn has not begun the next one before."""
    clock = make_clock(kind)
    monkeypatch.setattr(type(clock), "is_turn_over", lambda _: True)
    begun: list[int] = []

    @cs.task
    def plain(i: int, *_needs: Any) -> int:
        begun.append(i)
        return i

    @cs.task
    async def awaited(i: int, *_needs: Any) -> int:
        begun.append(i)
        return i

    task = awaited if is_async else plain
    first = task(0)
    leaves = [task(i, first) for i in range(1, 8)]
    if has_policy:
        leaves = [each.with_retry(2) for each in leaves]
    assert run(clock, [first, *leaves]) == list(range(8))
    assert begun == list(range(8))
