"""What type checkers know of a user's module."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
USER = HERE / "typed_user.py"


def told_by_mypy(cache: Path) -> dict[int, list[str]]:
    """Line -> the types and errors that mypy tells of it, without names of modules."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    command += ["--cache-dir", str(cache), str(USER)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parents[1], check=False)
    assert not run.stderr
    told = defaultdict(list)
    for line in run.stdout.splitlines():
        found = re.fullmatch(r"(\S+?):(\d+): (note|error): (.*)", line)
        assert found is not None, line
        assert Path(found[1]).name == USER.name, line
        if found[3] == "error" or found[4].startswith("Revealed"):
            told[int(found[2])].append(re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", found[4]))
    return told


@pytest.mark.slow
def test_a_typed_module_is_understood(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each line has the type, or the error, that it says, and nothing else is told."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    cache = getattr(pytestconfig, "cache", None)  # pytest may run without one
    folder = tmp_path_factory.mktemp("mypy") if cache is None else cache.mkdir("mypy")
    told = told_by_mypy(folder)
    asked = 0
    for number, line in enumerate(USER.read_text().splitlines(), start=1):
        found = re.search(r"  # ([>!]) (.*)", line)
        messages = told.get(number, [])
        if found is None:
            assert not messages, (number, line, messages)
        elif found[1] == ">":
            assert messages == [f'Revealed type is "{found[2]}"'], (number, line)
            asked += 1
        else:
            assert any(found[2] in message for message in messages), (number, line, messages)
            asked += 1
    assert asked > 40
