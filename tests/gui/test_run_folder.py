"""The folder of running sessions, which any number of windows share."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from gui.kept import run_folder
from gui.kept.run_folder import RunFolder
from tests.forked import Child


def test_old_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the last ones are kept, and those that go on."""
    monkeypatch.setattr(run_folder, "MOST_KEPT", 3)
    folder = RunFolder(tmp_path)
    paths = []
    for k in range(6):
        path = folder.begin()
        path.write_text("{}")
        os.utime(path, (k, k))
        paths.append(path)
    going_on = paths[0]
    for path in paths[1:]:
        folder.note_ended(path)
    assert folder.ended() == paths[:2:-1]
    assert going_on.exists()
    folder.close()


def test_a_number_that_another_process_has_got_is_no_lock(tmp_path: Path) -> None:
    """As in containers, where each program is number 1: what counts is who holds the file."""
    code = """
        import os, signal, sys, time
        from pathlib import Path
        from gui.kept.run_folder import RunFolder
        RunFolder(Path(sys.argv[1])).begin().write_text("{}")
        print("begun", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    Child(code, tmp_path).communicate()
    (lock,) = tmp_path.glob("*.lock")
    theirs = lock.read_text().split("\n")
    own = RunFolder(tmp_path)
    mine = own.begin()
    (other,) = set(tmp_path.glob("*.lock")) - {lock}
    lock.write_text("\n".join([*theirs[:3], *other.read_text().split("\n")[3:]]))
    (path,) = RunFolder(tmp_path).cut_off()
    assert path != mine
    own.note_ended(path)
    own.close()
    assert list(tmp_path.iterdir()) == [path], "neither a lock nor a mark stays"


def test_without_locks_the_beginning_of_a_process_tells_it_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without: the number alone is not enough, nor is the machine's name."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    folder = RunFolder(tmp_path)
    path = folder.begin()
    path.write_text("{}")
    (lock,) = tmp_path.glob("*.lock")
    words = lock.read_text().split("\n")
    assert RunFolder(tmp_path).cut_off() == []
    for changed, is_dead in (
        ({4: "1"}, True),  # the same number, begun at another time
        ({1: "another"}, True),  # the machine has been started anew
        ({0: "elsewhere", 1: "another"}, False),  # who knows
        ({2: "pid:[1]"}, False),
    ):
        lock.write_text("\n".join(changed.get(k, word) for k, word in enumerate(words)))
        assert RunFolder(tmp_path).cut_off() == ([path] if is_dead else []), changed
        lock.write_text("\n".join(words))
    lock.write_text("1\nfireflies\nelsewhere\n\n\n")
    os.utime(lock, (1.0, 1.0))
    assert RunFolder(tmp_path).cut_off() == [path], "long ago, and nobody to ask"
    folder.close()


def test_two_windows_share_the_folder(tmp_path: Path) -> None:
    """One offers what was cut off, the other doesn't; what neither answers, the next one does."""
    path = tmp_path / "a.fireflies"
    path.write_text("{}")
    path.with_name(path.name + ".running").touch()
    one, two = RunFolder(tmp_path), RunFolder(tmp_path)
    runs = [one.begin(), two.begin()]
    for each in runs:
        each.write_text("{}")
    assert one.cut_off() == two.cut_off() == [path]
    assert one.claim(path)
    assert not two.claim(path)
    assert two.cut_off() == []
    two.close()
    one.close()
    assert RunFolder(tmp_path).cut_off() == [path]
    assert {each.name for each in tmp_path.iterdir()} == {
        path.name,
        f"{path.name}.running",
        *(each.name for each in runs),
    }


def test_what_killed_processes_left_without_a_run_is_swept(tmp_path: Path) -> None:
    """Locks and marks that lead nowhere; what belongs to a run that begins stays."""
    for name in ("gone.fireflies.lock", "gone.fireflies.running"):
        (tmp_path / name).touch()
    other, folder = RunFolder(tmp_path), RunFolder(tmp_path)
    begun = other.begin()  # nothing is saved yet
    folder.begin()
    folder.close()
    assert {each.name for each in tmp_path.iterdir()} == {
        f"{begun.name}.lock",
        f"{begun.name}.running",
    }
    other.close()
