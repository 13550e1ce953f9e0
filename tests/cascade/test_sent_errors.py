"""Errors arrive from other processes as they were raised there."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

import cascade as cs


class StatusError(Exception):
    """Its constructor takes something else than its message."""

    def __init__(self, code: int, url: str) -> None:
        super().__init__(f"{code} at {url}")
        self.code = code
        self.url = url


class WrappedError(Exception):
    """Made of its own message it would be another one."""

    def __init__(self, text: str) -> None:
        super().__init__(f"wrapped: {text}")


@dataclasses.dataclass(frozen=True)
class FrozenError(Exception):
    code: int


class SlottedError(OSError):
    __slots__ = ("place",)

    def __init__(self, place: str) -> None:
        super().__init__(2, "not here", "a file")
        self.place = place


class ReducedError(Exception):
    """Says itself how it is pickled."""

    def __init__(self, *, code: int) -> None:
        super().__init__(code)
        self.code = code

    def __reduce__(self) -> Any:
        return _reduced, (self.code,)


def _reduced(code: int) -> ReducedError:
    return ReducedError(code=code)


ERRORS: dict[str, Exception] = {
    "status": StatusError(404, "here"),
    "wrapped": WrappedError("text"),
    "frozen": FrozenError(3),
    "slotted": SlottedError("there"),
    "reduced": ReducedError(code=5),
    "plain": KeyError("k"),
    "group": ExceptionGroup("g", [StatusError(1, "a"), ExceptionGroup("h", [FrozenError(2)])]),
}
ERRORS["status"].add_note("noted there")


@cs.task
def fail(which: str) -> None:
    raise ERRORS[which]


@contextlib.contextmanager
def executor(kind: str) -> Iterator[Any]:
    """One with a process of its own, or of a pool that somebody else made."""
    if kind == "own":
        with cs.ProcessExecutor(max_workers=1) as own:
            yield own
    else:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            yield cs.FuturesExecutor(pool)


def described(error: BaseException) -> Any:
    """All that two equal errors have in common."""
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    names = ("code", "url", "place", "errno", "filename")
    held = [getattr(error, name, None) for name in names]
    return type(error), str(error), held, [described(each) for each in parts]


@pytest.mark.parametrize("kind", ["own", "foreign"])
async def test_errors_arrive_as_they_were_raised(kind: str) -> None:
    """With type, message, what they hold and notes; they tell where they came from."""
    with executor(kind) as pool:
        async with cs.Engine(executor=pool) as engine:
            runs = [engine.run(fail(which)) for which in ERRORS]
            arrived: list[Any] = await asyncio.gather(*runs, return_exceptions=True)
    assert list(map(described, arrived)) == list(map(described, ERRORS.values()))
    assert arrived[0].__notes__[0] == "noted there"
    assert all("test_sent_errors" in str(each.__cause__) for each in arrived)


async def test_a_retry_knows_an_error_from_another_process() -> None:
    """By its type, as one that was raised here."""
    tried = list[Any]()
    bus = cs.MessageBus()
    bus.subscribe(cs.TaskRetrying, tried.append)
    with executor("own") as pool:
        async with cs.Engine(executor=pool, bus=bus) as engine:
            with pytest.raises(StatusError):
                await engine.run(fail("status").with_retry(1, retry_on=StatusError))
    assert len(tried) == 1
