"""Uncaught errors: told once in the window, and written to a file in full."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import platformdirs

from experiments import followed, make_folder
from gui.kept.places import place_of_user
from gui.models.problems import Problem, in_words, place, story

MOST_LOG_BYTES: Final = 1_000_000
"""Size from which the file is copied and begun anew."""

logger = logging.getLogger(__name__)


def error_log_path() -> Path | None:
    """Where the errors of this user's windows are written; None if there is no home."""
    try:
        logs = place_of_user(lambda: platformdirs.user_log_path("fireflies", appauthor=False))
    except OSError:
        return None
    return logs / "errors.log"


class ErrorLog:
    """Takes in uncaught errors of the loop, of Qt's slots and of threads, while it is open.

    Parameters
    ----------
    path
        File to write to, made when the first error comes; None if there is no place for one.
    on_problem
        Called with each error that is new.
    most_bytes
        Size of the file from which it is copied and begun anew.
    """

    def __init__(
        self,
        path: Path | None,
        on_problem: Callable[[Problem], object],
        most_bytes: int = MOST_LOG_BYTES,
    ) -> None:
        self._path = path
        self._on_problem = on_problem
        self._most_bytes = most_bytes
        self._seen: set[tuple[object, ...]] = set()
        self._handler: logging.Handler | None = None

    def __enter__(self) -> ErrorLog:
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_sys_exception
        threading.excepthook = self._on_thread_exception
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._on_loop_exception)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.set_exception_handler(None)
        sys.excepthook, threading.excepthook = self._hooks
        if self._handler is not None:
            self._handler.close()

    def report(self, error: BaseException) -> None:
        """Write an error to the file, and say so the first time it comes from its place."""
        where = place(error)
        if where in self._seen:
            return
        self._seen.add(where)
        is_written = self._write(error)
        more = f"Details: Ctrl+8, and {self._path}" if is_written else "Details: Ctrl+8"
        self._on_problem(
            Problem(f"Error in the program: {in_words(error)}. The run goes on. {more}",
                    story(error))
        )  # fmt: skip

    def _write(self, error: BaseException) -> bool:
        if self._path is None:
            return False
        try:
            if self._handler is None:
                self._handler = _handler(self._path, self._most_bytes)
            info = (type(error), error, error.__traceback__)
            record = logger.makeRecord(
                logger.name, logging.ERROR, __file__, 0, "uncaught error", (), info
            )
            self._handler.emit(record)
        except OSError:
            return False
        return True

    def _on_sys_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self.report(error)
        else:
            self._hooks[0](kind, error, trace)

    def _on_thread_exception(self, given: threading.ExceptHookArgs) -> None:
        if isinstance(given.exc_value, Exception):
            # The window is the main thread's.
            self._loop.call_soon_threadsafe(self.report, given.exc_value)

    def _on_loop_exception(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(str(context.get("message")))
        if isinstance(error, BaseException):
            self.report(error)


def _handler(path: Path, most_bytes: int) -> RotatingFileHandler:
    """The handler of the file; a full file is copied and emptied, so that its name stays."""
    make_folder(path.parent)
    handler = RotatingFileHandler(
        followed(path), maxBytes=most_bytes, backupCount=1, encoding="utf-8"
    )
    handler.rotator = _copy_and_empty
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    return handler


def _copy_and_empty(full: str, copy: str) -> None:
    shutil.copyfile(full, copy)
    os.truncate(full, 0)
