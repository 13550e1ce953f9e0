"""Crowds: workflows side by side on the wall clock, with as few asyncio tasks as can be."""

from __future__ import annotations

import asyncio
import time
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Final

from cascade.clock.base import (
    INTERRUPTS,
    Source,
    find_interrupt,
    hidden_failure,
    join_failures,
    tell_of_failures,
)

TURN_S: Final = 0.0025
"""Wall time after which work without a wait lets the host loop go on.

Who sleeps there may wait for three of these: asyncio looks at its timers between two turns, resumes
them after the next, and what they resume after another one.
"""

BRIEF_S: Final = 0.0001
BRIEF_AT_ONCE: Final = 8
"""Tasks as brief as that, after each other, between two looks at whether the turn is over.

Where a task takes no time at all, the clock can't tell, and there is a look after each.
"""

MOMENT_S: Final = 0.05
"""Wall time after a first failure within which others count as of the same moment.

Real time has no instants: two threads, or two equal sleeps, never fail at exactly one
time. Less than this is up to the machine; nobody waits noticeably longer for an error.
"""

Drive = Callable[[Coroutine[Any, Any, Any]], Generator[Any, Any, Any]]


class Crowd:
    """Workflows side by side, within one.

    One asyncio task begins them, one after the other. The first that has to
    wait keeps that task for itself, and another one goes on with the rest; so
    each that waits has a task of its own, as asyncio's time-outs and task
    groups expect, and those that never wait share one. A task whose workflow
    has ended begins what has become due by then.

    Parameters
    ----------
    source
        Where the workflows come from.
    drive
        Resumes one of them; a generator of what asyncio is to wait for.
    """

    def __init__(self, source: Source, drive: Drive) -> None:
        self._source = source
        self._drive = drive
        self._begun = 0
        self._living = 0
        self._failures: dict[int, BaseException] = {}  # by when each began
        self._tasks: set[asyncio.Task[None]] = set()
        self._beginner: asyncio.Task[None] | None = None  # begins what is due, just now
        self._is_over = self._is_interrupted = False  # then nothing more begins
        self._loop = asyncio.get_running_loop()
        self._woken: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Until all have ended; after a failure the others are cancelled, and have ended.

        Notes
        -----
        Cancelling is safe: the workflows have ended before this raises. They are cancelled
        once: who cleans up already is left alone.
        """
        self._begin_task()
        before: list[BaseException] = []
        try:
            while self._is_busy() and not self._failures:
                await self._wait()
            if self._is_busy() and not self._is_interrupted:
                await self._let_a_moment_pass()
            if self._failures:
                before = self._failed()
                await self._end_all()
        except BaseException as error:
            before = before or self._failed()
            while True:
                try:
                    await self._end_all()
                except asyncio.CancelledError:  # one more
                    continue
                break
            failed = self._failed()
            tell_of_failures(error, before, failed)
            interrupt = find_interrupt(failed)
            if interrupt is not None and interrupt is not error:
                raise interrupt from None
            raise
        if self._failures:
            raise join_failures(self._failed(), "parallel tasks")

    def _begins_more(self) -> bool:
        return bool(self._source.due) and not (self._is_over or self._is_interrupted)

    def _is_busy(self) -> bool:
        return self._living > 0 or self._beginner is not None

    async def _wait(self) -> None:
        self._woken = self._loop.create_future()
        await self._woken

    async def _let_a_moment_pass(self) -> None:
        """Let others fail at the same moment, as they would at one virtual instant."""
        is_past = False

        def end() -> None:
            nonlocal is_past
            is_past = True
            self._wake()

        timer = self._loop.call_later(MOMENT_S, end)
        try:
            while self._is_busy() and not is_past:
                await self._wait()
        finally:
            timer.cancel()

    def _begin_task(self) -> None:
        """Let an asyncio task begin what is due, unless one does already."""
        if self._begins_more() and self._beginner is None:
            task = self._beginner = asyncio.Task(self._work(), loop=self._loop)
            self._tasks.add(task)
            task.add_done_callback(self._on_task_done)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task is self._beginner:
            self._beginner = None
            if task.cancelled() and not self._is_over:  # by somebody else
                self._failures[self._begun] = asyncio.CancelledError()
            self._wake()

    async def _work(self) -> None:
        """Begin what is due until one has to wait, go on with that one, and begin again."""
        task = self._beginner
        assert task is not None
        turn_began = time.perf_counter()
        while self._begins_more():
            number = self._begun
            self._begun += 1
            self._living += 1
            try:
                driving = self._drive(self._source.take())
                self._source.is_beginning = True
                try:
                    request = next(driving)
                finally:
                    self._source.is_beginning = False
            except StopIteration:
                self._note_end()
            except BaseException as error:  # noqa: BLE001 - it is raised where this is run
                self._note_failure(number, error)
            else:
                self._beginner = None
                task.set_name(self._source.name)
                self._begin_task()
                await self._go_on(number, driving, request)
                if self._beginner is not None:
                    return
                if task.cancelling():  # somebody had cancelled it: another one goes on
                    self._begin_task()
                    return
                self._beginner = task
                turn_began = time.perf_counter()
            if time.perf_counter() - turn_began > TURN_S:
                await asyncio.sleep(0)
                turn_began = time.perf_counter()
        self._beginner = None
        self._wake()

    @types.coroutine
    def _go_on(
        self, number: int, driving: Generator[Any, Any, Any], request: Any
    ) -> Generator[Any, Any, None]:
        """Go on to the end of a workflow whose first `request` has been taken out already."""
        try:
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
                finally:
                    value = None  # an error that ends it has a traceback, which leads back here
        except StopIteration:
            self._note_end()
        except BaseException as error:  # noqa: BLE001 - it is raised where this is run
            self._note_failure(number, error)

    def _note_end(self) -> None:
        self._living -= 1
        if not self._living:
            self._wake()

    def _note_failure(self, number: int, error: BaseException) -> None:
        is_wanted = self._is_over and isinstance(error, asyncio.CancelledError)
        failure = hidden_failure(error) if is_wanted else error
        if failure is not None:
            self._failures[number] = failure
            self._is_interrupted = self._is_interrupted or isinstance(failure, INTERRUPTS)
        self._living -= 1
        self._wake()

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def _end_all(self) -> None:
        """Cancel all that have not ended, if that has not been done, and wait until they have."""
        if not self._is_over:
            self._is_over = True
            for task in self._tasks:
                task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)  # who cancels this doesn't cancel them

    def _failed(self) -> list[BaseException]:
        """What has failed, in the order in which they began."""
        return [self._failures[number] for number in sorted(self._failures)]
