"""The works on SimPy: a process for each workflow."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final

import simpy
from simpy.events import Event

from experiments.benchmarks.rivals import works


def _sleeper(env: simpy.Environment, number: int, each: int) -> Generator[Event, Any, None]:
    for k in range(each):
        yield env.timeout(works.sleep_s(number, k))


def _virtual_sleeps(sleepers: int, each: int, times: int) -> list[float]:
    def work() -> int:
        env = simpy.Environment()
        for i in range(sleepers):
            env.process(_sleeper(env, i, each))
        env.run()
        return round(1000 * env.now)

    return works.timed(work, works.last_wake_ms(sleepers, each), times)


def _waiter(event: Event) -> Generator[Event, Any, None]:
    yield event


def _waiting(n: int) -> float:
    env = simpy.Environment()
    events = [env.event() for _ in range(n)]
    before = works.resident()
    processes = [env.process(_waiter(event)) for event in events]
    env.run()
    found = (works.resident() - before) / n
    works.check(sum(process.is_alive for process in processes), n)
    return found


WAYS: Final[dict[str, Callable[..., Any]]] = {
    "virtual_sleeps": _virtual_sleeps,
    "waiting": _waiting,
}
