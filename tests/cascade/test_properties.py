"""Random graphs give what a plain evaluator says, alone and many at once, on both clocks."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cascade as cs
from tests.cascade.evaluator import (
    CAPACITY,
    Arg,
    Evaluator,
    Failure,
    Node,
    Outcome,
    Skip,
    Spec,
    Value,
    compute,
    needs,
)
from tests.cascade.random_graphs import Mood, grow, other_params, other_values
from tests.cascade.running import CLOCKS, drive, make_clock
from tests.proofs import FULL, count

GRAPHS = count(20, 2_000)
CROWDS = count(2, 200)
RUNS = count(250, 2_500)
MOODS: tuple[Mood, ...] = ("clean", "skips", "fails")

EXAMPLES = settings(
    max_examples=GRAPHS,
    derandomize=not FULL,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

seeds = st.integers(0, 2**32)
graphs = st.builds(grow, seed=seeds, size=st.integers(1, 200), mood=st.sampled_from(MOODS))


class PlannedFailure(Exception):  # noqa: N818
    """What a task raises whose tries are used up, or not yet."""


@dataclass
class Tally:
    """What happened in one run, and what should."""

    expected: Outcome
    calls: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    set_up: Counter[str] = field(default_factory=Counter)
    released: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    outcome: Any = None


TALLY: ContextVar[Tally] = ContextVar("TALLY")


class Usage:
    """How much of what is bounded is in use, over all runs."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def take(self, amounts: dict[str, int]) -> None:
        self.now.update(amounts)
        self.most |= self.now


@cs.resource(scope="run")
async def session(clock: Any = cs.inject("cascade.clock")) -> AsyncIterator[Tally]:
    """What belongs to one run: its tally, after a wait in which others may ask for it too."""
    await clock.sleep(0.0)
    tally = TALLY.get()
    tally.set_up["session"] += 1
    try:
        yield tally
    finally:
        tally.released["session"] += 1


@cs.resource(scope="task")
def lease(session: Any = cs.inject("session")) -> Iterator[Tally]:
    """What belongs to one try of a task."""
    session.set_up["lease"] += 1
    try:
        yield session
    finally:
        session.released["lease"] += 1


class Workshop:
    """Declares graphs of one shape, with the same tasks each time."""

    def __init__(self, clock: cs.Clock, usage: Usage, spec: Spec) -> None:
        self._clock = clock
        self._pause = 1.0 if isinstance(clock, cs.VirtualClock) else 0.0
        self._usage = usage
        self._tasks = {node.number: self._task(node) for node in spec.nodes if node.is_executed}

    def declare(self, spec: Spec) -> Any:
        """The target as cascade has it."""
        lazy: list[Any] = []

        def argument(arg: Arg) -> Any:
            kind, inner = arg
            if kind == "node":
                return lazy[inner]
            if kind == "list":
                return [argument(each) for each in inner]
            if kind == "tuple":
                return tuple([argument(each) for each in inner])
            if kind == "dict":
                return {key: argument(each) for key, each in inner.items()}
            return inner

        def arguments(args: dict[Any, Arg]) -> dict[Any, Any]:
            return {name: argument(arg) for name, arg in args.items()}

        for node in spec.nodes:
            made: Any
            if node.kind == "param":
                has_default = node.default is not None
                made = cs.Param(node.name, node.default) if has_default else cs.Param(node.name)
            elif node.kind == "router":
                made = cs.Router(lazy[node.selector], arguments(node.routes))
            else:
                task = self._tasks[node.number]
                if node.kind == "map":
                    made = task.map(**arguments(node.columns))
                else:
                    given_args = [argument(arg) for arg in node.args]
                    made = task(*given_args, **arguments(node.kwargs))
                if node.condition is not None:
                    made = made.run_if(argument(node.condition))
                if node.retries:
                    made = made.with_retry(node.retries, delay=self._pause)
                if node.amounts:
                    made = made.with_constraints(**arguments(node.amounts))
                if node.after:
                    made = made.after(*(lazy[number] for number in node.after))
            lazy.append(made)
        if isinstance(spec.target, list):
            return [lazy[number] for number in spec.target]
        return lazy[spec.target]

    def _task(self, node: Node) -> cs.Task[..., Any]:
        if node.uses is not None:

            @cs.task(name=node.name)
            async def with_resource(
                *args: Any, held: Any = cs.inject(node.uses), **kwargs: Any
            ) -> int:
                assert held is TALLY.get(), "it was given another run's resource"
                return await self._work(node, args, kwargs)

            return with_resource
        if node.pause is None:

            @cs.task(name=node.name)
            def plain(*args: Any, **kwargs: Any) -> int:
                with _Call(node, self._usage):
                    return compute(node.number, node.modulus, args, kwargs)

            return plain

        @cs.task(name=node.name)
        async def alone(*args: Any, **kwargs: Any) -> int:
            return await self._work(node, args, kwargs)

        return alone

    async def _work(self, node: Node, args: Any, kwargs: Any) -> int:
        with _Call(node, self._usage):
            for _ in range(node.pause or 0):
                await self._clock.sleep(self._pause)
            return compute(node.number, node.modulus, args, kwargs)


class _Call:
    """One call of a task: counted, and failing if that is planned."""

    def __init__(self, node: Node, usage: Usage) -> None:
        self._node = node
        self._usage = usage
        self._tally = TALLY.get()
        self._amounts = self._tally.expected.amounts.get(node.name, {})

    def __enter__(self) -> None:
        self._tally.calls[self._node.name] += 1
        self._usage.take(self._amounts)

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self._usage.now.subtract(self._amounts)
        self._tally.ended[self._node.name] += 1
        failed = self._tally.failures[self._node.name]
        if kind is None and (self._node.doomed or failed < self._node.failures):
            self._tally.failures[self._node.name] += 1
            raise PlannedFailure(self._node.name)


Case = tuple[Spec, list[Spec]]
"""A graph, and all that is to be run of its shape."""


async def observe(
    clock: cs.Clock, cases: list[Case], backend: Callable[[str], cs.StateBackend] | None = None
) -> tuple[list[Tally], Usage]:
    """Run all there is at once on one engine, and hold each run to what the evaluator says."""
    bus, usage, tallies = cs.MessageBus(), Usage(), list[Tally]()
    acquired: Counter[str] = Counter()
    bus.subscribe(cs.ResourceAcquired, lambda e: acquired.update([e.resource]))
    bus.subscribe(cs.ResourceReleased, lambda e: acquired.subtract([e.resource]))
    bus.subscribe(
        cs.TaskSkipped,
        lambda e: tallies[int(e.run_id[4:]) - 1].skipped.append((e.task_name, e.reason)),
    )

    async def begin(tally: Tally, run: Coroutine[Any, Any, Any]) -> Any:
        TALLY.set(tally)
        return await run

    async with cs.Engine(
        bus=bus, clock=clock, system_resources=CAPACITY, state_backend_factory=backend
    ) as engine:
        engine.register(session)
        engine.register(lease)
        runs = []
        for shape, specs in cases:
            workshop = Workshop(clock, usage, shape)
            for spec in specs:
                tally = Tally(Evaluator(spec.nodes, spec.params).outcome(spec))
                tallies.append(tally)
                runs.append(begin(tally, engine.run(workshop.declare(spec), spec.params)))
        for tally, outcome in zip(tallies, await drive(clock, *runs), strict=True):
            tally.outcome = outcome
        assert engine.plans.compiled <= len(cases)
        assert engine.statistics().tasks_blocked == 0
    for tally in tallies:
        compare(tally)
    assert not any(usage.now.values())
    assert all(usage.most[resource] <= amount for resource, amount in CAPACITY.items())
    assert not any(acquired.values())
    return tallies, usage


def compare(tally: Tally) -> None:
    """One run against what the evaluator says of it."""
    result, skipped = tally.expected.result, dict(tally.skipped)
    assert len(skipped) == len(tally.skipped), "a task was skipped twice"
    assert tally.ended == tally.calls
    assert tally.released == tally.set_up
    assert tally.set_up["session"] <= 1
    if isinstance(result, Failure):
        labels = [_label(error) for error in _leaves(tally.outcome)]
        assert labels, f"{tally.outcome!r} where {result} was expected"
        assert result.errors.issuperset(labels)
        # What the failure left undone may or may not have been done by then.
        assert tally.calls <= tally.expected.calls
        expected = tally.expected.skipped
        assert all(reason in expected[name] for name, reason in skipped.items())
        return
    if isinstance(result, Skip):
        assert type(tally.outcome) is cs.DependencyMissingError
    else:
        assert tally.outcome == result.of
    assert tally.calls == tally.expected.calls
    assert skipped.keys() == tally.expected.skipped.keys()
    assert all(reason in tally.expected.skipped[name] for name, reason in skipped.items())


def _leaves(error: Any) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error] if isinstance(error, BaseException) else []


def _label(error: BaseException) -> str:
    """What the evaluator calls this error."""
    if isinstance(error, PlannedFailure):
        return f"task {error}"
    if isinstance(error, cs.ParameterMissingError):
        return "param"
    if type(error) is ValueError and str(error).startswith("no matching route found"):
        return "route"
    if type(error) is ValueError and "exceeds total system capacity" in str(error):
        return "capacity"
    raise AssertionError("the run failed by an error that nobody planned") from error


def on_both_clocks(cases: list[Case]) -> None:
    """Run it all on each clock, and with a state backend; all must decide the same."""
    decided = []
    for kind, backend in (*((kind, None) for kind in CLOCKS), ("virtual", cs.InMemoryStateBackend)):
        tallies, _ = asyncio.run(observe(make_clock(kind), cases, backend))
        decided.append(
            [
                sorted(tally.skipped)
                for tally in tallies
                if not isinstance(tally.expected.result, Failure)
            ]
        )
    assert decided[0] == decided[1] == decided[2]


@pytest.mark.drill
@pytest.mark.slow
def test_random_graphs_give_what_the_evaluator_says(
    record_property: Callable[[str, object], None],
) -> None:
    """Values, skips, reasons and calls of random graphs of up to 200 tasks, on both clocks."""
    record_property("count", GRAPHS)

    @EXAMPLES
    @given(spec=graphs)
    def check(spec: Spec) -> None:
        on_both_clocks([(spec, [spec])])

    check()


@pytest.mark.drill
@pytest.mark.slow
def test_fifty_random_graphs_at_once_do_not_disturb_each_other(
    record_property: Callable[[str, object], None],
) -> None:
    """Fifty runs of ten graphs, params of their own and shared limits, on both clocks."""
    record_property("count", CROWDS)

    @settings(EXAMPLES, max_examples=CROWDS)
    @given(seed=seeds)
    def check(seed: int) -> None:
        on_both_clocks(crowd(seed, graphs=10, runs=5, size=60))

    check()


def crowd(seed: int, graphs: int, runs: int, size: int) -> list[Case]:
    """Several graphs, and several runs of each with params of their own."""
    rng = random.Random(seed)
    cases = []
    for number in range(graphs):
        spec = grow(rng.randrange(2**32), rng.randint(1, size), MOODS[number % 3])
        others = [
            Spec(spec.nodes, spec.target, other_params(spec, seed + k)) for k in range(1, runs)
        ]
        cases.append((spec, [spec, *others]))
    return cases


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("kind", CLOCKS)
def test_a_crowd_of_small_graphs_on_one_engine(
    kind: str, record_property: Callable[[str, object], None]
) -> None:
    """2,500 mixed runs: each result right, limits kept, resources balanced, each finally once."""
    record_property("count", RUNS)
    cases = crowd(seed=RUNS, graphs=RUNS // 5, runs=5, size=12)
    tallies, usage = asyncio.run(observe(make_clock(kind), cases))
    assert len(tallies) == RUNS
    seen = Counter(type(tally.expected.result) for tally in tallies)
    assert min(seen[each] for each in (Value, Skip, Failure)) > RUNS // 10
    released = sum((tally.released for tally in tallies), Counter[str]())
    assert min(released["session"], released["lease"]) > RUNS // 10
    assert {name: usage.most[name] for name in CAPACITY} == CAPACITY, "the limits never mattered"


@pytest.mark.drill
@pytest.mark.slow
def test_a_shape_is_compiled_once_whatever_the_values(
    record_property: Callable[[str, object], None],
) -> None:
    """Declared anew with other arguments, params and widths of maps, a graph keeps its plan."""
    record_property("count", CROWDS)

    @settings(EXAMPLES, max_examples=CROWDS)
    @given(spec=graphs)
    def check(spec: Spec) -> None:
        # `observe` asserts that there are no more plans than shapes.
        on_both_clocks([(spec, [spec, *(other_values(spec, seed) for seed in range(5))])])

    check()


@pytest.mark.slow
def test_the_random_graphs_hold_all_there_is() -> None:
    """Every kind of node, outcome and reason, nested routers, lazy amounts; most of it runs."""
    seen: Counter[str] = Counter()
    nodes = executed = 0
    for seed in range(90):
        spec = grow(seed, 1 + 2 * seed, MOODS[seed % 3])
        known = Evaluator(spec.nodes, spec.params)
        outcome = known.outcome(spec)
        seen[type(outcome.result).__name__] += 1
        if isinstance(outcome.result, Failure):
            seen.update(error.partition(" ")[0] for error in outcome.result.errors)
        seen.update(reason for reasons in outcome.skipped.values() for reason in reasons)
        kinds = [node.kind for node in spec.nodes]
        for node in spec.nodes:
            seen[node.kind] += 1
            if node.kind == "router":
                routed = [number for arg in node.routes.values() for number in needs(arg)]
                seen["nested router"] += any(kinds[number] == "router" for number in routed)
                seen["routed router"] += kinds[node.selector] == "router"
            seen["lazy condition"] += bool(needs(node.condition))
            seen["lazy amount"] += any(needs(arg) for arg in node.amounts.values())
            seen["lazy column"] += any(arg[0] == "node" for arg in node.columns.values())
            seen["retried"] += node.failures > 0
            if node.name in outcome.calls:  # so what comes before it is known already
                seen["ordered"] += bool(node.after)
                seen["after skipped"] += any(isinstance(known.state(n), Skip) for n in node.after)
        nodes += len(spec.nodes)
        executed += len(outcome.calls)
    wanted = """Value Skip Failure task map param router route capacity Pruned ConditionFalse
        UpstreamSkipped_Data UpstreamSkipped_Condition UpstreamSkipped_Route"""
    features = ("nested router", "routed router", "lazy condition", "lazy amount", "lazy column")
    for each in [*wanted.split(), *features, "retried", "ordered", "after skipped"]:
        assert seen[each] >= 5, f"too few: {each}, of {dict(seen)}"
    assert executed > nodes / 2
