"""Recordings and pictures of the moment, asked for in the window."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from experiments import (
    Parameters,
)
from gui.laboratory import Laboratory
from gui.models.recording import RecordingChoice
from gui.models.recording_settings import (
    Subject,
)
from gui.recording.recorded_session import session_in
from gui.recording.recorder import Recorder
from tests.gui.conftest import InWindow
from tests.gui.small_disk import small_disk
from tests.gui.staged import SMALL
from tests.gui.videos import (
    decoded,
)
from tests.gui.waiting import frames, until


def under_way(lab: Laboratory) -> Recorder:
    """The recording under way."""
    assert lab.recording.recorder is not None
    return lab.recording.recorder


def has_frames(lab: Laboratory, n: int) -> bool:
    """Whether a recording is under way that has more frames than that."""
    return lab.recording.recorder is not None and lab.recording.recorder.frames > n


@pytest.mark.parametrize("subject", list(Subject))
def test_the_window_records_what_the_session_says(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: Subject
) -> None:
    """A click and another: the file is there, its pixels show the flashes of its session."""
    found: dict[str, Path] = {}
    opened: list[Path] = []
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: tmp_path)
    monkeypatch.setattr("gui.laboratory.open_folder", opened.append)

    async def body(lab: Laboratory) -> None:
        lab.window.recordingChoiceRequested.emit(RecordingChoice(subject, fps=24))
        lab.window.toolbar.buttons["record"].click()
        await until(partial(has_frames, lab, 12))
        assert lab.window.toolbar.recording.isVisible()
        lab.controller.move_value("nudge", 0.1)
        await until(lambda: lab.simulation.parameters.nudge == 0.1)
        all_have_flashed = lab.simulation.now + 1.1 * lab.simulation.parameters.period
        await until(lambda: lab.simulation.now > all_have_flashed)  # held up, that takes longer
        await until(lambda: under_way(lab).elapsed_s > 1.0)
        lab.window.toolbar.buttons["record"].click()
        await until(lambda: not lab.recording.is_on)
        assert not lab.window.toolbar.recording.isVisible()
        words = lab.window.notice.words.text()
        assert words.startswith("Recorded 0:")  # a busy machine may take a while
        assert lab.window.notice.buttons[0].text() == "Open folder"
        lab.window.notice.buttons[0].click()
        assert opened == [tmp_path / "Fireflies"]
        (found["path"],) = (tmp_path / "Fireflies").iterdir()
        lab.files.open(str(found["path"]))
        await until(lambda: lab.window.timeline.isVisible())

    in_window(body, SMALL.replace(nudge=0.0))
    times, pictures = decoded(found["path"])
    session = session_in(found["path"])
    assert [dict(step.change) for step in session.steps] == [{"nudge": 0.1}]
    assert times[-1] > 0.9
    assert pictures[0].shape == (720, 1280, 3)
    some = np.array([picture[100:620:4, 320:960:4].max(axis=2) for picture in pictures])
    # However few pictures a busy machine makes: of all fireflies some are dark, then light.
    assert (np.ptp(some, axis=0) > 60).mean() > 0.01, "the fireflies flash"


def test_a_recording_that_cannot_begin_is_said_not_to(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on, and the next attempt may succeed."""
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: tmp_path)
    place = tmp_path / "Fireflies"
    place.write_text("a file stands in the way")

    async def body(lab: Laboratory) -> None:
        lab.window.ask("record")
        first = f"Not recorded: {place} can't be made: File exists"
        assert lab.window.notice.words.text().startswith(first)
        lab.recording.start(place)
        assert lab.window.notice.words.text().startswith(first)
        assert lab.window.notice.waiting.text() == "1 more"
        assert f"Not recorded: {place} must" in lab.window.toast.text()
        lab.window.notice.close_button.click()
        assert f"Not recorded: {place} must" in lab.window.notice.words.text()
        assert not lab.window.notice.waiting.isVisible()
        lab.window.notice.close_button.click()
        assert not lab.window.notice.isVisible()
        assert not lab.recording.is_on

    in_window(body, SMALL)


def test_the_encoder_dies_and_the_run_goes_on(in_window: InWindow, tmp_path: Path) -> None:
    """The window says so, and where the earlier part is."""
    path = tmp_path / "it.mp4"

    async def body(lab: Laboratory) -> None:
        lab.recording.start(path)
        # Fragments of 0.2 s: the first is whole when there is another.
        await until(lambda: path.exists() and path.read_bytes().count(b"moof") > 1)
        os.kill(under_way(lab).encoder_pid, signal.SIGKILL)
        await until(lambda: not lab.recording.is_on)
        words = lab.window.notice.words.text()
        assert "The recording has stopped" in words
        assert "killed by signal 9" in words
        assert str(path) in words
        before = lab.simulation.now
        await until(lambda: lab.simulation.now > before)

    in_window(body, SMALL)
    assert len(decoded(path)[0]) > 5


@pytest.mark.slow
def test_a_full_disk_is_told_in_the_window(in_window: InWindow, tmp_path: Path) -> None:
    """In one sentence; the fireflies go on, and what fitted plays."""
    with small_disk(tmp_path / "disk", 600) as place:

        async def body(lab: Laboratory) -> None:
            lab.recording.start(place / "it.mp4")
            lab.window.ask("view phase")  # every cell changes with every frame
            await until(lambda: not lab.recording.is_on)
            words = lab.window.notice.words.text()
            assert "The recording has stopped" in words
            assert "No space left on device" in words
            before = lab.simulation.now
            await until(lambda: lab.simulation.now > before)

        in_window(body, Parameters(side=60, speed=5.0))
        assert len(decoded(place / "it.mp4")[0]) > 3


def test_closing_while_it_starts_leaves_nothing(in_window: InWindow, tmp_path: Path) -> None:
    """No process, no thread, no memory, and no file without a picture."""

    async def body(lab: Laboratory) -> None:
        lab.intent.is_playing = False
        lab.recording.start(tmp_path / "it.mp4")
        lab.recording.finish()
        await until(lambda: not lab.recording.is_on)
        assert lab.window.notice.words.text().startswith("Nothing was recorded: ")
        lab.recording.start(tmp_path / "it.mp4")
        await asyncio.sleep(0)

    in_window(body, SMALL)


@pytest.mark.parametrize("subject", list(Subject))
def test_a_picture_of_the_moment_carries_its_session(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: Subject
) -> None:
    """Ctrl+S: a PNG of the chosen size that can be opened and replayed."""
    monkeypatch.setattr("platformdirs.user_pictures_path", lambda: tmp_path)

    async def body(lab: Laboratory) -> None:
        lab.window.recordingChoiceRequested.emit(RecordingChoice(subject, size="square"))
        await until(lambda: lab.simulation.now > 1.0)
        lab.intent.is_playing = False
        await frames(lab)
        lab.window.ask("save picture")
        (path,) = (tmp_path / "Fireflies").iterdir()
        assert str(path) in lab.window.notice.words.text()
        assert session_in(path).end == lab.simulation.now
        with av.open(str(path)) as container:
            picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
        if subject is Subject.GRID:
            assert picture.shape == (1080, 1080, 3)
        assert len(np.unique(picture @ np.array([1, 1 << 8, 1 << 16]))) > 10, "it has colours"
        lab.window.ask("save picture")
        assert len(list((tmp_path / "Fireflies").iterdir())) == 2
        lab.files.open(str(path))
        await until(lambda: lab.current.session is not None)

    in_window(body, SMALL)


def test_metadata_says_what_made_it(in_window: InWindow, tmp_path: Path) -> None:
    """Title, seed, parameters, version and a command line."""

    async def body(lab: Laboratory) -> None:
        lab.recording.start(tmp_path / "it.mp4")
        await until(partial(has_frames, lab, 3))
        lab.recording.toggle()
        await until(lambda: not lab.recording.is_on)

    in_window(body, SMALL.replace(seed=42))
    with av.open(str(tmp_path / "it.mp4")) as container:
        named = dict(container.metadata)
    assert named["title"] == "Fireflies: 36 fireflies, seed 42"
    assert "fireflies --side 6" in named["comment"]
    assert named["fireflies_seed"] == "42"
    assert json.loads(named["fireflies_parameters"])["nudge"] == SMALL.nudge
    assert named["fireflies_version"]
