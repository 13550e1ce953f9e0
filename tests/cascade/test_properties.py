"""Random graphs give what a plain evaluator says, alone and fifty at once, on both clocks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cascade as cs
from tests.cascade.evaluator import (
    CAPACITY,
    Arg,
    Evaluator,
    Gardener,
    Node,
    Outcome,
    PlannedFailure,
    amount_of,
    combine,
)
from tests.cascade.running import CLOCKS, drive, make_clock
from tests.proofs import FULL

EXAMPLES = settings(
    max_examples=3_000 if FULL else 40,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CROWDS = settings(EXAMPLES, max_examples=200 if FULL else 4)

graphs = st.tuples(st.integers(0, 2**32), st.integers(1, 200))


class Shared:
    """What all runs on one engine share: how much is in use of what is bounded."""

    def __init__(self) -> None:
        self.in_use: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def take(self, amounts: dict[str, int]) -> None:
        self.in_use.update(amounts)
        for resource in amounts:
            self.most[resource] = max(self.most[resource], self.in_use[resource])


class Declaration:
    """A graph as cascade has it, with the calls counted."""

    def __init__(self, nodes: list[Node], shared: Shared) -> None:
        self.calls: Counter[str] = Counter()
        self._shared = shared
        self._lazy: list[Any] = []
        for node in nodes:
            self._lazy.append(getattr(self, f"_{node.kind}")(node))

    @property
    def target(self) -> Any:
        return self._lazy[-1]

    def _task(self, node: Node) -> Any:
        task = self._make_task(node)
        args = [self._value(arg) for arg in node.args]
        kwargs = {name: self._value(arg) for name, arg in node.kwargs.items()}
        return self._with_policies(node, task(*args, **kwargs))

    def _map(self, node: Node) -> Any:
        columns = {
            name: [self._value(arg) for arg in column]
            if isinstance(column, list)
            else self._lazy[column]
            for name, column in node.columns.items()
        }
        return self._with_policies(node, self._make_task(node).map(**columns))

    def _param(self, node: Node) -> Any:
        return cs.Param(node.name)

    def _router(self, node: Node) -> Any:
        @cs.task(name=f"{node.name}-selector")
        def choose(value: Any) -> int:
            return combine(0, value) % node.modulus

        routes = {key: self._value(arg) for key, arg in node.routes.items()}
        return cs.Router(choose(self._lazy[node.selector]), routes)

    def _make_task(self, node: Node) -> Any:
        failures: Counter[str] = Counter()

        @cs.task(name=node.name)
        async def task(*args: Any, clock: Any = cs.inject("cascade.clock"), **kwargs: Any) -> int:
            self.calls[node.name] += 1
            fixed = {r: a for r, a in node.constraints.items() if isinstance(a, int)}
            self._shared.take(fixed)
            try:
                await clock.sleep(0.0)
                if failures["so far"] < node.failures:
                    failures["so far"] += 1
                    raise PlannedFailure(node.name)
            finally:
                self._shared.in_use.subtract(fixed)
            return combine(node.number, [*args, *kwargs.values()])

        return task

    def _with_policies(self, node: Node, lazy: Any) -> Any:
        if isinstance(node.condition, bool):
            lazy = lazy.run_if(node.condition)
        elif node.condition is not None:
            lazy = lazy.run_if(self._lazy[node.condition])
        if node.retries:
            lazy = lazy.with_retry(node.retries, delay=0.0)
        if node.constraints:
            lazy = lazy.with_constraints(
                **{r: self._amount(node, r, amount) for r, amount in node.constraints.items()}
            )
        return lazy

    def _amount(self, node: Node, resource: str, amount: int | tuple[str, int]) -> Any:
        if isinstance(amount, int):
            return amount

        @cs.task(name=f"{node.name}-{resource}")
        def ask(value: Any) -> int:
            return amount_of(value)

        return ask(self._lazy[amount[1]])

    def _value(self, arg: Arg) -> Any:
        kind, inner = arg
        if kind == "node":
            return self._lazy[inner]
        if kind == "list":
            return [self._value(each) for each in inner]
        if kind == "tuple":
            return tuple(self._value(each) for each in inner)
        if kind == "dict":
            return {key: self._value(each) for key, each in inner.items()}
        return inner


async def check(clock: cs.Clock, cases: Iterable[tuple[list[Node], dict[str, int]]]) -> None:
    """Run all cases at once on one engine, and compare each with the evaluator."""
    bus, shared = cs.MessageBus(), Shared()
    skipped: dict[str, dict[str, str]] = {}
    bus.subscribe(
        cs.TaskSkipped,
        lambda e: skipped.setdefault(e.run_id, {}).update({e.task_name: e.reason}),
    )
    expected: list[Outcome] = []
    declarations = []
    for nodes, params in cases:
        expected.append(Evaluator(nodes, params).outcome())
        declarations.append((Declaration(nodes, shared), params))
    async with cs.Engine(bus=bus, clock=clock, system_resources=dict(CAPACITY)) as engine:
        runs = [engine.run(declared.target, params) for declared, params in declarations]
        outcomes = await drive(clock, *runs)
        assert engine.statistics().tasks_blocked == 0
    for number, (outcome, expect) in enumerate(zip(outcomes, expected, strict=True), start=1):
        declared = declarations[number - 1][0]
        compare(outcome, expect, skipped.get(f"run-{number}", {}), declared.calls)
    assert not +shared.in_use
    assert all(most <= CAPACITY[resource] for resource, most in shared.most.items())


def compare(outcome: Any, expected: Outcome, skipped: dict[str, str], calls: Counter[str]) -> None:
    """One run against what the evaluator says of it."""
    if expected.error is LookupError:
        assert isinstance(outcome, cs.DependencyMissingError)
    elif expected.error is ValueError:
        assert isinstance(outcome, (ValueError, PlannedFailure)), outcome
    elif expected.error is not None:
        assert isinstance(outcome, (expected.error, ValueError)), outcome
    else:
        assert outcome == expected.value
    if expected.error in (None, LookupError):
        own = {name: reason for name, reason in skipped.items() if "-" not in name}
        assert own == expected.skipped
        assert +calls == +expected.calls


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("kind", CLOCKS)
@EXAMPLES
@given(graph=graphs)
def test_random_graphs_give_what_the_evaluator_says(
    kind: str, record_property: Callable[[str, object], None], graph: tuple[int, int]
) -> None:
    """Random graphs of up to 200 tasks: values, skips, reasons and calls as evaluated plainly."""
    record_property("count", EXAMPLES.max_examples)
    seed, size = graph
    nodes = Gardener(seed, size, may_fail=True).graph()
    params = {node.name: seed % 7 for node in nodes if node.kind == "param"}
    asyncio.run(check(make_clock(kind), [(nodes, params)]))


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("kind", CLOCKS)
@CROWDS
@given(seed=st.integers(0, 2**32))
def test_fifty_random_graphs_at_once_do_not_disturb_each_other(
    kind: str, record_property: Callable[[str, object], None], seed: int
) -> None:
    """Fifty random graphs at once: each its own values and skips, and limits hold over all."""
    record_property("count", CROWDS.max_examples)
    cases = []
    for k in range(50):
        nodes = Gardener(seed + k, 1 + (seed + 7 * k) % 60, may_fail=True).graph()
        params = {node.name: k for node in nodes if node.kind == "param"}
        cases.append((nodes, params))
    asyncio.run(check(make_clock(kind), cases))


def test_one_shape_is_one_plan_whatever_the_values() -> None:
    """A graph that is declared anew with other values finds the plan of the first."""
    nodes = Gardener(5, 60, may_fail=False).graph()
    params = {node.name: 1 for node in nodes if node.kind == "param"}
    declared = Declaration(nodes, Shared())

    async def main() -> int:
        async with cs.Engine() as engine:
            for value in range(5):
                await asyncio.gather(
                    engine.run(declared.target, dict.fromkeys(params, value)),
                    return_exceptions=True,
                )
            return engine.plans.compiled

    assert asyncio.run(main()) == 1
