"""Workers: child processes that are called like any pool of ``concurrent.futures``.

Where ``ProcessPoolExecutor`` ends all of its processes when one dies, here only the call that the
dead one had fails. Workers begin as all children do (:mod:`experiments.processes.children`): no
``random.py`` in the current folder gets in their way, and a packaged program has them too. They
end when their parent does, however that ends.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import IO, Any, Final, TypeVar

from experiments.processes.children import start_child
from experiments.processes.unfinished import cleanup_on_exit

MODULE: Final = "experiments.processes.worker"

T = TypeVar("T")

_LENGTH: Final = struct.Struct("<Q")
_AN_END_S: Final = 10.0


class WorkerDiedError(RuntimeError):
    """A worker ended in the middle of a call."""


def send(file: IO[bytes], value: object) -> None:
    """Write a value to a pipe."""
    contents = pickle.dumps(value)
    file.write(_LENGTH.pack(len(contents)) + contents)
    file.flush()


def receive(file: IO[bytes]) -> Any:
    """Read a value from a pipe.

    Raises
    ------
    EOFError
        The other end is closed.
    """
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    contents = file.read(length)
    if len(contents) < length:
        raise EOFError
    return pickle.loads(contents)


class Workers(Executor):
    """Child processes that call functions; each is begun when it is first needed.

    Parameters
    ----------
    n
        How many, >= 1.
    niceness
        By how much they stand back for others, where the system knows that: 0 to 19.

    Raises
    ------
    ValueError
        There would be none.

    Attributes
    ----------
    n
        How many.

    Notes
    -----
    To cancel a call under way ends its worker; the next call gets another one.
    """

    def __init__(self, n: int, niceness: int = 0) -> None:
        if n < 1:
            raise ValueError(f"there must be at least 1 worker, got {n}")
        self.n = n
        self._niceness = niceness
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_shut = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"worker-{k}", daemon=True) for k in range(n)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Have ``fn(*args, **kwargs)`` called by a worker."""
        with self._lock:
            if self._is_shut:
                raise RuntimeError("the workers have been told to end")
            call = _Call(fn, args, kwargs)
            self._calls.put(call)
        return call

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers, once they have done what they were asked for.

        Parameters
        ----------
        wait
            Return when they have ended.
        cancel_futures
            Cancel what is not begun.
        """
        with self._lock:
            is_first = not self._is_shut
            self._is_shut = True
        if cancel_futures:
            with suppress(queue.Empty):
                while True:
                    if (call := self._calls.get_nowait()) is not None:
                        call.cancel()
        if is_first or cancel_futures:
            for _ in self._threads:
                self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        """Give one worker its calls, and begin another in its place where it dies."""
        while self._serve_one_worker():
            pass

    def _serve_one_worker(self) -> bool:
        """Whether there will be further calls, for another worker."""
        call = self._calls.get()
        if call is None:
            return False
        try:
            # What a worker writes about itself has no place in what this program says.
            child = start_child(
                MODULE,
                str(self._niceness),
                hears_signals=False,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        except OSError as error:
            if call.set_running_or_notify_cancel():
                call.set_exception(error)
            return True
        with child, cleanup_on_exit(child.kill):
            try:
                while call is not None:
                    if not call.made_by(child):
                        return True
                    call = self._calls.get()
                return False
            finally:
                _end(child)


def _end(child: subprocess.Popen[str]) -> None:
    """End a worker, which has nothing to do."""
    assert child.stdin is not None
    with suppress(OSError):
        child.stdin.close()
    try:
        child.wait(_AN_END_S)
    except subprocess.TimeoutExpired:
        child.kill()


class _Call(Future[Any]):
    """A call, and its result."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        super().__init__()
        self._what = (function, args, kwargs)
        self._child: subprocess.Popen[str] | None = None

    def cancel(self) -> bool:
        """Take it back; where it is under way, its worker ends."""
        if super().cancel():
            return True
        if (child := self._child) is not None and not self.done():
            child.kill()
        return False

    def made_by(self, child: subprocess.Popen[str]) -> bool:
        """Have a worker make it; whether the worker can make another one."""
        if not self.set_running_or_notify_cancel():
            return True
        assert child.stdin is not None
        assert child.stdout is not None
        self._child = child
        try:
            send(child.stdin.buffer, self._what)  # type: ignore[attr-defined]
            is_fine, result = receive(child.stdout.buffer)  # type: ignore[attr-defined]
        except (EOFError, OSError):
            self.set_exception(WorkerDiedError(_how_it_ended(child)))
            return False
        except Exception as error:  # noqa: BLE001 - what can't be pickled is the caller's
            self.set_exception(error)
            return True
        finally:
            self._child = None
        if is_fine:
            self.set_result(result)
        else:
            self.set_exception(result)
        return True


def _how_it_ended(child: subprocess.Popen[str]) -> str:
    try:
        code = child.wait(_AN_END_S)
    except subprocess.TimeoutExpired:
        child.kill()
        code = child.wait()
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"worker process {child.pid} {how}"


def n_cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
