"""What is written whole: where links lead, who may read it, and what can't be written."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import (
    LineLog,
    Parameters,
    PresetFile,
    Provenance,
    Session,
    export_table,
    in_place_of,
    save_preset,
    save_session,
    sidecar_path,
    write_whole,
)
from experiments.commands.command_line import main
from experiments.export.kinds import phase_table
from experiments.export.tables import ARRAY_FORMATS
from tests.forked import Child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and groups of POSIX")

ROOT = Path(__file__).parents[2]
RUN = Provenance(command="fireflies run", parameters=Parameters(side=3))
SESSION = Session(Parameters(side=3), (), 0.0, 0, "0" * 64)

WRITERS: list[tuple[str, Callable[[Path], object]]] = [
    ("a.fireflies", lambda path: save_session(path, SESSION)),
    ("a.toml", lambda path: save_preset(path, PresetFile("mine", "", {"nudge": 0.1}))),
    ("a.npy", lambda path: export_table(path, phase_table(np.zeros(9)), RUN, ARRAY_FORMATS)),
    ("a.json", lambda path: write_whole(path, b"{}")),
    ("a.jsonl", lambda path: LineLog(path).close()),
]
"""Each kind of file that is written without a window."""


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_a_link_stays_and_what_it_leads_to_is_written(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    """Through chains of links, relative ones, and those that lead to nothing yet."""
    away = tmp_path / "away"
    away.mkdir()
    target, chain, direct = away / f"it{Path(name).suffix}", tmp_path / f"b{name}", tmp_path / name
    chain.symlink_to(os.path.join("away", target.name))
    direct.symlink_to(chain)
    assert not target.exists()
    for before in (None, b"old"):
        if before is not None:
            target.write_bytes(before)
        write(direct)
        assert target.read_bytes() != before
        assert direct.is_symlink()
        assert chain.is_symlink()
        assert [each for each in os.listdir(away) if each.endswith(".part")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody can tell who has gone")
def test_what_a_killed_process_left_is_taken_away_at_the_next_write(tmp_path: Path) -> None:
    """What one that lives is writing, what is for another file, and of another machine stays."""
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom experiments import in_place_of\n"
        "with in_place_of(Path(sys.argv[1])) as part:\n"
        "    part.write_text('half')\n    print(part.name, flush=True)\n    sys.stdin.read()\n"
    )

    def begin(name: str) -> Child:
        return Child(script, tmp_path / name)

    with begin("a.csv") as killed, begin("a.csv") as living, begin("b.csv") as other:
        parts = [process.stdout.readline().strip() for process in (killed, living, other)]
        for process in (killed, other):
            process.kill()
            process.wait()
        system = parts[0].split("-")[1]
        elsewhere = tmp_path / parts[0].replace(system, "00000000")
        elsewhere.write_text("of another container")
        mine = tmp_path / ".mine.part"
        mine.write_text("of somebody")
        write_whole(tmp_path / "a.csv", b"new")
        assert sorted(os.listdir(tmp_path)) == sorted(
            ["a.csv", parts[1], parts[2], elsewhere.name, mine.name]
        )
        living.communicate()
    assert (tmp_path / "a.csv").read_text() == "half"


def test_nobody_else_reads_what_is_to_replace_a_private_file(tmp_path: Path) -> None:
    """Not even while it is being written."""
    path = tmp_path / "a.toml"
    path.touch()
    path.chmod(0o600)
    with in_place_of(path) as temporary:
        assert mode(temporary) == 0o600
    path.chmod(0o644)
    with in_place_of(path):
        pass
    assert mode(path) == 0o644


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_who_may_read_a_file_stays_so(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    """Mode and group of what is there are kept; what is new follows the umask."""
    path = tmp_path / name
    before = os.umask(0o027)
    try:
        write(path)
        assert mode(path) == 0o640
        path.chmod(0o664)
        groups = [group for group in (*os.getgroups(), 12) if group != path.stat().st_gid]
        for group in groups if os.geteuid() == 0 else groups[:-1]:
            os.chown(path, -1, group)
            write(path)
            assert path.stat().st_gid == group
        write(path)
        assert mode(path) == 0o664
    finally:
        os.umask(before)


def test_a_group_that_cannot_be_kept_gives_its_rights_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was meant for one group is not for mine."""
    path, given = tmp_path / "a", Path.stat
    write_whole(path, b"old")
    path.chmod(0o664)
    was = path.stat()
    told = os.stat_result((*was[:5], was.st_gid + 1, *was[6:]))

    def stat_of(target: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        return told if target == path else given(target, follow_symlinks=follow_symlinks)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", stat_of)
        patch.setattr(os, "chown", refuse)
        write_whole(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o644)


def test_a_file_that_is_mounted_by_itself_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As containers do: it can't be replaced, and the run isn't in vain for that."""
    path = tmp_path / "a"
    path.write_bytes(b"something longer")
    inode = path.stat().st_ino

    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(os, "replace", busy)
    write_whole(path, b"new")
    assert (path.read_bytes(), path.stat().st_ino) == (b"new", inode)
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("has_links", [True, False])
def test_what_must_be_new_never_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    """Nor of one that comes there meanwhile, also where the file system knows no links."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    if not has_links:
        monkeypatch.setattr(os, "link", refuse)
    path, other = tmp_path / "a", tmp_path / "b"
    with in_place_of(path, must_be_new=True) as made:
        made.write_bytes(b"first")
    with pytest.raises(FileExistsError), in_place_of(path, must_be_new=True):
        pytest.fail("it was there from the start")
    with pytest.raises(FileExistsError), in_place_of(other, must_be_new=True):
        other.write_bytes(b"somebody else's")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]
    assert (path.read_bytes(), other.read_bytes()) == (b"first", b"somebody else's")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("none/deeper/a", "there is no folder {folder}/none"),
        ("file/a", "{folder}/file is not a folder"),
        ("loop", "its links lead in a circle"),
        ("broken", "there is no folder {folder}/none"),
        ("x" * 256, "its name must have at most 255 bytes, got 256"),
        ("ü" * 128, "its name must have at most 255 bytes, got 256"),
        ("folder", "it is a folder"),
        ("pipe", "it is not a file"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_which_folder(
    tmp_path: Path, place: str, words: str
) -> None:
    """In words, before any work; and the error names the file."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "broken").symlink_to("none/a")
    os.mkfifo(tmp_path / "pipe")
    n_before = len(os.listdir(tmp_path))
    with pytest.raises(OSError) as caught, in_place_of(tmp_path / place):  # noqa: PT011
        pytest.fail("it was let in")
    assert words.format(folder=tmp_path) in str(caught.value.strerror)
    assert Path(caught.value.filename).name == Path(place).name
    assert len(os.listdir(tmp_path)) == n_before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_what_is_protected_stays_as_it_is(tmp_path: Path) -> None:
    """A file that may not be written isn't replaced either; nor is anything made beside it."""
    path = tmp_path / "a"
    path.write_bytes(b"precious")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="it may not be written"):
        write_whole(path, b"new")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError, match="nothing may be made in the folder"):
            write_whole(tmp_path / "b", b"new")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == b"precious"


def test_a_folder_that_vanishes_meanwhile_is_told_at_the_end(tmp_path: Path) -> None:
    """In words, and with nothing left."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(FileNotFoundError) as caught, in_place_of(folder / "a"):
        shutil.rmtree(folder)
    assert f"there is no folder {folder}" in str(caught.value.strerror)


def test_the_longest_names_work_and_longer_sidecars_are_refused_at_once(
    tmp_path: Path, capfd: Any
) -> None:
    """255 bytes are a name; a file that comes with a sidecar has 10 less for its own."""
    path = tmp_path / ("n" * 245)
    for name, write in WRITERS:
        longest = 255 - (len(".meta.json") if name == "a.npy" else 0)
        path = tmp_path / ("n" * (longest - len(Path(name).suffix)) + Path(name).suffix)
        write(path)
        assert path.exists()
    for option, suffix in (("--events", ".csv"), ("--metrics", ".jsonl")):
        path = tmp_path / ("n" * (246 - len(suffix)) + suffix)
        with pytest.raises(SystemExit) as left:
            main(["--seconds", "1e9", option, str(path)])
        _, err = capfd.readouterr()
        assert (left.value.code, err.count("\n")) == (2, 1)
        assert f"{option} {path} can't be written: {sidecar_path(path).name}: " in err
        assert "its name must have at most 255 bytes, got 256" in err
        assert not path.exists()


def test_a_log_to_a_device_has_no_sidecar(tmp_path: Path, capfd: Any) -> None:
    """Beside a device there is no place for one."""
    link = tmp_path / "log.jsonl"
    link.symlink_to("/dev/null")
    assert main(["--side", "3", "--seconds", "1", "--metrics", str(link)]) == 0
    capfd.readouterr()
    assert os.listdir(tmp_path) == ["log.jsonl"]


def test_a_name_may_begin_with_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Behind an option for a file; what is an option itself says that a name was forgotten."""
    monkeypatch.chdir(tmp_path)
    given = ["--side", "3", "--seconds", "1", "--events", "-e.csv", "--save", "--s.fireflies"]
    assert main(given) == 0
    assert main(["--session", "--s.fireflies"]) == 0
    assert sorted(os.listdir(tmp_path)) == ["--s.fireflies", "-e.csv", "-e.csv.meta.json"]
    capfd.readouterr()
    for forgotten in (["--events"], ["--events", "--"], ["--events", "--seconds=5"]):
        with pytest.raises(SystemExit) as left:
            main(forgotten)
        assert left.value.code == 2
        assert capfd.readouterr().err == "fireflies run: --events: expected one argument\n"


def test_a_log_whose_sidecar_cannot_be_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Refused before anything runs; one that was there already stays."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("experiments.commands.outputs.write_whole", refuse)
    for is_there in (False, True):
        path = tmp_path / "m.jsonl"
        if is_there:
            path.touch()
        with pytest.raises(SystemExit) as left:
            main(["--seconds", "1e9", "--metrics", str(path)])
        assert left.value.code == 2
        assert "No space left on device" in capfd.readouterr().err
        assert os.listdir(tmp_path) == (["m.jsonl"] if is_there else [])
