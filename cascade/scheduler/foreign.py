"""The border between workflows on a virtual clock and the host's asyncio loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cascade.errors import ForeignWaitError

_POINTER: Final = (
    "a VirtualClock resumes workflows itself, so they can wait only for its time, for channels "
    "and for their own tasks. Use cascade.WallClock() for real I/O"
)
_NEEDS_A_TASK: Final = ("asyncio.timeouts", "asyncio.taskgroups")


@contextmanager
def without_current_task() -> Iterator[None]:
    """Let asyncio see no current task while workflows run.

    Otherwise ``asyncio.timeout`` in a workflow would take the task that
    advances the clock for its own, and cancel it. Uses the functions that
    asyncio documents for other schedulers ("Extending asyncio").
    """
    loop = asyncio._get_running_loop()
    task = None if loop is None else asyncio.current_task(loop)
    if loop is None or task is None:
        yield
        return
    asyncio._leave_task(loop, task)
    try:
        yield
    finally:
        asyncio._enter_task(loop, task)


def foreign_error(name: str, request: object) -> ForeignWaitError:
    """The error for a workflow that awaited `request`, which is none of ours."""
    what = "asyncio.sleep(0) or a bare yield" if request is None else _described(request)
    if isinstance(request, asyncio.Future):
        request.add_done_callback(_see_outcome)  # nobody will await it now
        request.cancel()
    return ForeignWaitError(f"workflow '{name}' awaited {what}: {_POINTER}")


def _described(request: object) -> str:
    try:
        return repr(request)
    except Exception:  # noqa: BLE001 - a stranger's; what it raises may end no other workflow
        return f"an object of class {type(request).__name__}"


def foreign_failure(name: str, error: BaseException) -> BaseException:
    """`error`, or what it means if asyncio raised it for want of a current task."""
    if not isinstance(error, RuntimeError) or error.__traceback__ is None:
        return error
    last = error.__traceback__
    while last.tb_next is not None:
        last = last.tb_next
    if last.tb_frame.f_globals.get("__name__") not in _NEEDS_A_TASK:
        return error
    explained = ForeignWaitError(f"workflow '{name}' used asyncio ({error}): {_POINTER}")
    explained.__cause__ = error
    return explained


def _see_outcome(future: asyncio.Future[object]) -> None:
    if not future.cancelled():
        future.exception()
