"""Measuring things in processes of their own, one JSON object each."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def measured(*arguments: str) -> dict[str, Any]:
    """The JSON object that ``python ARGUMENTS`` prints.

    Raises
    ------
    RuntimeError
        It failed; with the last line it wrote to stderr.
    """
    finished = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        reason = (finished.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise RuntimeError(f"{' '.join(arguments)} failed: {reason}")
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def headless(side: int, seconds: float, seed: int) -> dict[str, Any]:
    """A headless run at the default parameters."""
    return measured(
        "-m", "experiments.run_fireflies", "--headless", "--side", str(side),
        "--seconds", str(seconds), "--seed", str(seed),
    )  # fmt: skip
