"""The examples: each runs as a script and in this process, and prints what it should."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


def load(name: str) -> dict[str, Any]:
    """What an example defines, with nothing run."""
    return runpy.run_path(str(ROOT / "examples" / f"{name}.py"), run_name=f"examples.{name}")


def script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """An example run as its docstring says, with every warning an error."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / f"{name}.py"), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        timeout=240,
        check=False,
    )


BUILT = """\
everything:
  compiling main.c
  compiling swarm.c
  compiling colour.c
  linking 3 objects
  0 of 4 results came from the cache
nothing changed:
  4 of 4 results came from the cache
colour.c changed:
  compiling colour.c
  linking 3 objects
  2 of 4 results came from the cache
swarm.h changed:
  compiling main.c
  compiling swarm.c
  linking 3 objects
  1 of 4 results came from the cache
"""

FETCHED = """\
Ann has read 12 pages, 1706 bytes
Bob has read 12 pages, 1706 bytes
36 tries in all, at most 3 at once
  tried again 2 times: Ann/11 is not to be had just now
  tried again 2 times: Ann/3 is not to be had just now
  tried again 2 times: Ann/7 is not to be had just now
  tried again 2 times: Bob/11 is not to be had just now
  tried again 2 times: Bob/3 is not to be had just now
  tried again 2 times: Bob/7 is not to be had just now
"""

ANSWERED = """\
of the numbers up to 2,000, 1,161 has the longest chain, 182
4,001 steps in 66.7 virtual minutes
memory: flat
"""

REPORTED = """\
mon   19.2 °C
tue   22.5 °C
wed   25.2 °C
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("agent", ANSWERED), ("build", BUILT), ("fan_out", FETCHED), ("pipeline", REPORTED)],
)
def test_examples_run_as_scripts(name: str, expected: str) -> None:
    """Each prints the same every time, says nothing else, and ends."""
    done = script(name)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", expected)


def test_every_example_is_tested_and_described() -> None:
    """A docstring says how to run it; those of the engine import `cascade as cs` and no package."""
    assert EXAMPLES == ["agent", "build", "fan_out", "kuramoto", "pipeline"]
    for name in EXAMPLES:
        text = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
        assert f"python examples/{name}.py" in text.split('"""')[1]
        if name != "kuramoto":
            assert "\nimport cascade as cs\n" in text
            assert "from cascade" not in text


@pytest.mark.slow
def test_the_onset_of_order_is_drawn_and_told(tmp_path: Path) -> None:
    """R of few oscillators beside that of theory, from no order to much, and a picture of both."""
    picture = tmp_path / "order.png"
    done = script("kuramoto", str(picture), "200")
    assert (done.returncode, done.stderr) == (0, "")
    heads, *rows = (line.split() for line in done.stdout.splitlines())
    assert heads == ["K", "R", "theory"]
    couplings, measured, theory = zip(*[map(float, row) for row in rows], strict=True)
    assert couplings == tuple(n / 4 for n in range(1, 17))
    for coupling, found, expected in zip(couplings, measured, theory, strict=True):
        if coupling != 1.0:  # at the onset itself R dies out too slowly
            assert found == pytest.approx(expected, abs=0.05)
    assert theory[3] == 0
    assert theory[-1] == 0.866
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 5000


def test_a_folder_that_was_built_is_not_built_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Begun anew in the same folder, the build finds all it made before, edits included."""
    load("build")["main"](tmp_path)
    assert capsys.readouterr().out == BUILT
    first = (tmp_path / "program").read_bytes()
    load("build")["main"](tmp_path)
    assert "compiling" not in capsys.readouterr().out
    assert (tmp_path / "program").read_bytes() == first


async def test_the_fan_out_keeps_its_connections(capsys: pytest.CaptureFixture[str]) -> None:
    """Both readers get all their pages, never over more than three connections at once."""
    await load("fan_out")["main"]()
    assert capsys.readouterr().out == FETCHED


async def test_the_agent_takes_as_long_as_its_tool(capsys: pytest.CaptureFixture[str]) -> None:
    """Two virtual seconds for each number, however few or many there are."""
    await load("agent")["main"](30)
    said, steps, _ = capsys.readouterr().out.splitlines()
    assert said == "of the numbers up to 30, 27 has the longest chain, 112"
    assert steps == "61 steps in 1.0 virtual minutes"


def test_the_pipeline_writes_what_its_options_ask_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Option, environment and route each change the report; a wrong form is told in one line."""
    main = load("pipeline")["main"]
    main(["--at-least", "20"])
    assert capsys.readouterr().out == "\n".join(REPORTED.splitlines()[1:]) + "\n"
    monkeypatch.setenv("DEGREES", "F")
    main(["--form", "json", "--at-least", "75"])
    assert capsys.readouterr().out == '{"unit": "F", "days": {"wed": 77.45}}\n'
    with pytest.raises(SystemExit):
        main(["--form", "xml"])
    assert "argument --form: invalid Form value: 'xml'" in capsys.readouterr().err


def test_the_pipeline_helps() -> None:
    """`--help` lists an option for each parameter, with its default."""
    done = script("pipeline", "--help")
    assert done.returncode == 0, done.stderr
    assert "--form FORM       how to write it: table or json (default: table)" in done.stdout
    assert "--at-least FLOAT  leave out days that are colder (default: 0.0)" in done.stdout
