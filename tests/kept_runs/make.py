"""``python -m tests.kept_runs.make``: session files and table of the kept runs.

What is there already is left as it is, unless ``--replace`` names it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence, Set
from pathlib import Path

import tomli_w

from experiments import GALLERY, Simulation, encode_session, session_of, slug
from tests.experiments.simulating import simulate
from tests.kept_runs.former_presets import FORMER
from tests.kept_runs.outcomes import (
    FOLDER,
    TABLE,
    Outcome,
    preset_outcome,
    session_file,
    session_files,
    session_outcome,
    stored,
)
from tests.kept_runs.recipe import Recipe
from tests.kept_runs.recipes import RECIPES

PRESETS = (*GALLERY, *FORMER)
"""Whose runs are kept."""

_WHAT = "Write what is missing of the kept runs: session files, and rows of the table."

VERSION = "0.1.0"
"""Of the program that the files are said to be from."""


def made(recipe: Recipe) -> bytes:
    """The session file of a run, as the program writes it."""

    async def body(simulation: Simulation) -> bytes:
        await recipe.body(simulation)
        simulation.settle()
        return encode_session(session_of(simulation, VERSION))

    return simulate(body, recipe.parameters)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the session files and rows of the table that are missing, and those to be replaced."""
    parser = argparse.ArgumentParser(prog="python -m tests.kept_runs.make", description=_WHAT)
    parser.add_argument(
        "--replace", nargs="+", default=[], metavar="NAME",
        help="write these anew, of the sessions and presets; `all` for all of them",
    )  # fmt: skip
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they are kept")
    options = parser.parse_args(arguments)
    replaced = _names(options.folder) if options.replace == ["all"] else set(options.replace)
    if unknown := replaced - _names(options.folder):
        parser.error(f"--replace: there is no {', '.join(sorted(unknown))}")
    for name, recipe in RECIPES.items():
        path = session_file(name, options.folder)
        if name in replaced or not path.exists():
            path.write_bytes(made(recipe))
    _write_table(options.folder, replaced)
    return 0


def _names(folder: Path) -> set[str]:
    presets = {slug(each.name) for each in PRESETS}
    return presets | set(RECIPES) | {path.stem for path in session_files(folder)}


def _write_table(folder: Path, replaced: Set[str]) -> None:
    """Write the table: the rows that are there as they are, but for those to be replaced."""
    before: dict[str, dict[str, Outcome]] = stored(folder) if (folder / TABLE).exists() else {}
    rows = {
        (kind, name): row
        for kind, of_kind in before.items()
        for name, row in of_kind.items()
        if name not in replaced
    }
    with tempfile.TemporaryDirectory() as scratch:
        preset_file = Path(scratch) / "preset.toml"
        after = {
            "sessions": {
                path.stem: rows.get(("sessions", path.stem)) or session_outcome(path)
                for path in session_files(folder)
            },
            "presets": {
                slug(each.name): rows.get(("presets", slug(each.name)))
                or preset_outcome(each, preset_file)
                for each in PRESETS
            },
        }
    (folder / TABLE).write_text(tomli_w.dumps(after), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
