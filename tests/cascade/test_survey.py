"""Surveys of graphs: a part at a time, and which plan serves what was found."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cascade as cs
from cascade.adapters.solver import NativeSolver
from cascade.graph import shape
from cascade.graph.shape import Survey, survey
from cascade.runtime.plan import PlanCache


@cs.task
def one_more(x: Any) -> Any:
    return x + 1


def chain(n: int) -> cs.LazyResult[Any]:
    result = one_more(0)
    for _ in range(n - 1):
        result = one_more(result)
    return result


def test_the_host_loop_has_its_turns_while_a_large_graph_is_surveyed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Here no turn is long, and each part of the survey uses one up."""
    monkeypatch.setattr(shape, "PART", 10)
    rounds: list[None] = []

    @cs.task
    def rounds_so_far(x: Any) -> Any:
        return len(rounds)

    async def main() -> list[Any]:
        async def count() -> None:
            while True:
                rounds.append(None)
                await asyncio.sleep(0)

        clock = cs.WallClock()
        monkeypatch.setattr(type(clock), "is_turn_over", lambda _: True)
        counting = asyncio.create_task(count())
        first = rounds_so_far(None)
        result = first
        for _ in range(299):
            result = one_more(result)
        value = await cs.Engine(clock=clock).run([first, result])
        counting.cancel()
        return value

    seen, last = asyncio.run(main())
    assert seen >= 30
    assert last == seen + 299


def test_an_advance_can_end_within_a_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its budget holds there too, and the next one goes on."""
    monkeypatch.setattr(shape, "PART", 10)

    async def main() -> tuple[int, Any]:
        clock = cs.VirtualClock()
        engine = cs.Engine(clock=clock)

        @cs.task
        async def begin_late() -> Any:
            await clock.sleep(1.0)
            return chain(100)

        running = asyncio.create_task(engine.run(begin_late()))
        await asyncio.sleep(0)
        n = 1
        while not clock.run_until(1.0, budget_s=0.0).reached:
            n += 1
        return n, await running

    n, value = asyncio.run(main())
    assert n >= 10
    assert value == 100


def test_parts_of_any_size_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is equal has an equal hash, as long as the size stays."""
    whole = survey(chain(50))
    monkeypatch.setattr(shape, "PART", 7)
    parted = survey(chain(50))
    assert parted.shape == whole.shape
    assert [each.name for each in parted.instances] == [each.name for each in whole.instances]
    assert parted.digest == survey(chain(50)).digest
    assert parted.digest != survey(chain(49)).digest


def test_shapes_of_one_hash_do_not_share_a_plan() -> None:
    """The one seen last is kept; the other is compiled anew."""

    def of_one_hash(target: cs.LazyResult[Any]) -> Survey:
        found = survey(target)
        found.digest = 7
        return found

    plans = PlanCache(NativeSolver())
    three = plans.find(of_one_hash(chain(3)))
    four = plans.find(of_one_hash(chain(4)))
    assert (len(three.steps), len(four.steps)) == (3, 4)
    assert plans.find(of_one_hash(chain(4))) is four
    assert len(plans.find(of_one_hash(chain(3))).steps) == 3
    assert (plans.compiled, plans.nodes) == (3, 3)


def test_a_survey_says_when_it_has_seen_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last part may be a full one."""
    monkeypatch.setattr(shape, "PART", 10)
    search = Survey(chain(20))
    assert [search.go_on() for _ in range(2)] == [True, False]
    assert len(search.shape) == 20
