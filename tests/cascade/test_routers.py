"""Routers: one route is executed, the others are pruned; on both clocks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.flowing import both, run


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
    assert run(clock, both(key, outer))[0] == ("z", 2)
    with pytest.raises(ValueError, match="no matching route found"):
        run(clock, both(key, cs.Router(note("out", note("later", key)), {"out": inner})))


def test_a_skipped_route_or_selector_skips_by_route(clock: cs.Clock, note: Any) -> None:
    """What takes a router's value is skipped for the route's sake."""
    off = note("off").run_if(False)
    for router in (cs.Router(note("a"), {"a": off}), cs.Router(off, {"a": 1})):
        with pytest.raises(cs.DependencyMissingError, match="UpstreamSkipped_Route"):
            run(clock, note("end", router))


def calls_of(function: Callable[[], object]) -> int:
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
    few = calls_of(lambda: cs.run(short))
    assert calls_of(lambda: cs.run(long)) < 2.3 * few
    assert cs.run(chain(1200)) == 0


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


def test_routers_that_select_by_routers_ten_thousand_times(clock: cs.Clock, note: Any) -> None:
    """Their names say whom they select by, and end somewhere."""
    value: Any = note("a")
    for _ in range(10_000):
        value = cs.Router(value, {"a": "a", "b": "c"})
    assert run(clock, value)[0] == "a"
    assert value.name.startswith("router(router(")
    assert len(repr(value)) < 200
