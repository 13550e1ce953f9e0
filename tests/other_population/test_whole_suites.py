"""The whole suites, of the model and of the window, with another population."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = "tests.other_population.everywhere"


@pytest.mark.drill(alone=True)
@pytest.mark.parametrize("suite", ["tests/gui", "tests/experiments tests/kept_runs tests/sweep"])
@pytest.mark.timeout(3600)
def test_a_whole_suite_passes_with_another_population(suite: str) -> None:
    """Whole suites, the window's too, pass with a population without engine or coroutine."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:randomly"]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    ended = subprocess.run(
        [*words, "-p", "no:cacheprovider", *suite.split()],
        cwd=ROOT,
        env=environment | {"FIREFLIES_DRILL": "", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:]
    passed = re.search(r"(\d+) passed", ended.stdout)
    assert passed is not None, ended.stdout[-4000:]
    assert int(passed[1]) > 1000
