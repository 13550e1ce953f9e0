"""Processes that the program starts: its own modules, wherever one happens to stand."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from experiments.benchmarks.processes import FLOOR, headless, measured
from experiments.processes.children import child_command, run_child

ROOT = Path(__file__).parents[2]


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder where everything has a name that Python or the program looks for."""
    for name in ("signal", "random", "types", "numpy", "json", "site", "runpy"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\nsyntax error")
    for name in ("gui", "experiments", "cascade", "av", "multiprocessing"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_files_that_lie_around_are_not_run(trap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their names; also when Python was told to look where one stands."""
    monkeypatch.setenv("PYTHONPATH", f":{trap}")
    monkeypatch.setattr(sys, "path", ["", ".", *sys.path])
    assert headless(3, 1.0, 1)["agents"] == 9
    assert not (trap / "run").exists()


def test_children_find_the_program_where_their_parent_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before what is installed, in the parent's order, and from a folder that is gone."""
    monkeypatch.setattr(sys, "path", ["", "/somewhere/else", *sys.path])
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    places = json.loads(child_command("gui.recording.encoder")[-1])
    assert "" not in places
    kept = [each for each in places if each in sys.path]
    assert kept == [each for each in sys.path if each in places]
    assert str(ROOT) in places


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a script as the program")
def test_a_packaged_program_starts_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is no interpreter beside it: what it starts is a hidden command of its own."""
    program = tmp_path / "fireflies"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from gui.__main__ import main\nsys.exit(main())\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert measured(FLOOR, "fibers", "3", "1")["agents"] == 9


def test_only_the_program_is_run_by_its_hidden_command(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing else that happens to be installed."""
    assert run_child(["http.server"]) == run_child([]) == 2
    assert "takes a module of cascade, experiments, gui" in capfd.readouterr().err


def test_without_an_interpreter_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence, where Python is part of another program."""
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(FileNotFoundError, match="there is no Python interpreter to start"):
        child_command(FLOOR)


def test_children_are_started_in_one_place() -> None:
    """Only there the command line of a Python process is made; cascade's pools make their own."""
    allowed = {"experiments/processes/children.py", "cascade/adapters/pools.py"}
    starting = re.compile(r"sys\.executable|(import|from) multiprocessing|[\"']python3?[\"']")
    found = {
        str(path.relative_to(ROOT))
        for package in ("cascade", "experiments", "gui")
        for path in (ROOT / package).rglob("*.py")
        if starting.search(re.sub(r"#.*", "", path.read_text(encoding="utf-8")))
    }
    assert found == allowed
