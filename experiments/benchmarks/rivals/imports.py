"""Imports: the time that importing a rival takes, and what is installed with it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import subprocess
from pathlib import Path
from typing import Any, Final

from experiments.benchmarks.processes import MeasurementError
from experiments.benchmarks.rivals.known import Rival
from experiments.processes.children import code_command

_ROOT: Final = Path(__file__).parents[3]

_CODE: Final = """
import sys
sys.path.append(sys.argv[1])
import json, os, time
before, began = set(sys.modules), time.process_time()
{statement}
seconds = time.process_time() - began
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
foreign = sorted(new - set(sys.stdlib_module_names) - {{"cascade"}})
os.write(1, json.dumps({{"seconds": seconds, "foreign": foreign}}).encode())
"""


def imported(statement: str) -> dict[str, Any]:
    """A fresh interpreter that imports something.

    Gives ``seconds`` of processor time, and the ``foreign`` packages that it loaded: neither
    of the standard library nor of the engine.

    Raises
    ------
    MeasurementError
        It can't be imported.
    """
    try:
        command = code_command(_CODE.format(statement=statement), str(_ROOT))
    except FileNotFoundError as error:
        raise MeasurementError(f"{statement} failed: {error}") from None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise MeasurementError(f"{statement} failed: {reason}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def dependencies(rival: Rival) -> int | str:
    """How many distributions it needs beside itself, and those these need, on this system.

    As they declare it. What is installed with Python or with this program is counted by what
    its import loads instead.
    """
    if not rival.distribution:
        return len(imported(rival.statement)["foreign"])
    if importlib.util.find_spec("packaging") is None:
        return "unknown: packaging is not installed"
    return len(_needed(rival.distribution))


def _needed(distribution: str) -> set[str]:
    """Names of all distributions that one needs, itself left out."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found = {canonicalize_name(distribution)}
    waiting = [distribution]
    while waiting:
        for line in importlib.metadata.requires(waiting.pop()) or ():
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            is_meant = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if is_meant and name not in found:
                found.add(name)
                waiting.append(name)
    return {str(name) for name in found} - {canonicalize_name(distribution)}
