"""Recordings that are cut off: killed, ended by a signal, out of room."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments import (
    Parameters,
    Session,
    SessionError,
    Step,
    load_session,
    save_session,
)
from gui.picture.composer import Composer
from gui.recording.recorded_session import session_in
from gui.recording.recorder import RecorderState
from gui.recording.salvage import salvage
from gui.recording.video_file import open_video
from tests.forked import Child
from tests.gui.small_disk import small_disk
from tests.gui.videos import LATER, SESSION, TINY, decoded, grid, length_of, recorder
from tests.gui.waiting import slowed
from tests.proofs import count


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_file_that_was_never_finished_tells_its_length(tmp_path: Path, suffix: str) -> None:
    """As if everything had been killed: players play it to its last fragment, and seek in it."""
    path, cut_off = tmp_path / f"it{suffix}", tmp_path / f"cut off{suffix}"
    video = open_video(path, TINY, {}, SESSION, is_live=True)
    for index in range(75):
        video.write(Composer(TINY).compose(grid(index), None), index)
    cut_off.write_bytes(path.read_bytes())
    video.close(SESSION)
    assert length_of(cut_off) == pytest.approx(2.5, abs=0.5)
    assert decoded(cut_off)[0][-1] == pytest.approx(2.5, abs=0.35)


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif"])
def test_what_has_no_picture_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    """Finished or killed before the first one, cut off within it, or full from the beginning."""
    path = tmp_path / f"it{suffix}"
    with recorder(path) as made:
        made.finish(LATER)
        assert made.wait(20) is RecorderState.FINISHED
        assert (made.bytes_written, made.problem) == (0, "")
    assert not path.exists()
    video = open_video(path, TINY, {}, SESSION, is_live=True)
    assert not video.give_up()
    assert not path.exists()
    path.write_bytes(b"not a video, and not even cut off")
    assert not salvage(path, suffix)
    assert not path.exists()


@pytest.mark.drill
@pytest.mark.slow
def test_an_encoder_that_is_killed_is_noticed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Killed with -9 at a random moment: noticed within a second, and the file plays."""
    n, rng, most_lost = count(1, 20), random.Random(2), 0.0
    for k in range(n):
        path = tmp_path / f"{k}.mp4"
        with recorder(path) as made:
            began = time.monotonic()
            end = rng.uniform(0.6, 2.5)
            while (now := time.monotonic()) < began + end:
                made.offer(now, grid(made.frames))
                made.poll()
                time.sleep(0.004)
            os.kill(made.encoder_pid, signal.SIGKILL)
            killed, elapsed = time.monotonic(), made.elapsed_s
            while made.poll() is RecorderState.RECORDING:
                time.sleep(0.01)
                made.offer(time.monotonic(), grid(0))
            noticed = time.monotonic() - killed
            assert noticed < slowed(1.0)
            assert made.state is RecorderState.FAILED
            assert "killed by signal 9" in made.problem
        times, _ = decoded(path)
        most_lost = max(most_lost, elapsed - (times[-1] + 1 / 30))
        assert most_lost <= slowed(0.5)
        assert session_in(path).end == 0.0
    record_property("count", f"{n} kills, at most {most_lost:.2f} s lost")


APP = """
    import sys
    from pathlib import Path
    from experiments import Parameters
    from gui.app import make_application, show_window
    from gui.system.event_loop import run_app

    def on_open(lab):
        lab.recording.start(Path(sys.argv[1]))
        def tell():
            recorder = lab.recording.recorder
            if recorder is not None and recorder.frames:
                print(repr(recorder.frames / recorder.settings.fps), flush=True)
        lab.window.grid.painted.connect(tell)

    sys.exit(run_app(show_window(Parameters(side=20), on_open), make_application()))
"""


def started(path: Path) -> Child:
    """An app that records, in a session of processes of its own."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return Child(APP, path, environment=environment, begins_session=True)


def wait_for_seconds(process: Child, wanted: float) -> None:
    """Read what it says until so much is handed over."""
    for line in process.stdout:
        if float(line) >= wanted:
            return
    pytest.fail(process.stderr.read())


@pytest.mark.drill
@pytest.mark.slow
def test_an_app_that_is_killed_leaves_a_file_that_plays(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Killed with -9 at a random moment, alone or with its encoder: the recording plays."""
    n, rng, most_lost = count(2, 30), random.Random(1), 0.0
    for k in range(n):
        path = tmp_path / f"{k}.mp4"
        with started(path) as process:
            wait_for_seconds(process, rng.uniform(0.5, 2.5))
            if k % 2:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            said = [float(line) for line in process.stdout.read().split()]
            process.stderr.read()  # ends with the encoder, which finishes the file
        times, pictures = decoded(path)
        recorded = max(said, default=0.5)
        most_lost = max(most_lost, recorded - (times[-1] + 1 / 30))
        assert most_lost <= slowed(0.5)
        assert len(pictures) == len(times) > 5
        assert session_in(path).parameters == Parameters(side=20)
    record_property("count", f"{n} kills, at most {most_lost:.2f} s lost")


@pytest.mark.slow
def test_a_signal_finishes_the_file(tmp_path: Path) -> None:
    """The exit code is that of the signal, nothing is on stderr, and the file is whole.

    One that the window alone hears is in `test_a_recording_from_the_first_frame_on`.
    """
    number = signal.SIGHUP
    path = tmp_path / "it.mp4"
    with started(path) as process:
        wait_for_seconds(process, 0.7)
        os.killpg(process.pid, number)  # as a terminal does: the encoder hears it too
        _, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (128 + number, "")
    stop_at = time.monotonic() + 240
    while b"moof" in path.read_bytes()[:2_000] and time.monotonic() < stop_at:
        time.sleep(0.05)  # a busy machine: the window didn't wait, the encoder goes on by itself
    times, _ = decoded(path)
    assert times[-1] >= 0.6
    assert b"moof" not in path.read_bytes()[:2_000], "it is a usual file by now"
    session = session_in(path)
    assert session.end > 0.3


@pytest.mark.slow
@pytest.mark.parametrize(
    "suffix", [".mp4", pytest.param(".webm", marks=pytest.mark.drill(alone=True))]
)
def test_a_full_disk_ends_the_recording_in_words(tmp_path: Path, suffix: str) -> None:
    """What fitted plays."""
    rng = np.random.default_rng(0)
    with small_disk(tmp_path / "disk", 700) as place:
        path = place / f"it{suffix}"
        with recorder(path) as made:
            k = 0
            while made.poll() is RecorderState.RECORDING and k < 3_000:
                noise = rng.integers(0, 255, (60, 60, 4), dtype=np.uint8)
                made.offer(100.0 + k / 30, noise)
                k += 1
                time.sleep(0.002)
            assert made.state is RecorderState.FAILED
            assert "No space left" in made.problem
        times, _ = decoded(path)
        assert len(times) > 10
        assert session_in(path)


def test_a_full_disk_keeps_the_session_that_was_saved(tmp_path: Path) -> None:
    """Saving over a file when there is no room: the old one is whole, and the reason is told."""
    with small_disk(tmp_path / "disk", 40) as place:
        path = place / "it.fireflies"
        small = Session(Parameters(), (), 0.0, 0, "0" * 64)
        save_session(path, small)
        steps = tuple(Step(1e-3 * k, (("nudge", 0.1),)) for k in range(3_000))
        with pytest.raises(SessionError, match="No space left on device"):
            save_session(path, Session(Parameters(), steps, 4.0, 0, "0" * 64))
        assert load_session(path) == small
        assert os.listdir(place) == ["it.fireflies"]
