"""Tasks as other processes find them: by the names of their modules and functions."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any, Protocol


class Named(Protocol):
    """What may be found by its name: a task."""

    __module__: str

    @property
    def function(self) -> Callable[..., object]:
        """The function as written."""


def find_by_name(module: str, qualname: str) -> Any:
    """What is called so: a task, or the function of one that has another name.

    Raises
    ------
    ImportError, AttributeError, ValueError
        There is no such module, or nothing of this name in it.
    """
    return functools.reduce(getattr, qualname.split("."), importlib.import_module(module))


def is_named(task: Named) -> bool:
    """Whether a task, or its function, is found by its name in its module."""
    try:
        found = find_by_name(task.__module__, qualname_of(task))
    except (ImportError, AttributeError, ValueError):
        return False
    return found is task or found is task.function


def qualname_of(task: Named) -> str:
    """Name of its function within the module; empty if it has none."""
    return getattr(task.function, "__qualname__", "")
