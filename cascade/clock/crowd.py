"""Workflows side by side on the wall clock, with no more asyncio tasks than there are waiting."""

from __future__ import annotations

import asyncio
import time
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import Any, Final

from cascade.clock.base import join_failures
from cascade.errors import add_note

TURN_S: Final = 0.004
"""Wall time after which work without a wait lets the host loop go on."""

MOMENT_S: Final = 0.05
"""Wall time after a first failure within which others count as of the same moment.

Real time has no instants: two threads, or two equal sleeps, never fail at exactly one
time. Less than this is up to the machine; nobody waits noticeably longer for an error.
"""

Drive = Callable[[Coroutine[Any, Any, Any]], Generator[Any, Any, Any]]


class Crowd:
    """Children of one workflow.

    One asyncio task begins them, one after the other. The first that has to
    wait keeps that task for itself, and another one goes on with the rest; so
    each that waits has a task of its own, as asyncio's time-outs and task
    groups expect, and those that never wait share one.

    Parameters
    ----------
    workflows, names
        The children, and what their asyncio tasks are called.
    drive
        Resumes one of them; a generator of what asyncio is to wait for.
    """

    def __init__(
        self, workflows: Sequence[Coroutine[Any, Any, Any]], names: Sequence[str], drive: Drive
    ) -> None:
        self._not_begun = deque(enumerate(workflows))
        self._names = names
        self._drive = drive
        self._results: list[Any] = [None] * len(workflows)
        self._failures: dict[int, BaseException] = {}
        self._left = len(workflows)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._woken: asyncio.Future[None] | None = None
        self._all_ended: asyncio.Future[None] | None = None

    async def run(self) -> list[Any]:
        """Results in order; after a failure the others are cancelled, and have ended.

        Notes
        -----
        Cancelling is safe: the children have ended before this raises.
        """
        self._begin_task()
        try:
            while self._left and not self._failures:
                self._woken = self._loop.create_future()
                await self._woken
            if self._left:
                await self._let_a_moment_pass()
        except BaseException as error:
            for failure in await self._cancel():
                add_note(error, f"while its parallel tasks were cancelled, one failed: {failure!r}")
            raise
        if self._failures:
            failures = await self._cancel() or [asyncio.CancelledError()]
            raise join_failures(failures, "parallel tasks")
        return self._results

    async def _let_a_moment_pass(self) -> None:
        """Let others fail at the same moment, as they would at one virtual instant."""
        ended = self._all_ended = self._loop.create_future()
        timer = self._loop.call_later(MOMENT_S, _settle, ended)
        try:
            await ended
        finally:
            timer.cancel()

    def _begin_task(self) -> None:
        if self._not_begun:
            task = asyncio.Task(self._work(), loop=self._loop)
            self._tasks.add(task)
            task.add_done_callback(self._on_task_done)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() and self._not_begun:  # by somebody else, and nobody goes on
            number, workflow = self._not_begun.popleft()
            workflow.close()
            self._note_failure(number, asyncio.CancelledError())

    async def _work(self) -> None:
        """Begin children until one has to wait, then go on with that one alone."""
        turn_began = time.perf_counter()
        while self._not_begun:
            number, workflow = self._not_begun.popleft()
            driving = self._drive(workflow)
            try:
                request = next(driving)
            except StopIteration as stop:
                self._note_end(number, stop.value)
            except BaseException as error:
                self._note_failure(number, error)
                if isinstance(error, (KeyboardInterrupt, SystemExit)):
                    raise
            else:
                self._begin_task()
                await self._go_on(number, driving, request)
                return
            if time.perf_counter() - turn_began > TURN_S:
                await asyncio.sleep(0)
                turn_began = time.perf_counter()

    async def _go_on(self, number: int, driving: Generator[Any, Any, Any], request: object) -> None:
        task = asyncio.current_task()
        if task is not None:
            task.set_name(self._names[number])
        try:
            self._note_end(number, await _rest_of(driving, request))
        except BaseException as error:
            self._note_failure(number, error)
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise

    def _note_end(self, number: int, result: Any) -> None:
        self._results[number] = result
        self._note_one_less()
        if not self._left:
            self._wake()

    def _note_failure(self, number: int, error: BaseException) -> None:
        self._failures[number] = error
        self._note_one_less()
        self._wake()

    def _note_one_less(self) -> None:
        self._left -= 1
        if not self._left and self._all_ended is not None:
            _settle(self._all_ended)

    def _wake(self) -> None:
        if self._woken is not None:
            _settle(self._woken)

    async def _cancel(self) -> list[BaseException]:
        """End all that have not ended; gives what failed, cancellations apart."""
        while self._not_begun:
            self._not_begun.popleft()[1].close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        ordered = [self._failures[number] for number in sorted(self._failures)]
        return [each for each in ordered if not isinstance(each, asyncio.CancelledError)]


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


@types.coroutine
def _rest_of(driving: Generator[Any, Any, Any], request: Any) -> Generator[Any, Any, Any]:
    """``yield from driving``, whose first `request` has been taken out already."""
    while True:
        try:
            value = yield request
        except GeneratorExit:
            driving.close()
            raise
        except BaseException as error:  # noqa: BLE001 - handed on
            step: Callable[[Any], Any] = driving.throw
            value = error
        else:
            step = driving.send
        try:
            request = step(value)
        except StopIteration as stop:
            return stop.value
