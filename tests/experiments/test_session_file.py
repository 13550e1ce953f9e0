"""Files of sessions: what is in them is checked, and saving leaves the old or the new."""

from __future__ import annotations

import json
import os
import random
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments import (
    SessionError,
    decode_session,
    encode_session,
    load_session,
    save_session,
)
from experiments.commands.command_line import main
from tests.experiments.living import lived
from tests.experiments.session_files import GOOD, edited, mutated, step
from tests.forked import Child
from tests.proofs import count


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (edited(fireflies=3), "fireflies: the file has format 3, made by a newer version"),
        (edited(fireflies=0), "fireflies must be"),
        (edited(fireflies=None), "it lacks the field fireflies"),
        (edited(fireflies="1"), "fireflies must be a whole number, got text"),
        (edited(end=1.0), "interventions[1].t must be from 0.0 s, the one before, to 1.0 s"),
        (edited(end=-1.0), "end must be"),
        (edited(end=1e300), "end must be from 0 s to 1e+12 s"),
        (edited(flashes=-1), "flashes must be >= 0"),
        (edited(digest="abc"), "digest must be 64 hexadecimal digits"),
        (edited(more=1), "it has an unknown field more"),
        (edited(check="12345678"), "check: the contents are not those that were saved"),
        (edited(parameters={"side": 4}), "parameters lacks the field period"),
        (step(), "interventions[1] must have a change or an action"),
        (step(change={"side": 5}), "interventions[1].change must name some of"),
        (step(change={"period": 0.5}), "interventions[1].change: refractory must be"),
        (step(change={"period": "max"}), "interventions[1].change.period must be a number"),
        (step(change={"side": "max"}), "interventions[1].change.side must be a number, got 'max'"),
        (step(change={"speed": "fast"}), "interventions[1].change.speed must be a number or 'max'"),
        (step(change={"nudge": None}), "interventions[1].change"),
        (step(action="explode"), "interventions[1].action has an unknown value 'explode'"),
        (step(action="silent", ids=[[0, 17]]), "interventions[1].ids must be ascending runs"),
        (step(action="silent", ids=[[3, 1], [2, 1]]), "interventions[1].ids must be ascending"),
        (step(action="silent", ids=[[0, 0]]), "interventions[1].ids must be ascending"),
        (step(action="silent", ids=[[0]]), "interventions[1].ids[0] must be a list of length 2"),
        (step(action="silent", change={"nudge": 0.1}), "interventions[1] must have a change or"),
        (step(ids=[[0, 1]], change={"nudge": 0.1}), "interventions[1].ids must come with"),
        (step(order=3, action="silent"), "interventions[1].order must be 2, got 3"),
        (b"", "it ends in the middle"),
        (b"[]", "Fireflies: it must be named values, got a list"),
        (b"\x89PNG\r\n", "not a session file"),
        (b"[" * 100_000, "not a session file"),
        (encode_session(GOOD)[:-30], "it ends in the middle"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_by_name_and_field(
    tmp_path: Path, contents: bytes, words: str
) -> None:
    """One sentence: the file, the field, what is allowed."""
    path = tmp_path / "run.fireflies"
    path.write_bytes(contents)
    with pytest.raises(SessionError) as refused:
        load_session(path)
    text = str(refused.value)
    assert words in text
    assert str(path) in text
    assert "\n" not in text


def test_what_is_written_by_hand_needs_no_check_sum(tmp_path: Path) -> None:
    """A file without one is taken as it is, in any layout."""
    path = tmp_path / "run.fireflies"
    path.write_bytes(edited())
    assert load_session(path) == GOOD
    path.write_text(json.dumps(json.loads(edited()), indent=4))
    assert load_session(path) == GOOD


@pytest.mark.parametrize("make", ["folder", "missing", "zero byte", "huge", "device"])
def test_what_is_no_file_is_refused(tmp_path: Path, make: str) -> None:
    """A folder, a device, a file that is far too large or isn't there."""
    path = tmp_path / "run.fireflies"
    if make == "folder":
        path.mkdir()
    elif make == "zero byte":
        path = tmp_path / "a\0b"
    elif make == "device":
        path = Path(os.devnull)
    elif make == "huge":
        with path.open("wb") as file:
            file.truncate(1 << 34)
    with pytest.raises(SessionError, match=r"a folder|can't read|too large|not a file"):
        load_session(path)


@pytest.mark.drill
def test_mutated_session_files(tmp_path: Path, capfd: Any, record_property: Any) -> None:
    """Mutated session files: read as if nothing were, or refused by name and in one line."""
    n = count(300, 2_000)
    rng = random.Random(11)
    path = tmp_path / "run.fireflies"
    originals = [encode_session(lived(k, 60)) for k in range(3)]
    refused, longest = 0, 0.0
    for k in range(n):
        original = rng.choice(originals)
        contents = mutated(original, rng)
        if k % 2:  # as if written by hand: each field has to stand for itself
            contents = contents.partition(b',\n"check"')[0] + b"}"
        path.write_bytes(contents)
        began = time.perf_counter()
        try:
            load_session(path)
        except SessionError as error:
            text = str(error)
            assert str(path) in text
            assert "\n" not in text
            assert len(text) < 600
            refused += 1
        longest = max(longest, time.perf_counter() - began)
    record_property("count", f"{n} files, the longest took {1e3 * longest:.0f} ms")
    assert refused > n / 2
    path.write_bytes(mutated(originals[0], random.Random(0)))
    with pytest.raises(SystemExit) as left:
        main(["--session", str(path)])
    assert left.value.code == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n"), str(path) in err) == ("", 1, True)


def test_a_check_sum_sees_every_changed_byte() -> None:
    """Whatever byte differs, the file isn't taken for the one that was saved."""
    contents = encode_session(GOOD)
    text, _, _ = contents.rpartition(b',\n"check"')
    assert json.loads(contents)["check"] == f"{zlib.crc32(text):08x}"
    for at in range(len(text)):
        other = bytearray(contents)
        other[at] ^= 1
        with pytest.raises(SessionError):
            decode_session(bytes(other), "it")


_SAVER = """
import sys
from pathlib import Path
from experiments import load_session, save_session
from dataclasses import replace
path = Path(sys.argv[1])
session = load_session(path)
print("ready", flush=True)
for version in range(10**9):
    save_session(path, replace(session, version=f"{version}"))
"""


@pytest.mark.drill
@pytest.mark.slow
def test_a_save_that_is_interrupted_leaves_the_old_or_the_new_file(
    tmp_path: Path, record_property: Any
) -> None:
    """A process that saves over and over, killed with -9 at any moment."""
    n = count(3, 200)
    record_property("count", f"{n} kills")
    session = replace(lived(1, count(500, 3_000)), version="first")
    rng = random.Random(5)
    for _ in range(n):
        path = tmp_path / "run.fireflies"
        save_session(path, session)
        with Child(_SAVER, path) as saver:
            assert saver.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.0, 0.05))
            saver.kill()
        found = load_session(path)
        assert replace(found, version="first") == session


@pytest.mark.parametrize("step_number", range(4))
def test_a_save_that_fails_at_any_step_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_number: int
) -> None:
    """Opening, writing, flushing or putting it in place: the error is told, the file is whole."""
    path = tmp_path / "run.fireflies"
    save_session(path, GOOD)

    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    target, name = [(Path, "open"), (os, "fsync"), (os, "replace"), (os, "fsync")][step_number]
    with monkeypatch.context() as broken:
        broken.setattr(target, name, fail)
        with pytest.raises(SessionError, match=r"can't write .*: No space left"):
            save_session(path, replace(GOOD, version="other"))
    assert load_session(path) == GOOD
    assert os.listdir(tmp_path) == ["run.fireflies"]
