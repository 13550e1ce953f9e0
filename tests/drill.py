"""``make drill``: every heavy proof at its full count, and docs/reliability.md of it.

A proof is a test marked ``drill``; what it proves is the first line of its docstring.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "docs" / "reliability.md"


class Collector:
    """A pytest plugin that keeps how each proof ended."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Note what there is to prove."""
        for item in items:
            if item.get_closest_marker("drill") is None:
                continue
            name = item.nodeid.partition("[")[0]
            text = (item.function.__doc__ or name).strip().partition("\n")[0]
            row = self.rows.setdefault(
                name, {"text": text, "cases": 0, "failed": 0, "seconds": 0.0, "count": ""}
            )
            row["cases"] += 1

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note an outcome."""
        row = self.rows.get(report.nodeid.partition("[")[0])
        if row is None:
            return
        row["seconds"] += report.duration
        row["failed"] += report.failed
        row["count"] = dict(report.user_properties).get("count", row["count"])


def commit() -> str:
    """The commit, and whether anything differs from it."""
    head, dirty = git("rev-parse", "--short", "HEAD"), git("status", "--porcelain", "-uno")
    return f"{head or 'unknown'}{' with changes' if dirty else ''}"


def git(*words: str) -> str:
    """What git says, or nothing outside a repository."""
    asked = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def write_report(collector: Collector, seconds: float) -> None:
    """Write docs/reliability.md."""
    lines = [
        "# Reliability",
        "",
        "What `make drill` proved, each proof at its full count. `make test` runs the same",
        "proofs with fewer repetitions. Written by the drill itself.",
        "",
        f"{datetime.date.today().isoformat()}, commit {commit()}, "
        f"Python {platform.python_version()} on {platform.system()}, "
        f"{os.cpu_count()} cores, {seconds:.0f} s in all.",
        "",
        "| proof | cases | repetitions in each | failed | seconds |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['text']} | {row['cases']} | {row['count'] or 1} "
        f"| {row['failed']} | {row['seconds']:.1f} |"
        for row in collector.rows.values()
    ]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Run the proofs; the exit code is pytest's."""
    os.environ["FIREFLIES_DRILL"] = "full"
    import pytest

    collector = Collector()
    began = time.monotonic()
    arguments = ["-m", "drill", "-q", "--timeout=3600", str(ROOT / "tests"), *sys.argv[1:]]
    code = pytest.main(arguments, plugins=[collector])
    write_report(collector, time.monotonic() - began)
    print(f"written: {REPORT.relative_to(ROOT)}")  # noqa: T201
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
