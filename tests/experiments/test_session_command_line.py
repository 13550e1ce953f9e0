"""Sessions on the command line: saved by a run, and repeated by another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from experiments import (
    Parameters,
    load_session,
)
from experiments.commands.command_line import main
from tests.experiments.session_files import edited


def ran(capfd: Any, *arguments: str) -> tuple[int, Any, str]:
    """Exit code, report and stderr of ``fireflies run``."""
    try:
        code = main(arguments)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capfd.readouterr()
    return code, json.loads(out) if out else None, err


def test_a_run_is_saved_and_repeated_from_the_command_line(tmp_path: Path, capfd: Any) -> None:
    """``--save`` writes what ``--session`` repeats, and it says that it is the same."""
    path = str(tmp_path / "run.fireflies")
    code, first, _ = ran(capfd, "--side", "8", "--seconds", "20", "--nudge", "0.4", "--save", path)
    assert code == 0
    code, again, err = ran(capfd, "--session", path)
    assert (code, err) == (0, "")
    assert again["digest"] == first["digest"]
    assert again["session"] == {
        "end": 20.0,
        "interventions": 0,
        "flashes": first["flashes"],
        "digest": first["digest"],
        "identical": True,
    }
    code, longer, _ = ran(capfd, "--session", path, "--seconds", "30")
    assert (code, longer["virtual_s"], longer["session"]["identical"]) == (0, 30.0, True)
    assert longer["flashes"] > first["flashes"]


def test_a_preset_with_an_opening_is_saved_with_it(tmp_path: Path, capfd: Any) -> None:
    """What was done at t = 0 is part of the session."""
    path = tmp_path / "walls.fireflies"
    ran(capfd, "--preset", "two-islands", "--seconds", "2", "--save", str(path))
    assert load_session(path).steps
    code, again, _ = ran(capfd, "--session", str(path))
    assert (code, again["session"]["identical"]) == (0, True)


def test_a_session_that_comes_out_differently_is_said_to(tmp_path: Path, capfd: Any) -> None:
    """The report says so, and so does the exit code."""
    path = tmp_path / "run.fireflies"
    path.write_bytes(edited())
    code, report, err = ran(capfd, "--session", str(path))
    assert code == 1
    assert report["session"]["identical"] is False
    assert (
        err == f"fireflies run: {path} was not repeated exactly: other flashes than those saved\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--session", "{file}", "--side", "5"], "--side does not go with --session"),
        (["--session", "{file}", "--preset", "waves"], "--preset does not go with --session"),
        (["--session", "{file}", "--seconds", "1"], "--seconds must be >= the end of the session"),
        (["--session", "{folder}/none.fireflies"], "No such file"),
        (["--session", "{folder}"], "is a folder"),
        (["--save", "{folder}/a.txt"], "must end in .fireflies"),
        (["--save", "{folder}/none/a.fireflies"], "can't be written: No such file"),
    ],
)
def test_what_is_wrong_with_a_session_is_one_line(
    tmp_path: Path, capfd: Any, arguments: list[str], words: str
) -> None:
    """On stderr, with exit code 2, before anything runs."""
    file = tmp_path / "run.fireflies"
    file.write_bytes(edited())
    given = [each.format(file=file, folder=tmp_path) for each in arguments]
    code, report, err = ran(capfd, *given)
    assert (code, report) == (2, None)
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.workflows
def test_a_session_too_large_is_refused(tmp_path: Path, capfd: Any) -> None:
    """As it is everywhere, with the memory it would take."""
    file = tmp_path / "run.fireflies"
    values = Parameters(side=1_200).as_dict()
    file.write_bytes(edited(parameters=values, interventions=[]))
    code, _, err = ran(capfd, "--session", str(file))
    assert code == 2
    assert "parameters.side must be at most 1000" in err


@pytest.mark.parametrize(
    ("known", "code", "identical"),
    [({}, 0, None), ({"flashes": 16}, 0, None), ({"flashes": 3}, 1, False)],
)
def test_a_session_without_a_digest_is_repeated(
    tmp_path: Path, capfd: Any, known: dict[str, int], code: int, identical: bool | None
) -> None:
    """Written by hand it can have none: there is nothing to compare with, and that is no fault."""
    path = tmp_path / "run.fireflies"
    parameters = Parameters(side=4, nudge=0.0, jitter=0.0).as_dict()
    path.write_text(
        json.dumps(
            {"fireflies": 1, "parameters": parameters, "interventions": [], "end": 5} | known
        )
    )
    left, report, _ = ran(capfd, "--session", str(path))
    assert (left, report["session"]["identical"]) == (code, identical)
    assert report["flashes"] == 16
