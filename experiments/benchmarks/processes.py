"""Processes for measuring: each prints one JSON object."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from cascade.standard_output import write_error
from experiments.processes.children import start_child
from experiments.processes.unfinished import cleanup_on_exit

FLOOR: Final = "experiments.benchmarks.bare_loop"
"""The same model without an engine: what speed is measured against."""

T = TypeVar("T")


class MeasurementError(RuntimeError):
    """A process that measured something failed; says which and why, in one line."""


def announced(what: str, items: Sequence[T]) -> Iterator[T]:
    """The items, one after the other, each with a line on stderr that says where it is."""
    for number, item in enumerate(items, 1):
        write_error(f"{what} {item} ({number} of {len(items)})\n")
        yield item


def measured(module: str, *arguments: str, within_s: float | None = None) -> dict[str, Any]:
    """The JSON object that a module prints, given some arguments.

    Parameters
    ----------
    module, arguments
        What to run.
    within_s
        After how many wall seconds it is stopped; None for never.

    Raises
    ------
    MeasurementError
        It failed; with the last line it wrote to stderr. Or it was stopped.
    """
    pipe = subprocess.PIPE
    with (
        start_child(module, *arguments, stdout=pipe, stderr=pipe) as child,
        cleanup_on_exit(child.kill),
    ):
        try:
            out, err = child.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            child.kill()
            raise MeasurementError(f"stopped after {within_s:g} s") from None
    if child.returncode != 0:
        reason = (err.strip().splitlines() or ["no reason given"])[-1]
        raise MeasurementError(f"{' '.join((module, *arguments))} failed: {reason}")
    found: dict[str, Any] = json.loads(out)
    return found


def headless(side: int, seconds: float, seed: int) -> dict[str, Any]:
    """A headless run at the default parameters."""
    return measured(
        "experiments.run_fireflies", "--headless", "--side", str(side),
        "--seconds", str(seconds), "--seed", str(seed), "--population", "workflows",
    )  # fmt: skip


def peak_bytes() -> int | None:
    """The largest resident size that this process has had; None where /proc doesn't say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return None if found is None else 1_024 * int(found[1])


def resident_bytes() -> int | None:
    """Resident size of this process; None where /proc doesn't say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
