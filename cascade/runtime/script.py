"""``cs.run``: one run without a loop of its own, for scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar, overload

from cascade.runtime.engine import Engine, Params
from cascade.spec.lazy import Lazy

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


@overload
def run(target: Lazy[T], params: Params = None, *, engine: Engine | None = None) -> T: ...
@overload
def run(  # type: ignore[overload-overlap]
    target: tuple[Lazy[T], Lazy[A]], params: Params = None, *, engine: Engine | None = None
) -> tuple[T, A]: ...
@overload
def run(  # type: ignore[overload-overlap]
    target: tuple[Lazy[T], Lazy[A], Lazy[B]], params: Params = None, *, engine: Engine | None = None
) -> tuple[T, A, B]: ...
@overload
def run(  # type: ignore[overload-overlap]
    target: tuple[Lazy[T], ...], params: Params = None, *, engine: Engine | None = None
) -> tuple[T, ...]: ...
@overload
def run(
    target: Sequence[Lazy[T]], params: Params = None, *, engine: Engine | None = None
) -> list[T]: ...
def run(
    target: Lazy | Sequence[Lazy],
    params: Params = None,
    *,
    engine: Engine | None = None,
) -> Any:
    """Run `target` and give its value: for scripts.

    Parameters
    ----------
    target, params
        See :meth:`Engine.run`.
    engine
        Engine to run it on, which stays open; by default one of its own. On a
        virtual clock time passes from event to event, as fast as possible.

    Raises
    ------
    RuntimeError
        A loop is running already: await ``Engine.run`` there. Or, on a virtual
        clock, the run waits for something that will never come.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError("cs.run makes a loop of its own, and one is running: await engine.run")

    async def main() -> Any:
        if engine is not None:
            return await engine.clock.run_to_end(engine.run(target, params))
        async with Engine() as own:
            return await own.run(target, params)

    return asyncio.run(main())
