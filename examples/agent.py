"""An agent as a state machine: tail calls, in constant memory and virtual time.

The agent looks for the number whose Collatz chain is the longest. It *thinks*
(what to look at next?), *acts* (asks a tool, which takes 2 s) and thinks again,
until it *answers*. Each state is a task that hands over to the next one by
returning it, so the chain may be as long as it likes: memory stays flat, and on
a virtual clock hours of waiting pass in a moment.

    python examples/agent.py            2,000 numbers
    python examples/agent.py 5000       as many as you say
"""

import asyncio
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cascade as cs


@dataclass(frozen=True)
class Memory:
    """All that the agent knows: what it was asked, and what it has found so far."""

    up_to: int
    number: int = 0
    best: int = 1
    best_length: int = 1


@cs.task
def think(memory: Memory) -> Any:
    if memory.number == memory.up_to:
        return answer(memory)
    return act(replace(memory, number=memory.number + 1))


@cs.task
async def act(memory: Memory, ask_tool: Any = cs.inject("collatz")) -> Any:
    length = await ask_tool(memory.number)
    if length > memory.best_length:
        memory = replace(memory, best=memory.number, best_length=length)
    return think(memory)


@cs.task
def answer(memory: Memory) -> str:
    found = f"{memory.best:,} has the longest chain, {memory.best_length}"
    return f"of the numbers up to {memory.up_to:,}, {found}"


@cs.resource
def collatz(clock: Any = cs.inject("cascade.clock")) -> Iterator[Any]:
    """A tool: how long is the chain of a number? In tests it would be another one."""

    async def length_of(number: int) -> int:
        await clock.sleep(2.0)
        length = 1
        while number > 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            length += 1
        return length

    yield length_of


async def ask(up_to: int) -> tuple[str, float, int]:
    """What the agent says, the virtual seconds it took, and the most bytes it held."""
    clock = cs.VirtualClock()
    tracemalloc.start()
    async with cs.Engine(clock=clock) as engine:
        engine.register(collatz)
        run = asyncio.create_task(engine.run(think(Memory(up_to))))
        await asyncio.sleep(0)  # it goes to its first wait
        while clock.next_deadline is not None:
            clock.run_until(clock.next_deadline)
        said = await run
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return said, clock.now, peak


async def main(up_to: int) -> None:
    await ask(1)  # so that what only a first run needs is not measured
    _, _, short_peak = await ask(up_to // 10)
    said, seconds, peak = await ask(up_to)
    print(said)
    print(f"{2 * up_to + 1:,} steps in {seconds / 60:.1f} virtual minutes")
    print("memory:", "flat" if peak < short_peak + 50_000 else "grows with the steps")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 2_000))
