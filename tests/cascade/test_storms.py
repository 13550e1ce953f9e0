"""Everything at once: random runs, cancellations and live constraints on one engine."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import CLOCKS, drive, make_clock
from tests.proofs import count


class Storm:
    """Random runs, cancellations and live constraints on one engine with a connector."""

    TOPICS = ("global", "task/wo*", "task/flaky")
    SCOPES = ("global", "task:wo*", "task:flaky")

    def __init__(self, seed: int, kind: str) -> None:
        self._rng = random.Random(seed)
        self._is_wall = kind == "wall"
        self._scale = 0.002 if self._is_wall else 1.0
        self._clock = make_clock(kind)
        self._connector = CountingConnector()
        self._runs: list[asyncio.Task[Any]] = []

    async def blow(self) -> None:
        """Sixty random things, then everything is lifted, and must come to rest."""
        resources = {"a": 3, "b": 2}
        async with cs.Engine(
            clock=self._clock, connector=self._connector, system_resources=resources
        ) as engine:
            for _ in range(60):
                await self._one_thing(engine)
                await self._let_time_pass(0.5)
            for _ in range(20_000):
                if all(run.done() for run in self._runs):
                    break
                await self._lift(self.TOPICS)
                await self._let_time_pass(None)
            assert all(run.done() for run in self._runs)
            for run in self._runs:
                assert run.cancelled() or isinstance(run.exception(), (OSError, type(None)))
            statistics = engine.statistics()
            assert (statistics.runs_active, statistics.tasks_running) == (0, 0)
            assert (statistics.tasks_blocked, statistics.workflows_waiting) == (0, 0)
            assert self._connector.connected == 0
            assert not engine.admission.wanted
            whole = cs.wait(0.0).with_constraints(**resources)
            assert await drive(self._clock, engine.run(whole)) == [None]

    async def _one_thing(self, engine: cs.Engine) -> None:
        what = self._rng.random()
        if what < 0.5:
            self._runs.append(asyncio.create_task(engine.run(self._target())))
        elif what < 0.6 and self._runs:
            self._rng.choice(self._runs).cancel()
        elif what < 0.8 and self._connector.connected:
            constraint = self._constraint()
            topic = constraint["scope"].replace(":", "/")
            await self._connector.publish(f"cascade/constraints/{topic}", constraint)
        elif self._connector.connected:
            await self._lift([self._rng.choice(self.TOPICS)])

    def _target(self) -> Any:
        rng, scale = self._rng, self._scale
        failures = rng.randint(0, 4)

        @cs.task
        async def work(seconds: float, clock: Any = cs.inject("cascade.clock")) -> float:
            await clock.sleep(seconds)
            return seconds

        @cs.task
        async def flaky(clock: Any = cs.inject("cascade.clock")) -> None:
            nonlocal failures
            await clock.sleep(0.1 * scale)
            failures -= 1
            if failures >= 0:
                raise OSError

        amounts = {"a": rng.randint(0, 3), "b": rng.randint(0, 2)}
        kind = rng.randrange(4)
        if kind == 0:
            return work(rng.random() * scale).with_constraints(**amounts)
        if kind == 1:
            return work.map(seconds=[0.1 * scale, 0.3 * scale]).with_constraints(a=1)
        if kind == 2:
            return flaky().with_retry(3, delay=0.2 * scale).with_constraints(b=1)
        return [work(0.1 * scale), work(0.2 * scale).with_constraints(a=2)]

    def _constraint(self) -> dict[str, Any]:
        rng = self._rng
        kind = rng.choice(["pause", "concurrency", "rate_limit"])
        params = {"pause": {}, "concurrency": {"limit": rng.randint(0, 3)},
                  "rate_limit": {"rate": f"{rng.randint(1, 50)}/s"}}[kind]  # fmt: skip
        message = {"id": rng.choice("xyz"), "scope": rng.choice(self.SCOPES), "type": kind,
                   "params": params}  # fmt: skip
        if rng.random() < 0.5:
            message["expires_at"] = self._clock.now + 3.0 * rng.random() * self._scale
        return message

    async def _lift(self, topics: Iterable[str]) -> None:
        for topic in topics:
            if self._connector.connected:
                await self._connector.publish(f"cascade/constraints/{topic}", None)

    async def _let_time_pass(self, most: float | None) -> None:
        clock = self._clock
        if isinstance(clock, cs.VirtualClock):
            await asyncio.sleep(0)
            if most is not None:
                clock.advance(most * self._rng.random())
            elif clock.next_deadline is not None:
                clock.run_until(clock.next_deadline)
        else:
            await asyncio.sleep(0.001)


class CountingConnector(cs.InProcessConnector):
    """Knows whether it is connected."""

    connected = 0

    async def connect(self) -> None:
        await super().connect()
        self.connected += 1

    async def disconnect(self) -> None:
        await super().disconnect()
        self.connected -= 1


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("kind", CLOCKS)
def test_a_storm_of_runs_cancellations_and_constraints_comes_to_rest(
    kind: str, record_property: Callable[[str, object], None]
) -> None:
    """A storm of runs, cancellations and live constraints: nobody waits on, nothing stays taken."""
    repetitions = count(40, 2_000) if kind == "virtual" else count(5, 60)
    record_property("count", repetitions)
    for seed in range(repetitions):
        asyncio.run(Storm(seed, kind).blow())
