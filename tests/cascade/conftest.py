"""What several modules of these tests are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import CLOCKS, make_clock


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest) -> cs.Clock:
    """Either clock."""
    return make_clock(request.param)


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Either cache."""
    return cs.InMemoryCache() if request.param == "memory" else cs.FileCache(tmp_path / "cache")


@pytest.fixture
def calls() -> list[Any]:
    """What `note` was called with, in order."""
    return []


@pytest.fixture
def note(calls: list[Any]) -> cs.Task[..., Any]:
    """A task that notes what it is called with, and gives it back."""

    @cs.task
    async def note(value: Any, *_needs: Any) -> Any:
        calls.append(value)
        return value

    return note
