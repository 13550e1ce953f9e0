"""Files of recordings: what can be recorded, and what sessions files carry."""

from __future__ import annotations

import errno
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from gui.models import recording_settings
from gui.models.recording import RecordingStatus
from gui.models.recording_settings import (
    QUEUE_LENGTH,
    RecordingError,
    RecordingSettings,
    check_recording_path,
    free_path,
)
from gui.recording.embedded import put_session, read_session_text
from gui.recording.encoder import Slots
from gui.recording.recorder import Recorder, RecorderState
from gui.recording.shared_memory import SharedMemory
from tests.gui.videos import LATER, SESSION, TINY, decoded, feed, recorder


def test_what_cannot_be_recorded_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence each, before anything is started."""
    there = tmp_path / "there.mp4"
    there.write_bytes(b"precious")
    with pytest.raises(RecordingError, match="exists already"):
        check_recording_path(there)
    assert there.read_bytes() == b"precious"
    with pytest.raises(RecordingError, match=r"must end in \.mp4, \.webm, \.gif"):
        check_recording_path(tmp_path / "it.avi")
    with pytest.raises(RecordingError, match=r"can't be written: No such file"):
        check_recording_path(tmp_path / "none" / "it.mp4")
    with pytest.raises(RecordingError, match="even number from 64"):
        RecordingSettings(width=1281)
    for fps in (0, 121):
        with pytest.raises(RecordingError, match="fps must be from 1 to 120"):
            RecordingSettings(fps=fps)
    monkeypatch.setitem(recording_settings.CODECS, ".mp4", "libnone")
    with pytest.raises(RecordingError, match="codec libnone is missing"):
        check_recording_path(tmp_path / "it.mp4")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RecordingError, match=r"pip install 'cascade-fireflies\[video\]'"):
        check_recording_path(tmp_path / "it.webm")


def test_pictures_wait_in_memory_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In memory without a name, or else on the disk; where there is none it is said before."""

    def full(handle: int, at: int, size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def denied(name: str) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "memfd_create", denied, raising=False)
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    with recorder(tmp_path / "it.mp4") as made:
        feed(made, 12)
        made.finish(LATER)
        assert made.wait(20) is RecorderState.FINISHED
    assert len(decoded(tmp_path / "it.mp4")[0]) == 12
    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(RecordingError, match=r"needs 4 MB of memory .*No space left"):
        Recorder(tmp_path / "no.mp4", TINY, {}, SESSION, 300)
    assert len(os.listdir("/proc/self/fd")) == before
    assert not (tmp_path / "no.mp4").exists()


def test_a_recording_that_cannot_begin_keeps_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No place for what the encoder says is a reason to refuse, and nothing stays open."""

    def refuse() -> None:
        raise OSError(errno.ENOENT, "there is no temporary folder")

    made: list[SharedMemory] = []

    def make(size: int) -> SharedMemory:
        made.append(SharedMemory(size))
        return made[-1]

    monkeypatch.setattr("gui.recording.recorder.scratch_file", refuse)
    monkeypatch.setattr("gui.recording.recorder.SharedMemory", make)
    with pytest.raises(RecordingError, match="there is no temporary folder"):
        Recorder(tmp_path / "a.gif", RecordingSettings(), {}, b"{}", largest_side=3)
    assert [memory.handles for memory in made] == [()]


def test_fewer_large_pictures_wait() -> None:
    """Memory that is reserved stays bounded, and there is always one to draw into."""
    kilobyte = 1 << 10
    for slot, length in ((kilobyte, QUEUE_LENGTH), (32 << 20, 4), (200 << 20, 3)):
        assert Slots.size(slot, 0, kilobyte) == length * slot + 2 * kilobyte
    memory = SharedMemory(Slots.size(20 << 20, 0, kilobyte))
    memory.close_handles()
    assert Slots(memory.buffer, 20 << 20, 0, kilobyte).length == 6


def test_an_encoder_that_cannot_be_started_is_said_not_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, and nothing is left open."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(RecordingError, match="can't be encoded: No such file or directory"):
        Recorder(tmp_path / "it.mp4", TINY, {}, SESSION, 300)


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    """Two recordings of one second don't get in each other's way."""
    for k in range(3):
        path = free_path(tmp_path, "it", ".mp4")
        assert path.name == ("it.mp4", "it 2.mp4", "it 3.mp4")[k]
        path.touch()


@pytest.mark.parametrize(
    "contents", [b"", b"GIF89a", b"\x00\x00\x00\x20ftypisom" * 9, b'{"fireflies":' * 1_000]
)
def test_foreign_files_carry_no_session(tmp_path: Path, contents: bytes) -> None:
    """A sentence that names the file."""
    path = tmp_path / "it.mp4"
    path.write_bytes(contents)
    with pytest.raises(RecordingError, match=r"it\.mp4"):
        read_session_text(path)
    with pytest.raises(RecordingError, match=r"none\.mp4"):
        read_session_text(tmp_path / "none.mp4")


def test_a_session_is_put_only_where_one_stands(tmp_path: Path) -> None:
    """Nothing else of the file changes."""
    path = tmp_path / "it"
    path.write_bytes(b"before" + SESSION.rstrip().ljust(2_000) + b"behind")
    assert put_session(path, SESSION.rstrip().ljust(2_000), LATER)
    assert path.read_bytes() == b"before" + LATER.rstrip().ljust(2_000) + b"behind"
    assert not put_session(path, b"something else", b"x")
    assert not put_session(path, b"before", LATER)


def test_what_shows_of_it() -> None:
    """Time, size, and what was dropped if anything was."""
    assert RecordingStatus(True, 75.2, 3_400_000, 0).text() == "1:15  3.4 MB"
    assert RecordingStatus(True, 5.0, 20_000, 0, is_paused=True).text() == "paused  0:05  20 kB"
    assert RecordingStatus(True, 5.0, 20_000, 12).text() == "0:05  20 kB  12 dropped"
