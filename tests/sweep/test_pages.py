"""The page and the notebook about sweeps do what they say."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars
import pytest

from experiments.commands import sweep_command as module
from experiments.commands.sweep_command import sweep_command
from experiments.sweep import load_plan, run, running
from experiments.sweep.pool import WorkerPool
from tests.proofs import FULL
from tests.sweep.plans import plan
from tests.sweep.pools import Here

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
NOTEBOOK: dict[str, Any] = json.loads(
    (ROOT / "examples" / "phase_diagram.ipynb").read_text(encoding="utf-8")
)
CODE = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @contextmanager
    def here(*_: object) -> Iterator[WorkerPool]:
        yield WorkerPool(Here(), 1)

    monkeypatch.setattr(running, "pool_of", here)
    monkeypatch.setattr(module, "estimated_s", lambda *_: 1.0)
    monkeypatch.chdir(tmp_path)


def blocks(language: str) -> list[str]:
    """The fenced blocks of the page in a language."""
    parts = re.split(r"^```(.*)\n", PAGE, flags=re.MULTILINE)
    # Text, language, block, nothing, and so on.
    return [parts[k + 1] for k in range(1, len(parts) - 1, 4) if parts[k] == language]


def test_every_command_of_the_page_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    """As far as its plan; the files that it names are those of the page."""
    Path("plan.toml").write_text(blocks("toml")[0])
    commands = [
        line.partition("#")[0]
        for block in blocks("")
        for line in block.splitlines()
        if line.startswith("fireflies sweep")
    ]
    assert len(commands) == 4
    run(plan("nudge=0,1"), Here(), jobs=1, to="DIR")
    *others, last = commands
    assert sweep_command(shlex.split(last)[2:], lambda path: len(path.name)) == len("DIR")
    for command in others:
        assert sweep_command([*shlex.split(command)[2:], "--dry-run"]) == 0
        assert json.loads(capsys.readouterr().out)["runs"] > 100


def test_the_plan_of_the_page_is_one() -> None:
    """With the axes that it says."""
    Path("plan.toml").write_text(blocks("toml")[0])
    found = load_plan(Path("plan.toml"))
    assert found.shape == (21, 20, 3)
    assert found.fixed == {"side": 10}


def test_the_page_names_options_and_columns_that_there_are() -> None:
    """All columns, and no option that isn't one."""
    help_text = io.StringIO()
    with contextlib.redirect_stdout(help_text), pytest.raises(SystemExit):
        sweep_command(["--help"])
    for option in set(re.findall(r"(?<![-`])`?(--[a-z-]+)", PAGE.replace("|---", ""))):
        assert option in help_text.getvalue(), option
    from experiments.sweep.rows import column_names, parameter_columns

    own = set(column_names(plan())) - set(parameter_columns()) - set(plan().observe)
    (table,) = re.findall(r"\| column \| holds \|\n(.*?)\n\n", PAGE, re.DOTALL)
    assert own == set(re.findall(r"`(\w+)`", table.replace("`fireflies run`", ""))) - {
        "done", "failed", "refused",
    }  # fmt: skip


def test_the_program_of_the_page_prints_what_it_says() -> None:
    """Each comment behind a `print`."""
    (code,) = blocks("python")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, {"__name__": "page"})
    assert out.getvalue().splitlines() == re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)


def test_links_of_the_page_lead_somewhere() -> None:
    """To files beside it."""
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert target.startswith("https://") or (ROOT / "docs" / target).is_file(), target


def test_the_notebook_was_run_from_its_first_cell_to_its_last() -> None:
    """Nothing failed, and its pictures are there."""
    assert [cell["execution_count"] for cell in CODE] == list(range(1, len(CODE) + 1))
    outputs = [output for cell in CODE for output in cell["outputs"]]
    assert not [each for each in outputs if each["output_type"] == "error"]
    pictures = ["image/svg+xml" in each.get("data", {}) for each in outputs]
    assert pictures.count(True) == 2
    text = json.dumps(NOTEBOOK)
    assert "/home/" not in text
    assert "/root/" not in text


@pytest.mark.drill
@pytest.mark.slow
def test_the_notebook_does_what_it_shows() -> None:
    """In the drill the very same numbers; otherwise it is made small, and only has to run."""
    namespace: dict[str, Any] = {"__name__": "notebook"}
    with polars.Config(tbl_rows=10):
        for cell in CODE:
            code = "".join(cell["source"])
            if not FULL:
                code = code.replace("SECONDS = 100.0", "SECONDS = 20.0").replace(
                    "seeds=3", "seeds=1"
                )
                code = code.replace('"nudge=0:0.4:17"', '"nudge=0:0.4:3"').replace(":9", ":3")
                code = code.replace('{"side": 10}', '{"side": 3}')
            with contextlib.redirect_stdout(io.StringIO()) as out:
                shown = _run_cell(code, namespace)
            told = "".join(
                text for each in cell["outputs"] if each["output_type"] == "stream"
                for text in each["text"]
            )  # fmt: skip
            assert bool(out.getvalue()) == bool(told) or "xarray" in code
            if FULL and "xarray" not in code:
                assert out.getvalue() == told
            for each in cell["outputs"]:
                if svg := each.get("data", {}).get("image/svg+xml"):
                    assert shown.startswith("<svg")
                    assert not FULL or str(shown) == "".join(svg)


def _run_cell(code: str, namespace: dict[str, Any]) -> Any:
    """Run a cell; gives the value of its last line, if that is an expression."""
    tree = ast.parse(code)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "cell", "exec"), namespace)
        return None
    tree.body.pop()
    exec(compile(tree, "cell", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
