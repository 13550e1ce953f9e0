"""What was kept stays as it was: session files, their repeats, and every preset of the gallery."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from experiments import Preset, encode_session, load_session, slug
from experiments.commands.command_line import main
from tests.kept_runs import make, outcomes
from tests.kept_runs.make import PRESETS as KEPT_PRESETS
from tests.kept_runs.outcomes import (
    Outcome,
    preset_outcome,
    session_file,
    session_files,
    session_outcome,
)
from tests.kept_runs.recipes import RECIPES

STORED: Final = outcomes.stored()

FILES: Final = [pytest.param(path, id=path.stem) for path in session_files()]
_FOLLOWED: Final = ("branched", "a_bit_of_everything", "order_within_an_instant", "written_by_hand")
FILES_THAT_TAKE_TIME: Final = [
    pytest.param(path, id=path.stem, marks=pytest.mark.drill(alone=path.stem not in _FOLLOWED))
    for path in session_files()
    if path.stem != "empty"
]
"""A run without a window takes more than 0 s. In `make test` the command line repeats a few."""

FILE_OF_EACH_RECIPE: Final = [pytest.param(name, session_file(name), id=name) for name in RECIPES]
MANY: Final = 1_000
"""More fireflies than these are compiled in `make test`."""

PRESETS: Final = [pytest.param(each, id=slug(each.name)) for each in KEPT_PRESETS]


def same_r(value: float) -> Any:
    """R but for its last bits: sines and cosines may differ there between processors."""
    return pytest.approx(value, rel=1e-13, abs=1e-15)


def assert_same(found: Outcome, before: Outcome) -> None:
    """Two outcomes are equal: to the last bit, but for R."""
    came, had = dict(found["came_to"]), dict(before["came_to"])
    for name in ("R", "R_mean"):
        assert came.pop(name) == same_r(had.pop(name))
    assert came == had
    assert {**found, "came_to": None} == {**before, "came_to": None}


def test_all_that_was_kept_is_there() -> None:
    """No file and no preset without its outcome, and none that has gone."""
    assert set(STORED["sessions"]) == {path.stem for path in session_files()}
    assert set(STORED["sessions"]) > set(RECIPES)
    assert set(STORED["presets"]) == {slug(each.name) for each in KEPT_PRESETS}
    assert len(STORED["sessions"]) >= 20


@pytest.mark.parametrize("path", FILES)
def test_a_kept_session_says_and_does_what_it_did(path: Path) -> None:
    """Read, written again, and repeated: text, meaning, flashes, state and R are those stored."""
    assert_same(session_outcome(path), STORED["sessions"][path.stem])


@pytest.mark.parametrize(("name", "path"), FILE_OF_EACH_RECIPE)
def test_the_run_of_a_kept_session_is_made_and_written_again(name: str, path: Path) -> None:
    """The same things done by hand give the same file, and so does reading and writing it."""
    text = path.read_bytes()
    assert make.made(RECIPES[name]) == text
    assert encode_session(load_session(path)) == text


@pytest.mark.parametrize("path", FILES_THAT_TAKE_TIME)
def test_a_kept_session_is_repeated_by_the_command_line(path: Path, capfd: Any) -> None:
    """It reports the stored figures, and that all is as it was saved."""
    before = STORED["sessions"][path.stem]["came_to"]
    assert main(["--session", str(path)]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    report = json.loads(out)
    assert report["R"] == same_r(before["R"])
    for name, told in (("t", "virtual_s"), ("flashes", "flashes"), ("digest", "digest")):
        assert report[told] == before[name]
    known = load_session(path).digest is not None
    assert report["session"]["identical"] is (True if known else None)


@pytest.mark.drill
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_begins_as_it_did(
    preset: Preset, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The file of a preset, its values, and its first seconds are those stored."""
    if preset.parameters.n_fireflies > MANY:
        request.getfixturevalue("compiled_unless_in_drill")
    found = preset_outcome(preset, tmp_path / "preset.toml")
    assert_same(found, STORED["presets"][slug(preset.name)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"nudge":0.5', b'"nudge":0.5000000000000001'),  # another run
        (b'"speed":1.0', b'"speed":2.0'),  # the same run, seen otherwise
        (b'"t":7.3,"order":3', b'"t":7.300000000000001,"order":3'),
        (b'"ids":[[0,12]]', b'"ids":[[0,11],[11,1]]'),  # the same, written otherwise
    ],
)
def test_a_file_that_says_something_else_does_not_pass(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    """Not even where it makes no difference to the flashes."""
    path = session_file("branched")
    text, _, _ = path.read_bytes().rpartition(b',\n"check":')
    assert text.count(old) == 1
    changed = tmp_path / path.name
    changed.write_bytes(text.replace(old, new) + b"}\n")
    before = STORED["sessions"][path.stem]
    found = session_outcome(changed) | {"file": before["file"]}
    with pytest.raises(AssertionError):
        assert_same(found, before)


def test_what_was_kept_is_written_over_only_if_asked(tmp_path: Path) -> None:
    """What is missing is made; a file and a row that are there stay, until told otherwise."""
    folder = tmp_path / "kept"
    shutil.copytree(outcomes.FOLDER, folder)
    table, file = folder / outcomes.TABLE, session_file("empty", folder)
    right = file.read_bytes()
    file.unlink()
    make.main(["--folder", str(folder)])
    assert file.read_bytes() == right
    assert outcomes.stored(folder) == STORED

    other = session_file("stepped", folder).read_bytes()
    file.write_bytes(other)
    rows = re.sub(r"(?m)^flashes = 0$", "flashes = 1", table.read_text(encoding="utf-8"))
    table.write_text(rows, encoding="utf-8")
    assert outcomes.stored(folder) != STORED
    make.main(["--folder", str(folder)])
    assert file.read_bytes() == other
    assert outcomes.stored(folder)["sessions"]["empty"]["came_to"]["flashes"] == 1

    with pytest.raises(SystemExit):
        make.main(["--folder", str(folder), "--replace", "nobody"])
    make.main(["--folder", str(folder), "--replace", "empty", "small-swarm"])
    assert file.read_bytes() == right
    assert outcomes.stored(folder) == STORED
