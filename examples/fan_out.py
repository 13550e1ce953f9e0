"""Many tasks, few at a time: ``map``, ``with_constraints`` and ``with_retry``.

Two readers fetch twelve pretend pages each, at the same time, over three
connections. The limit is the engine's and holds over all its runs, so the readers
share them. Every fourth page fails at first and is tried again after a delay, in
which its connection serves others.

    python examples/fan_out.py
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import cascade as cs

CONNECTIONS = 3
PAGES = 12


class Server:
    """What is fetched from: slow, and not always willing."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self.busy = 0
        self.most_busy = 0

    async def get(self, page: str) -> int:
        self.tries[page] += 1
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            await asyncio.sleep(0.01)
            number = int(page.partition("/")[2])
            if number % 4 == 3 and self.tries[page] < 3:
                raise ConnectionError(f"{page} is not to be had just now")
            return 100 + number * number
        finally:
            self.busy -= 1


@cs.task
async def fetch(page: str, server: Any = cs.inject("server")) -> int:
    return await server.get(page)


@cs.task
def report(reader: str, sizes: list[int]) -> str:
    return f"{reader} has read {len(sizes)} pages, {sum(sizes)} bytes"


def reading(reader: str) -> cs.LazyResult[str]:
    """Declare what one reader does: a fetch for each page, and the sum."""
    sizes = fetch.map(page=[f"{reader}/{number}" for number in range(PAGES)])
    sizes = sizes.with_constraints(connection=1).with_retry(2, delay=0.02, backoff=2.0)
    return report(reader, sizes)


async def main() -> None:
    server, bus, retries = Server(), cs.MessageBus(), Counter[str]()
    bus.subscribe(cs.TaskRetrying, lambda event: retries.update([str(event.error)]))

    @cs.resource(name="server")
    def the_server() -> Iterator[Server]:
        yield server

    async with cs.Engine(bus=bus, system_resources={"connection": CONNECTIONS}) as engine:
        engine.register(the_server)
        for line in await asyncio.gather(engine.run(reading("Ann")), engine.run(reading("Bob"))):
            print(line)
    print(f"{server.tries.total()} tries in all, at most {server.most_busy} at once")
    for error, times in sorted(retries.items()):
        print(f"  tried again {times} times: {error}")


if __name__ == "__main__":
    asyncio.run(main())
