"""Recordings: decoded again, cut off, out of room, and never waited for."""

import asyncio
import errno
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from experiments import (
    Parameters,
    Session,
    SessionError,
    Step,
    decode_session,
    encode_session,
    load_session,
    save_session,
)
from gui.models import recording_settings as recording_settings
from gui.models.recording import RecordingChoice, RecordingStatus
from gui.models.recording_settings import (
    QUEUE_LENGTH,
    Layout,
    RecordingError,
    RecordingSettings,
    Subject,
    check_recording_path,
    free_path,
)
from gui.picture.composer import BACKGROUND, Composer
from gui.recording.embedded import put_session, read_session_text
from gui.recording.encoder import Slots
from gui.recording.recorded_session import session_in
from gui.recording.recorder import Recorder, RecorderState
from gui.recording.salvage import salvage
from gui.recording.shared_memory import SharedMemory
from gui.recording.video_file import open_video
from gui.views.recording_menu import RecordingMenu
from tests.gui.staged import SMALL
from tests.gui.waiting import frames, slowed, until
from tests.proofs import count

ROOT = Path(__file__).parents[2]
TINY = RecordingSettings(width=320, height=240, fps=30, has_caption=False)
SESSION = encode_session(Session(Parameters(), (), 0.0, 0, "0" * 64, "1.0"))
LATER = encode_session(
    Session(Parameters(), (Step(1.0, (("nudge", 0.1),)),), 2.0, 5, "1" * 64, "1.0")
)
COLOURS = [(255, 243, 196), (184, 116, 26), (16, 24, 44), (64, 64, 64)]


def grid(index, side=8):
    """A picture whose firefly 0 tells which it is."""
    rgba = np.zeros((side, side, 4), dtype=np.uint8)
    rgba[...] = (16, 24, 44, 255)
    rgba[0, 0, :3] = COLOURS[index % len(COLOURS)]
    rgba[-1, -1, :3] = COLOURS[(index // len(COLOURS)) % len(COLOURS)]
    return rgba


def decoded(path):
    """Times in seconds, and pictures RGB, of all frames of a file."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        is_gif = Path(path).suffix == ".gif"
        colours = {} if is_gif else {"src_colorspace": "ITU709"}
        pictures = [frame.to_ndarray(format="rgb24", **colours) for frame in frames]
        return [float(frame.time) for frame in frames], pictures


def length_of(path):
    """Seconds that a player shows, once a picture from the middle could be had at once."""
    with av.open(str(path)) as container:
        length = container.duration / av.time_base
        if path.suffix != ".gif":
            container.seek(round(0.6 * container.duration))
            assert next(container.decode(video=0)).time <= 0.6 * length
        return length


def corner(picture, side=8):
    """Colour of firefly 0 in a tiny video."""
    length = 240
    cell = (length - 2 * (length // 24)) // side
    y = (240 - cell * side) // 2 + cell // 2
    x = (320 - cell * side) // 2 + cell // 2
    return picture[y, x].astype(int)


@contextmanager
def recorder(path, settings=TINY, session=SESSION):
    """A recorder that is ready; let go in any case."""
    made = Recorder(
        path, settings, {"title": "Fireflies", "comment": "a test"}, session, largest_side=300
    )
    try:
        while made.poll() is RecorderState.STARTING:
            time.sleep(0.005)
        yield made
    finally:
        made.abandon()


def feed(made, n, first=0):
    """Offer frames one by one, as fast as they are taken."""
    for k in range(first, first + n):
        before = made.frames
        while made.frames == before:
            while not made._free and made.poll() is RecorderState.RECORDING:
                time.sleep(0.001)
            if made.poll() is not RecorderState.RECORDING:
                return
            made.offer(100.0 + k / made.settings.fps, grid(k))


# -- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "fps"),
    [(".mp4", 24), (".mp4", 120), (".webm", 30), (".webm", 50), (".gif", 30), (".gif", 50)],
)
def test_what_is_recorded_is_what_is_decoded(tmp_path, suffix, fps):
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
        assert np.abs(corner(picture) - grid(k)[0, 0, :3]).max() <= 12
        assert np.abs(picture[2, 2].astype(int) - BACKGROUND).max() <= 4
    assert decode_session(read_session_text(path), "it") == decode_session(LATER, "it")
    assert length_of(path) == pytest.approx(40 / fps, abs=0.01)
    if suffix != ".gif":
        with av.open(str(path)) as container:
            named = {name.lower(): text for name, text in container.metadata.items()}
        assert named["title"] == "Fireflies"
        assert named["comment"] == "a test"
        assert decode_session(named["fireflies_session"].encode(), "it").end == 2.0


def test_frames_that_are_missing_leave_time_as_it_was(tmp_path):
    """Who comes late is counted, and what follows is shown when it was."""
    path = tmp_path / "gaps.mp4"
    with recorder(path) as made:
        for index in (0, 1, 2, 5, 6, 10):
            assert made.offer(7.0 + index / 30, grid(index))
            while len(made._free) < QUEUE_LENGTH:
                made.poll()
        assert not made.offer(7.0 + 10.2 / 30, grid(0)), "none is due yet"
        assert (made.frames, made.dropped) == (6, 5)
        made.finish(LATER)
        made.wait(20)
    times, _ = decoded(path)
    assert times == pytest.approx([k / 30 for k in (0, 1, 2, 5, 6, 10)])


@pytest.mark.parametrize("fps", [24, 50, 60, 90])
def test_frames_of_a_shaky_window_are_taken_evenly(tmp_path, fps):
    """Of 60 pictures a second that come early and late, each frame has its own."""
    rng = random.Random(4)
    path = tmp_path / "shaky.mp4"
    settings = RecordingSettings(width=320, height=240, fps=fps, has_caption=False)
    with recorder(path, settings) as made:
        for k in range(240):
            made.offer(50.0 + k / 60 + rng.uniform(-0.003, 0.003), grid(k))
            while len(made._free) < 4:
                time.sleep(0.001)
                made.poll()
        assert made.dropped == 0
        assert made.frames == pytest.approx(4 * min(fps, 60), abs=1)
        assert made.elapsed_s == pytest.approx(4.0, abs=0.05)


@pytest.mark.parametrize("fps", [1, 24, 30, 49, 50])
def test_a_gif_lasts_as_long_as_what_it_shows(tmp_path, fps):
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


def test_a_gif_takes_no_more_frames_than_viewers_show(tmp_path, qtbot):
    """Asked for more it refuses; what is chosen in the menu is mapped, and the menu says so."""
    with pytest.raises(RecordingError, match=r"from 1 to 50 for a \.gif file, got 60"):
        Recorder(tmp_path / "it.gif", RecordingSettings(fps=60), {}, SESSION, 300)
    choice = RecordingChoice(fps=60, suffix=".gif")
    assert choice.settings().fps == 50
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = RecordingMenu(parent)
    menu.show_choice(choice)
    texts = {each.text(): each for each in menu.actions()}
    assert texts["50 frames a second"].isChecked()
    assert not texts["60 frames a second: not as GIF"].isEnabled()
    menu.show_choice(RecordingChoice(fps=60))
    assert texts["50 frames a second"].isEnabled()
    assert next(each for each in menu.actions() if each.text().startswith("60 ")).isChecked()


def test_nobody_waits_for_an_encoder_that_stands_still(tmp_path):
    """Eight frames wait for it; the rest is dropped and counted, and the file is whole."""
    path = tmp_path / "slow.mp4"
    with recorder(path) as made:
        feed(made, 3)
        while len(made._free) < QUEUE_LENGTH:
            made.poll()
        made._process.send_signal(signal.SIGSTOP)
        began = time.perf_counter()
        for k in range(3, 63):
            made.offer(100.0 + k / 30, grid(k))
            made.poll()
        assert time.perf_counter() - began < 5.0, "it would have taken for ever"
        assert made.dropped == 60 - QUEUE_LENGTH
        made._process.send_signal(signal.SIGCONT)
        feed(made, 3, first=63)
        made.finish(LATER)
        assert made.wait(20) is RecorderState.FINISHED
    times, _ = decoded(path)
    assert len(times) == made.frames == 3 + QUEUE_LENGTH + 3
    assert times[-1] == pytest.approx(65 / 30)


def megabytes(pid):
    """Memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_memory_stays_flat_over_many_frames(tmp_path, record_property):
    """Neither the window's side nor the encoder grows with the length of a recording."""
    n = count(300, 10_000)
    with recorder(tmp_path / "it.mp4") as made:
        feed(made, 300)
        before = megabytes(os.getpid()), megabytes(made.encoder_pid)
        feed(made, n, first=300)
        after = megabytes(os.getpid()), megabytes(made.encoder_pid)
        made.finish(LATER)
        assert made.wait(30) is RecorderState.FINISHED
    grown = [now - then for now, then in zip(after, before, strict=True)]
    assert max(grown) < 8.0
    record_property("count", f"{n} frames, grown by {grown[0]:.1f} and {grown[1]:.1f} MB")


def test_a_session_that_has_grown_too_long_is_said_not_to_be_in_it(tmp_path):
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


def test_a_picture_with_a_caption_has_both_in_their_places():
    """The caption stands beside the grid, or below it in a square."""
    for settings in (RecordingSettings(), RecordingSettings(width=1080, height=1080)):
        layout = Layout.of(settings)
        place = layout.caption
        caption = np.full((place.height, place.width, 4), 200, dtype=np.uint8)
        white = np.full((50, 50, 4), 255, dtype=np.uint8)
        picture = Composer(settings).compose(white, caption)
        assert picture.shape == (settings.height, settings.width, 4)
        assert (picture[place.y : place.y + place.height, place.x : place.x + place.width]
                == 200).all()  # fmt: skip
        lit = np.argwhere((picture[..., :3] == 255).all(axis=-1))
        height, width = lit.max(axis=0) - lit.min(axis=0) + 1
        assert height == width >= 10
        assert len(lit) == height * width


@pytest.mark.parametrize("side", [3, 50, 141, 300, 700, 2_000])
def test_grids_of_any_size_fit(side):
    """Each firefly is as many pixels as the next, or the grid is thinned evenly."""
    settings = RecordingSettings(has_caption=False)
    picture = Composer(settings).compose(np.full((side, side, 4), 255, dtype=np.uint8), None)
    lit = np.argwhere((picture[..., :3] == 255).all(axis=-1))
    height, width = lit.max(axis=0) - lit.min(axis=0) + 1
    assert height == width
    assert 300 <= height <= 720
    if side <= 300:
        assert height % side == 0
    margins = lit.min(axis=0), (720, 1280) - lit.max(axis=0) - 1
    assert np.abs(margins[0] - margins[1]).max() <= 1


def test_a_window_of_other_proportions_is_centred():
    """Nothing is cut off and nothing is stretched."""
    settings = RecordingSettings(Subject.WINDOW, 1280, 720)
    picture = Composer(settings).compose(np.full((600, 900, 4), 255, dtype=np.uint8), None)
    lit = np.argwhere((picture[..., :3] == 255).all(axis=-1))
    assert (lit.max(axis=0) - lit.min(axis=0) + 1).tolist() == [600, 900]


# -- what can go wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_file_that_was_never_finished_tells_its_length(tmp_path, suffix):
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
def test_what_has_no_picture_leaves_no_file(tmp_path, suffix):
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
def test_an_encoder_that_is_killed_is_noticed(tmp_path, record_property):
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
            made._process.kill()
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
            recorder = lab.recording._recorder
            if recorder is not None and recorder.frames:
                print(repr(recorder.frames / recorder.settings.fps), flush=True)
        lab.window.grid.painted.connect(tell)

    sys.exit(run_app(show_window(Parameters(side=20), on_open), make_application()))
"""


def started(path):
    """An app that records, in a session of processes of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(APP), str(path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_seconds(process, wanted):
    """Read what it says until so much is handed over."""
    for line in process.stdout:
        if float(line) >= wanted:
            return
    pytest.fail(process.stderr.read())


@pytest.mark.drill
@pytest.mark.slow
def test_an_app_that_is_killed_leaves_a_file_that_plays(tmp_path, record_property):
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
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_finishes_the_file(tmp_path, number):
    """The exit code is that of the signal, nothing is on stderr, and the file is whole."""
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


@contextmanager
def small_disk(place, kilobytes):
    """A disk with little room."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
    made = subprocess.run(mount, capture_output=True, check=False)
    if made.returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_full_disk_ends_the_recording_in_words(tmp_path, suffix):
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


def test_what_cannot_be_recorded_is_refused(tmp_path, monkeypatch):
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
    monkeypatch.setattr(recording_settings.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RecordingError, match=r"pip install 'cascade-fireflies\[video\]'"):
        check_recording_path(tmp_path / "it.webm")


def test_pictures_wait_in_memory_that_is_there(tmp_path, monkeypatch):
    """In memory without a name, or else on the disk; where there is none it is said before."""

    def full(handle, at, size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def denied(name):
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
    with pytest.raises(RecordingError, match=r"needs 3 MB of memory .*No space left"):
        Recorder(tmp_path / "no.mp4", TINY, {}, SESSION, 300)
    assert len(os.listdir("/proc/self/fd")) == before
    assert not (tmp_path / "no.mp4").exists()


def test_a_recording_that_cannot_begin_keeps_no_memory(tmp_path, monkeypatch):
    """No place for what the encoder says is a reason to refuse, and nothing stays open."""

    def refuse():
        raise OSError(errno.ENOENT, "there is no temporary folder")

    made = []

    def make(size):
        made.append(SharedMemory(size))
        return made[-1]

    monkeypatch.setattr("gui.recording.recorder.scratch_file", refuse)
    monkeypatch.setattr("gui.recording.recorder.SharedMemory", make)
    with pytest.raises(RecordingError, match="there is no temporary folder"):
        Recorder(tmp_path / "a.gif", RecordingSettings(), {}, b"{}", largest_side=3)
    assert [memory.handles for memory in made] == [()]


def test_fewer_large_pictures_wait():
    """Memory that is reserved stays bounded, and there is always one to draw into."""
    kilobyte = 1 << 10
    for slot, length in ((kilobyte, QUEUE_LENGTH), (32 << 20, 4), (200 << 20, 3)):
        assert Slots.size(slot, 0, kilobyte) == length * slot + 2 * kilobyte
    memory = SharedMemory(Slots.size(20 << 20, 0, kilobyte))
    memory.close_handles()
    assert Slots(memory.buffer, 20 << 20, 0, kilobyte).length == 6


def test_an_encoder_that_cannot_be_started_is_said_not_to(tmp_path, monkeypatch):
    """In words, and nothing is left open."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(RecordingError, match="can't be encoded: No such file or directory"):
        Recorder(tmp_path / "it.mp4", TINY, {}, SESSION, 300)


def test_a_name_that_is_taken_gets_a_number(tmp_path):
    """Two recordings of one second don't get in each other's way."""
    for k in range(3):
        path = free_path(tmp_path, "it", ".mp4")
        assert path.name == ("it.mp4", "it 2.mp4", "it 3.mp4")[k]
        path.touch()


@pytest.mark.parametrize(
    "contents", [b"", b"GIF89a", b"\x00\x00\x00\x20ftypisom" * 9, b'{"fireflies":' * 1_000]
)
def test_foreign_files_carry_no_session(tmp_path, contents):
    """A sentence that names the file."""
    path = tmp_path / "it.mp4"
    path.write_bytes(contents)
    with pytest.raises(RecordingError, match=r"it\.mp4"):
        read_session_text(path)
    with pytest.raises(RecordingError, match=r"none\.mp4"):
        read_session_text(tmp_path / "none.mp4")


def test_a_session_is_put_only_where_one_stands(tmp_path):
    """Nothing else of the file changes."""
    path = tmp_path / "it"
    path.write_bytes(b"before" + SESSION.rstrip().ljust(2_000) + b"behind")
    assert put_session(path, SESSION.rstrip().ljust(2_000), LATER)
    assert path.read_bytes() == b"before" + LATER.rstrip().ljust(2_000) + b"behind"
    assert not put_session(path, b"something else", b"x")
    assert not put_session(path, b"before", LATER)


def test_the_same_pictures_make_the_same_video(tmp_path):
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


def test_what_shows_of_it():
    """Time, size, and what was dropped if anything was."""
    assert RecordingStatus(True, 75.2, 3_400_000, 0).text() == "1:15  3.4 MB"
    assert RecordingStatus(True, 5.0, 20_000, 12).text() == "0:05  20 kB  12 dropped"


# -- the window -----------------------------------------------------------------------------


@pytest.mark.parametrize("subject", list(Subject))
def test_the_window_records_what_the_session_says(in_window, tmp_path, monkeypatch, subject):
    """A click and another: the file is there, its pixels show the flashes of its session."""
    found, opened = {}, []
    monkeypatch.setattr("gui.laboratory.open_folder", opened.append)

    async def body(lab):
        lab.recording._folder = lambda: tmp_path / "videos"
        lab.window.recordingChoiceRequested.emit(RecordingChoice(subject, fps=60))
        lab.window.toolbar.buttons["record"].click()
        await until(lambda: lab.recording._recorder and lab.recording._recorder.frames > 30)
        assert lab.window.toolbar.recording.isVisible()
        lab.controller.move_value("nudge", 0.1)
        await until(lambda: lab.simulation.parameters.nudge == 0.1)
        all_have_flashed = lab.simulation.now + 1.1 * lab.simulation.parameters.period
        await until(lambda: lab.simulation.now > all_have_flashed)  # held up, that takes longer
        await until(lambda: lab.recording._recorder.elapsed_s > 1.5)
        lab.window.toolbar.buttons["record"].click()
        await until(lambda: not lab.recording.is_on)
        assert not lab.window.toolbar.recording.isVisible()
        words = lab.window.notice.words.text()
        assert words.startswith("Recorded 0:")  # a busy machine may take a while
        assert lab.window.notice.buttons[0].text() == "Open folder"
        lab.window.notice.buttons[0].click()
        assert opened == [tmp_path / "videos"]
        (found["path"],) = (tmp_path / "videos").iterdir()
        lab.files.open(str(found["path"]))
        await until(lambda: lab.window.timeline.isVisible())

    in_window(body, SMALL.replace(nudge=0.0))
    times, pictures = decoded(found["path"])
    session = session_in(found["path"])
    assert [dict(step.change) for step in session.steps] == [{"nudge": 0.1}]
    assert times[-1] > 1.4
    assert pictures[0].shape == (720, 1280, 3)
    brightness = [picture[100:620, 320:960].mean() for picture in pictures]
    assert max(brightness) > 1.2 * min(brightness), "the fireflies flash"


def test_a_recording_that_cannot_begin_is_said_not_to(in_window, tmp_path):
    """The run goes on, and the next attempt may succeed."""
    (tmp_path / "videos").write_text("a file stands in the way")

    async def body(lab):
        lab.recording._folder = lambda: tmp_path / "videos"
        lab.window.ask("record")
        first = f"Not recorded: {tmp_path / 'videos'} can't be made: File exists"
        assert lab.window.notice.words.text().startswith(first)
        lab.recording.start(tmp_path / "videos")
        assert lab.window.notice.words.text().startswith(first)
        assert lab.window.notice.waiting.text() == "1 more"
        assert f"Not recorded: {tmp_path / 'videos'} must" in lab.window.toast.text()
        lab.window.notice.close_button.click()
        assert f"Not recorded: {tmp_path / 'videos'} must" in lab.window.notice.words.text()
        assert not lab.window.notice.waiting.isVisible()
        lab.window.notice.close_button.click()
        assert not lab.window.notice.isVisible()
        assert not lab.recording.is_on

    in_window(body, SMALL)


def test_the_encoder_dies_and_the_run_goes_on(in_window, tmp_path):
    """The window says so, and where the earlier part is."""

    async def body(lab):
        lab.recording.start(tmp_path / "it.mp4")
        await until(lambda: lab.recording._recorder and lab.recording._recorder.frames > 20)
        lab.recording._recorder._process.kill()
        await until(lambda: not lab.recording.is_on)
        words = lab.window.notice.words.text()
        assert "The recording has stopped" in words
        assert "killed by signal 9" in words
        assert str(tmp_path / "it.mp4") in words
        before = lab.simulation.now
        await until(lambda: lab.simulation.now > before)

    in_window(body, SMALL)
    assert len(decoded(tmp_path / "it.mp4")[0]) > 5


@pytest.mark.slow
def test_a_full_disk_is_told_in_the_window(in_window, tmp_path):
    """In one sentence; the fireflies go on, and what fitted plays."""
    with small_disk(tmp_path / "disk", 600) as place:

        async def body(lab):
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


def test_a_full_disk_keeps_the_session_that_was_saved(tmp_path):
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


def test_closing_while_it_starts_leaves_nothing(in_window, tmp_path):
    """No process, no thread, no memory, and no file without a picture."""

    async def body(lab):
        lab.intent.is_playing = False
        lab.recording.start(tmp_path / "it.mp4")
        lab.recording.finish()
        await until(lambda: not lab.recording.is_on)
        assert lab.window.notice.words.text().startswith("Nothing was recorded: ")
        lab.recording.start(tmp_path / "it.mp4")
        await asyncio.sleep(0)

    in_window(body, SMALL)


@pytest.mark.parametrize("subject", list(Subject))
def test_a_picture_of_the_moment_carries_its_session(in_window, tmp_path, subject):
    """Ctrl+S: a PNG of the chosen size that can be opened and replayed."""

    async def body(lab):
        lab.stills._folder = lambda: tmp_path / "pictures"
        lab.window.recordingChoiceRequested.emit(RecordingChoice(subject, size="square"))
        await until(lambda: lab.simulation.now > 1.0)
        lab.intent.is_playing = False
        await frames(lab)
        lab.window.ask("save picture")
        (path,) = (tmp_path / "pictures").iterdir()
        assert str(path) in lab.window.notice.words.text()
        assert session_in(path).end == lab.simulation.now
        with av.open(str(path)) as container:
            picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
        if subject is Subject.GRID:
            assert picture.shape == (1080, 1080, 3)
        assert len(np.unique(picture @ np.array([1, 1 << 8, 1 << 16]))) > 10, "it has colours"
        lab.window.ask("save picture")
        assert len(list((tmp_path / "pictures").iterdir())) == 2
        lab.files.open(str(path))
        assert lab.current.session is not None

    in_window(body, SMALL)


def test_metadata_says_what_made_it(in_window, tmp_path):
    """Title, seed, parameters, version and a command line."""

    async def body(lab):
        lab.recording.start(tmp_path / "it.mp4")
        await until(lambda: lab.recording._recorder and lab.recording._recorder.frames > 3)
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
