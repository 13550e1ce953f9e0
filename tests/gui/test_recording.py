"""Recordings: decoded again, frame by frame, and never waited for."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from experiments import (
    Parameters,
    Session,
    Step,
    decode_session,
    encode_session,
)
from gui.models.commands import COMMANDS
from gui.models.recording import RecordingChoice
from gui.models.recording_settings import (
    QUEUE_LENGTH,
    RecordingError,
    RecordingSettings,
)
from gui.picture.composer import BACKGROUND, Composer
from gui.recording.embedded import read_session_text
from gui.recording.recorded_session import session_in
from gui.recording.recorder import Recorder, RecorderState
from gui.recording.video_file import open_video
from gui.views.actions import Actions
from gui.views.recording_menu import RecordingMenu
from tests.gui.cells import rgba_of
from tests.gui.videos import LATER, SESSION, TINY, corner, decoded, feed, grid, length_of, recorder
from tests.proofs import count


@pytest.mark.parametrize(
    ("suffix", "fps"),
    [
        (".mp4", 24),
        pytest.param(".mp4", 120, marks=pytest.mark.drill(alone=True)),
        (".webm", 50),
        (".gif", 30),
    ],
)
def test_what_is_recorded_is_what_is_decoded(tmp_path: Path, suffix: str, fps: int) -> None:
    """As many frames, at their times, in their colours; and the session within."""
    path = tmp_path / f"it{suffix}"
    settings = RecordingSettings(width=320, height=240, fps=fps, has_caption=False)
    with recorder(path, settings) as made:
        feed(made, 40)
        made.finish(LATER)
        assert made.wait(20) is RecorderState.FINISHED
        assert (made.frames, made.dropped, made.problem) == (40, 0, "")
        assert made.bytes_written == path.stat().st_size
        assert made.elapsed_s == pytest.approx(40 / fps)
    times, pictures = decoded(path)
    assert times == pytest.approx([k / fps for k in range(40)], abs=0.006)
    for k, picture in enumerate(pictures):
        assert picture.shape == (240, 320, 3)
        assert np.abs(corner(picture) - rgba_of(grid(k))[0, 0, :3]).max() <= 12
        assert np.abs(picture[2, 2].astype(int) - BACKGROUND).max() <= 4
    assert decode_session(read_session_text(path), "it") == decode_session(LATER, "it")
    assert length_of(path) == pytest.approx(40 / fps, abs=0.01)
    if suffix != ".gif":
        with av.open(str(path)) as container:
            named = {name.lower(): text for name, text in container.metadata.items()}
        assert named["title"] == "Fireflies"
        assert named["comment"] == "a test"
        assert decode_session(named["fireflies_session"].encode(), "it").end == 2.0


def test_a_large_live_video_shows_what_was_recorded(tmp_path: Path) -> None:
    """Encoded with less work at 1080p, it is as right as a small one, and as quick to look into."""
    path, settings = tmp_path / "large.mp4", RecordingSettings(width=1920, height=1080)
    with recorder(path, settings) as made:
        feed(made, 12)
        made.finish(LATER)
        assert made.wait(60) is RecorderState.FINISHED
    times, pictures = decoded(path)
    assert times == pytest.approx([k / 30 for k in range(12)])
    for k, picture in enumerate(pictures):
        assert picture.shape == (1080, 1920, 3)
        assert np.abs(picture[2, 2].astype(int) - BACKGROUND).max() <= 4
        length = 1080 - 2 * (1080 // 24)
        y, x = ((1080 - length) // 2 + length // 16, (1920 - length) // 2 + length // 16)
        assert np.abs(picture[y, x].astype(int) - rgba_of(grid(k))[0, 0, :3]).max() <= 12


def test_frames_that_are_missing_leave_time_as_it_was(tmp_path: Path) -> None:
    """Who comes late is counted, and what follows is shown when it was."""
    path = tmp_path / "gaps.mp4"
    with recorder(path) as made:
        for index in (0, 1, 2, 5, 6, 10):
            assert made.offer(7.0 + index / 30, grid(index))
            while made.n_free < QUEUE_LENGTH:
                made.poll()
        assert not made.offer(7.0 + 10.2 / 30, grid(0)), "none is due yet"
        assert (made.frames, made.dropped) == (6, 5)
        made.finish(LATER)
        made.wait(20)
    times, _ = decoded(path)
    assert times == pytest.approx([k / 30 for k in (0, 1, 2, 5, 6, 10)])


@pytest.mark.parametrize("fps", [24, pytest.param(60, marks=pytest.mark.drill(alone=True)), 90])
def test_frames_of_a_shaky_window_are_taken_evenly(tmp_path: Path, fps: int) -> None:
    """Of 60 pictures a second that come early and late, each frame has its own."""
    rng = random.Random(4)
    path = tmp_path / "shaky.mp4"
    settings = RecordingSettings(width=320, height=240, fps=fps, has_caption=False)
    with recorder(path, settings) as made:
        for k in range(240):
            made.offer(50.0 + k / 60 + rng.uniform(-0.003, 0.003), grid(k))
            while made.n_free < 4:
                time.sleep(0.001)
                made.poll()
        assert made.dropped == 0
        assert made.frames == pytest.approx(4 * min(fps, 60), abs=1)
        assert made.elapsed_s == pytest.approx(4.0, abs=0.05)


@pytest.mark.parametrize("fps", [1, 24, 30, 49, 50])
def test_a_gif_lasts_as_long_as_what_it_shows(tmp_path: Path, fps: int) -> None:
    """No frame is shorter than viewers can show, and no rounding adds up."""
    path = tmp_path / "it.gif"
    settings = RecordingSettings(width=64, height=64, fps=fps, has_caption=False)
    video = open_video(path, settings, {}, SESSION, is_live=True)
    for index in range(2 * fps):
        video.write(Composer(settings).compose(grid(index), None), index)
    video.close(SESSION)
    with av.open(str(path)) as container:
        delays = [frame.duration for frame in container.decode(video=0)]
    assert len(delays) == 2 * fps
    assert min(delays) >= 2
    assert sum(delays) == 200


def test_a_gif_takes_no_more_frames_than_viewers_show(tmp_path: Path, qtbot: QtBot) -> None:
    """Asked for more it refuses; what is chosen in the menu is mapped, and the menu says so."""
    with pytest.raises(RecordingError, match=r"from 1 to 50 for a \.gif file, got 60"):
        Recorder(tmp_path / "it.gif", RecordingSettings(fps=60), {}, SESSION, 300)
    choice = RecordingChoice(fps=60, suffix=".gif")
    assert choice.settings().fps == 50
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = RecordingMenu(Actions(tuple(COMMANDS.values()), parent), parent)
    menu.show_choice(choice)
    texts = {each.text(): each for each in menu.actions()}
    assert texts["50 frames a second"].isChecked()
    assert not texts["60 frames a second: not as GIF"].isEnabled()
    menu.show_choice(RecordingChoice(fps=60))
    assert texts["50 frames a second"].isEnabled()
    assert next(each for each in menu.actions() if each.text().startswith("60 ")).isChecked()


def test_nobody_waits_for_an_encoder_that_stands_still(tmp_path: Path) -> None:
    """Eight frames wait for it; the rest is dropped and counted, and the file is whole."""
    path = tmp_path / "slow.mp4"
    with recorder(path) as made:
        feed(made, 3)
        while made.n_free < QUEUE_LENGTH:
            made.poll()
        os.kill(made.encoder_pid, signal.SIGSTOP)
        began = time.perf_counter()
        for k in range(3, 63):
            made.offer(100.0 + k / 30, grid(k))
            made.poll()
        assert time.perf_counter() - began < 5.0, "it would have taken for ever"
        assert made.dropped == 60 - QUEUE_LENGTH
        os.kill(made.encoder_pid, signal.SIGCONT)
        feed(made, 3, first=63)
        made.finish(LATER)
        assert made.wait(20) is RecorderState.FINISHED
    times, _ = decoded(path)
    assert len(times) == made.frames == 3 + QUEUE_LENGTH + 3
    assert times[-1] == pytest.approx(65 / 30)


def megabytes(pid: int) -> float:
    """Memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_memory_stays_flat_over_many_frames(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Neither the window's side nor the encoder grows with the length of a recording."""
    n = count(150, 10_000)
    with recorder(tmp_path / "it.mp4") as made:
        feed(made, 150)
        before = megabytes(os.getpid()), megabytes(made.encoder_pid)
        feed(made, n, first=150)
        after = megabytes(os.getpid()), megabytes(made.encoder_pid)
        made.finish(LATER)
        assert made.wait(30) is RecorderState.FINISHED
    grown = [now - then for now, then in zip(after, before, strict=True)]
    assert max(grown) < 8.0
    record_property("count", f"{n} frames, grown by {grown[0]:.1f} and {grown[1]:.1f} MB")


def test_a_session_that_has_grown_too_long_is_said_not_to_be_in_it(tmp_path: Path) -> None:
    """The video is fine all the same, with the session that it began with."""
    path = tmp_path / "long.mp4"
    steps = tuple(Step(1e-3 * k, (("nudge", 0.1),)) for k in range(3_000))
    long = encode_session(Session(Parameters(), steps, 4.0, 0, "0" * 64))
    with recorder(path) as made:
        feed(made, 5)
        made.finish(long)
        assert made.wait(20) is RecorderState.FINISHED
        assert not made.is_session_held
    assert len(decoded(path)[0]) == 5
    assert session_in(path).end == 0.0


def test_the_same_pictures_make_the_same_video(tmp_path: Path) -> None:
    """Picture for picture, when nobody is in a hurry."""
    results = []
    for k in range(2):
        path = tmp_path / f"{k}.mp4"
        video = open_video(path, TINY, {}, SESSION, is_live=False)
        for index in range(50):
            video.write(Composer(TINY).compose(grid(index), None), index)
        video.close(SESSION)
        results.append([picture.tobytes() for picture in decoded(path)[1]])
    assert results[0] == results[1]
