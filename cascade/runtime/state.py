"""State of one graph execution, as the flow manager uses it: a list, or a backend behind one."""

from __future__ import annotations

from typing import Any, Final, Protocol

from cascade.adapters.state import StateBackend
from cascade.graph.shape import Results

MISSING: Final = object()
"""In the place of a result that there is not."""


class WritableResults(Results, Protocol):
    """Results by node number, to be added to."""

    def __setitem__(self, number: int, result: Any, /) -> None: ...


class Skips(Protocol):
    """Reasons of skipped nodes, by node number."""

    def __contains__(self, number: object, /) -> bool: ...
    def __getitem__(self, number: int, /) -> Any: ...
    def __setitem__(self, number: int, reason: Any, /) -> None: ...


class BackendResults:
    """Results kept by a backend."""

    __slots__ = ("_backend",)

    def __init__(self, backend: StateBackend) -> None:
        self._backend = backend

    def __getitem__(self, number: int) -> Any:
        return self._backend.get_result(number) if self._backend.has_result(number) else MISSING

    def __setitem__(self, number: int, result: Any) -> None:
        self._backend.put_result(number, result)


class BackendSkips:
    """Reasons kept by a backend."""

    __slots__ = ("_backend",)

    def __init__(self, backend: StateBackend) -> None:
        self._backend = backend

    def __contains__(self, number: object) -> bool:
        assert isinstance(number, int)
        return self._backend.get_skip_reason(number) is not None

    def __getitem__(self, number: int) -> Any:
        return self._backend.get_skip_reason(number)

    def __setitem__(self, number: int, reason: Any) -> None:
        self._backend.mark_skipped(number, reason)
