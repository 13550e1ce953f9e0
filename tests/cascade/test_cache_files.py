"""Results in files: found again, whole or missed, whatever happens to them."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import cascade as cs
from tests.cascade.caching import square
from tests.proofs import count


def test_files_are_found_by_another_instance(tmp_path: Path) -> None:
    """What one wrote, the next one reads."""
    cs.FileCache(tmp_path).save(square, {"x": 3}, {"deep": [9]})
    assert cs.FileCache(tmp_path).check(square, {"x": 3}) == {"deep": [9]}


def test_files_follow_the_umask(tmp_path: Path) -> None:
    """A cache may be a group's."""
    before = os.umask(0o027)
    try:
        cs.FileCache(tmp_path).save(square, {"x": 3}, 9)
    finally:
        os.umask(before)
    (path,) = tmp_path.iterdir()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640
    assert cs.FileCache(tmp_path).check(square, {"x": 3}) == 9


@pytest.mark.parametrize("damage", ["", "short", "flipped", "longer"])
def test_a_damaged_file_is_a_miss(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With a warning; the next save repairs it."""
    cache = cs.FileCache(tmp_path)
    cache.save(square, {"x": 3}, 9)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    flipped = bytes([whole[-1] ^ 1])
    damaged = {
        "": b"",
        "short": whole[:-1],
        "flipped": whole[:-1] + flipped,
        "longer": whole + b"x",
    }
    path.write_bytes(damaged[damage])
    with caplog.at_level(logging.WARNING, logger="cascade"):
        assert cache.check(square, {"x": 3}) is cs.MISS
    assert "damaged cached result of task 'square'" in caplog.text
    cache.save(square, {"x": 3}, 9)
    assert cache.check(square, {"x": 3}) == 9


def test_what_is_no_file_is_a_miss(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With a warning; a pipe is not waited for."""
    cache = cs.FileCache(tmp_path)
    cache.save(square, {"x": 3}, 9)
    (path,) = tmp_path.iterdir()
    path.unlink()
    os.mkfifo(path)
    with caplog.at_level(logging.WARNING, logger="cascade"):
        assert cache.check(square, {"x": 3}) is cs.MISS
    assert f"{path} is not a file" in caplog.text


def test_what_cannot_be_written_is_told_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A directory that is a file, a result that is a function: one warning each."""
    (tmp_path / "taken").write_text("")
    with caplog.at_level(logging.WARNING, logger="cascade"):
        cache = cs.FileCache(tmp_path / "taken")
        assert cs.run(square(3).with_cache(cache)) == 9
        cs.FileCache(tmp_path).save(square, {"x": 1}, lambda: None)
    told = [record.getMessage() for record in caplog.records]
    assert len([line for line in told if "could not" in line]) >= 1
    assert any("result of task 'square' can't be cached" in line for line in told)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]


_SAVE_FOREVER = """
import sys
import cascade as cs

@cs.task
def square(x):
    return x * x

cache = cs.FileCache(sys.argv[1])
x = 0
while True:
    x += 1
    cache.save(square, {"x": x % 50}, [x % 50] * 20_000)
    if x == 50:
        print("going", flush=True)
"""


@pytest.mark.drill
def test_a_kill_at_any_moment_leaves_no_broken_entry(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """A process that caches in files killed at any moment: every file is whole."""
    program = tmp_path / "save_forever.py"
    program.write_text(textwrap.dedent(_SAVE_FOREVER))
    directory = tmp_path / "cache"
    record_property("count", count(3, 30))
    for _ in range(count(3, 30)):
        with subprocess.Popen(
            [sys.executable, str(program), str(directory)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        check = (
            "import logging, pathlib, sys, hashlib\n"
            "for path in pathlib.Path(sys.argv[1]).glob('*.cascade'):\n"
            "    stored = path.read_bytes()\n"
            "    assert hashlib.sha256(stored[32:]).digest() == stored[:32], path\n"
        )
        subprocess.run([sys.executable, "-c", check, str(directory)], check=True)
    assert len(list(directory.glob("*.cascade"))) == 50


def test_clear_removes_what_a_kill_left_half_written(tmp_path: Path) -> None:
    """Also the hidden files that were never put in their place."""
    cache = cs.FileCache(tmp_path)
    cache.save(square, {"x": 1}, 1)
    (tmp_path / ".left.part").write_bytes(b"half")
    cache.clear()
    assert list(tmp_path.iterdir()) == []


_SAVE_BIG = """
import sys
import cascade as cs

@cs.task
def square(x):
    return x * x

cache = cs.FileCache(sys.argv[1])
if sys.argv[2] == "save":
    print("going", flush=True)
    while True:
        for x in range(50):
            cache.save(square, {"x": x}, [x] * 20_000)
for x in range(50):
    found = cache.check(square, {"x": x})
    assert found is cs.MISS or found == [x] * 20_000, x
"""


def test_after_a_kill_each_entry_hits_rightly_or_misses(tmp_path: Path) -> None:
    """Asked through the cache itself, while another process goes on saving."""
    program, directory = tmp_path / "program.py", str(tmp_path / "cache")
    program.write_text(_SAVE_BIG)
    command = [sys.executable, str(program), directory]
    with subprocess.Popen([*command, "save"], stdout=subprocess.PIPE) as other:
        try:
            for _ in range(3):
                with subprocess.Popen([*command, "save"], stdout=subprocess.PIPE) as process:
                    assert process.stdout is not None
                    process.stdout.readline()
                    process.kill()
                told = subprocess.run(
                    [*command, "check"], check=True, capture_output=True, text=True
                ).stderr
                assert told == ""
        finally:
            other.kill()
