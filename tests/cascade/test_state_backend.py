"""The state backend that comes along."""

from __future__ import annotations

import pytest

import cascade as cs


def test_results_and_reasons_are_kept_until_cleared() -> None:
    """None is a result like any other; what was never kept is a KeyError."""
    backend = cs.InMemoryStateBackend("run-7")
    assert isinstance(backend, cs.StateBackend)
    assert not backend.has_result(1)
    with pytest.raises(KeyError):
        backend.get_result(1)
    backend.put_result(1, None)
    backend.mark_skipped(2, "Pruned")
    assert backend.has_result(1)
    assert backend.get_result(1) is None
    assert (backend.get_skip_reason(1), backend.get_skip_reason(2)) == (None, "Pruned")
    assert repr(backend) == "<InMemoryStateBackend of run-7, 1 results>"
    backend.clear()
    assert not backend.has_result(1)
    assert backend.get_skip_reason(2) is None
