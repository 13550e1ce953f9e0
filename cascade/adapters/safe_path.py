"""The safe path: where new processes look for Python's own modules."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Final

_SAFE_PATH: Final = "PYTHONSAFEPATH"


class SafePath:
    """While processes are begun, Python doesn't look for their modules in the current folder.

    They would run a ``random.py`` or ``signal.py`` that lies there before they hear where their
    parent looks. It is in their environment, from which they take it at once.
    """

    _lock: Final = threading.Lock()

    def __enter__(self) -> Callable[[], None] | None:
        self._lock.acquire()
        self._is_ours = _SAFE_PATH not in os.environ
        os.environ[_SAFE_PATH] = "1"
        return _forget_safe_path if self._is_ours else None

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            del os.environ[_SAFE_PATH]
        self._lock.release()


def _forget_safe_path() -> None:
    """In a new process: what it starts itself is its own affair."""
    os.environ.pop(_SAFE_PATH, None)
