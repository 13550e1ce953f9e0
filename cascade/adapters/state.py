"""State backends: where the results of one execution of a graph are kept."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class StateBackend(Protocol):
    """Keeps what became of each node in one execution of one graph.

    An engine asks its ``state_backend_factory`` for one, with the id of the
    run, whenever an execution of a graph begins; it belongs to nobody else.
    The methods are called between waits and must not wait themselves.
    """

    def put_result(self, node_id: int, result: Any) -> None:
        """Keep the result of a node."""

    def get_result(self, node_id: int) -> Any:
        """The result of a node; ``KeyError`` if it has none."""

    def has_result(self, node_id: int) -> bool:
        """Whether the node has a result."""

    def mark_skipped(self, node_id: int, reason: str) -> None:
        """Keep why a node was skipped."""

    def get_skip_reason(self, node_id: int) -> str | None:
        """Why the node was skipped, None if it was not."""

    def clear(self) -> None:
        """Forget everything: the execution of the graph is over.

        What it raises fails the run, or is a note on what the run has failed with.
        """


class InMemoryStateBackend:
    """Keeps everything in two dicts.

    Parameters
    ----------
    run_id
        The run it is for.
    """

    def __init__(self, run_id: str = "") -> None:
        self.run_id = run_id
        self._results: dict[int, Any] = {}
        self._reasons: dict[int, str] = {}

    def put_result(self, node_id: int, result: Any) -> None:
        """Keep the result of a node."""
        self._results[node_id] = result

    def get_result(self, node_id: int) -> Any:
        """The result of a node.

        Raises
        ------
        KeyError
            It has none.
        """
        return self._results[node_id]

    def has_result(self, node_id: int) -> bool:
        """Whether the node has a result."""
        return node_id in self._results

    def mark_skipped(self, node_id: int, reason: str) -> None:
        """Keep why a node was skipped."""
        self._reasons[node_id] = reason

    def get_skip_reason(self, node_id: int) -> str | None:
        """Why the node was skipped, None if it was not."""
        return self._reasons.get(node_id)

    def clear(self) -> None:
        """Forget everything."""
        self._results.clear()
        self._reasons.clear()

    def __repr__(self) -> str:
        return f"<InMemoryStateBackend of {self.run_id or 'no run'}, {len(self._results)} results>"
