"""The works on hamilton: functions become the nodes of a graph by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hamilton import ad_hoc_utils, driver
from hamilton.function_modifiers import parameterize, source, value

from experiments.benchmarks.rivals import works


def _executed(function: Callable[..., Any], targets: list[str]) -> dict[str, Any]:
    module = ad_hoc_utils.create_temporary_module(function)
    found: dict[str, Any] = driver.Builder().with_modules(module).build().execute(targets)
    return found


def _wide(n: int, times: int) -> list[float]:
    def work() -> list[int]:
        names = [f"leaf_{i}" for i in range(n)]

        @parameterize(**{name: {"i": value(i)} for i, name in enumerate(names)})
        def leaf(i: int) -> int:
            return works.leaf(i)

        found = _executed(leaf, names)
        return [found[name] for name in names]

    return works.timed(work, list(range(n)), times)


def _chain(n: int, times: int) -> list[float]:
    def work() -> int:
        needs = {f"step_{i}": source(f"step_{i - 1}") if i else value(0) for i in range(n)}

        @parameterize(**{name: {"x": need} for name, need in needs.items()})
        def step(x: int) -> int:
            return works.step(x)

        last = f"step_{n - 1}"
        return int(_executed(step, [last])[last])

    return works.timed(work, n, times)


WAYS: Final[dict[str, Callable[..., Any]]] = {"wide": _wide, "chain": _chain}
