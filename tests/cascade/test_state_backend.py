"""The state backend that comes along."""

from __future__ import annotations

import pytest

import cascade as cs
from tests.cascade.running import CLOCKS, make_clock, run


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


class Stuck(cs.InMemoryStateBackend):
    """One that can't be cleared."""

    def clear(self) -> None:
        raise OSError("stuck")


@pytest.mark.parametrize("kind", CLOCKS)
def test_what_a_task_raised_is_not_replaced_by_a_backend_that_fails(kind: str) -> None:
    """That is a note on it; a run that went well fails with the backend's error."""

    @cs.task
    def divide(a: int, b: int) -> float:
        return a / b

    for target in (divide(1, 0), [divide(1, 0), divide(1, 1)]):
        with pytest.raises(ZeroDivisionError) as failed:
            run(make_clock(kind), target, state_backend_factory=Stuck)
        assert failed.value.__notes__ == [
            "in task 'divide' of run-1",
            "and the state backend failed to be cleared: OSError('stuck')",
        ]
    with pytest.raises(OSError, match="stuck"):
        run(make_clock(kind), divide(1, 1), state_backend_factory=Stuck)
