"""Pictures, plots and videos: whatever their names, where links lead, and on a full disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from experiments import (
    CoherenceRecord,
    Parameters,
    Provenance,
    Session,
    Step,
    encode_session,
    sidecar_path,
)
from experiments.commands.starts import Start
from gui.commands.command_line import run as command
from gui.commands.screenshot import take_screenshot
from gui.instruments.plot_file import save_plot
from gui.laboratory import Laboratory
from gui.models.coherence_trace import whole_curve
from gui.models.look import AT_FIRST
from gui.models.recording_settings import EXISTS_ALREADY, RecordingError, RecordingSettings
from gui.models.recording_settings import check_recording_path as check
from gui.picture.encoded import encoded_picture, encoded_svg
from gui.picture.png import save_png
from gui.recording.recorded_session import session_in
from gui.recording.video_file import open_video
from tests.gui.conftest import InWindow, Run

TINY = RecordingSettings(width=64, height=64, fps=30, has_caption=False)
SESSION = Session(Parameters(side=3), (), 0.0, 0, "0" * 64, "1")
LATER = Session(Parameters(side=3), (Step(1.0, (("nudge", 0.1),)),), 2.0, 5, "1" * 64, "1")
RUN = Provenance(command="fireflies run", parameters=Parameters(side=3))
CURVE = whole_curve(CoherenceRecord(9), 20.0, ())
PICTURE = np.full((64, 64, 4), 255, dtype=np.uint8)

AWKWARD = [
    "12:30.mp4",
    "file:x.webm",
    "http:x.gif",
    "%03d.mp4",
    "a?b#c d&e|f.mp4",
    "new\nline.webm",
    "-x.mp4",
    ":x.gif",
    os.fsdecode(b"caf\xe9.mp4"),
    "n" * 251 + ".mp4",
]


@contextmanager
def no_file_over(n_bytes: int) -> Iterator[None]:
    """As if the disk were full once a file is as large; what is said has to fit too."""
    resource = pytest.importorskip("resource", reason="POSIX limits")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def video(path: Path, n: int = 5) -> bool:
    """Make one; whether it holds its session."""
    made = open_video(path, TINY, {}, encode_session(SESSION), is_live=True)
    for index in range(n):
        made.write(PICTURE, index)
    made.note_session(encode_session(SESSION))
    return made.close(encode_session(LATER))


def n_frames(path: Path) -> int:
    """Pictures that can be decoded."""
    with path.open("rb") as file, av.open(file, "r") as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_video_has_whatever_name_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No part of it is a protocol, a pattern or an option; also from within its folder."""
    monkeypatch.chdir(tmp_path)
    for name in AWKWARD:
        assert video(Path(name)), name
        assert os.listdir(tmp_path) == [name]
        assert n_frames(Path(name)) == 5, name
        assert session_in(Path(name)) == LATER, name
        Path(name).unlink()


def test_a_video_goes_where_a_link_leads(tmp_path: Path) -> None:
    """If nothing is there yet: recordings are never written over."""
    link = tmp_path / "link.mp4"
    link.symlink_to("real.mp4")
    check(link)
    assert video(link)
    assert link.is_symlink()
    assert n_frames(tmp_path / "real.mp4") == 5
    with pytest.raises(RecordingError, match=EXISTS_ALREADY):
        check(link)
    with pytest.raises(RecordingError, match="File exists"):
        video(link)


def test_where_no_memory_of_a_file_can_be_shared_the_session_is_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By reading and writing, as a network file system may want it."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr("mmap.mmap", refuse)
    for suffix in (".mp4", ".webm"):
        path = tmp_path / f"it{suffix}"
        assert video(path, 40)
        assert n_frames(path) == 40
        assert session_in(path) == LATER


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif"])
def test_a_video_is_kept_if_its_session_cannot_be_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """It plays to its end, and says that it has none."""
    path = tmp_path / f"it{suffix}"

    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("gui.recording.video_file.put_session", refuse)
    monkeypatch.setattr("gui.recording.video_file.append_gif_comment", refuse)
    assert not video(path)
    assert n_frames(path) == 5


def test_a_gif_without_room_for_its_session_is_as_it_was(tmp_path: Path) -> None:
    """The byte that ends it is written last, and is put back."""
    from gui.recording.embedded import append_gif_comment

    path = tmp_path / "it.gif"
    video(path)
    whole = path.read_bytes()
    with no_file_over(len(whole) + 100), pytest.raises(OSError, match="File too large"):
        append_gif_comment(path, b"x" * 5_000)
    assert path.read_bytes() == whole
    assert n_frames(path) == 5


def test_pictures_have_whatever_names_they_are_given(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt takes a colon at the beginning for a resource of the program."""
    del qapp
    monkeypatch.chdir(tmp_path)
    for name in (":x.svg", "12:30.svg", "%1.svg", ":x.png", "new\nline.png"):
        save_plot(CURVE, Path(name), RUN)
        assert sorted(os.listdir(tmp_path)) == sorted([name, sidecar_path(Path(name)).name])
        sidecar_path(Path(name)).unlink()
        contents = Path(name).read_bytes()
        if name.endswith(".svg"):
            assert b"</svg>" in contents
        else:
            assert QImage.fromData(contents).width() > 1_000
            save_png(Path(name), PICTURE, {"it": "words"})
            assert QImage.fromData(Path(name).read_bytes()).text("it") == "words"
        Path(name).unlink()


def test_a_full_disk_leaves_the_old_picture(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Plots, screenshots and pictures of the moment: exit code 1, one line, nothing cut off."""
    del qapp
    paths = {name: tmp_path / name for name in ("p.svg", "p.png", "s.png", "m.png", "r.svg")}
    for path in (*paths.values(), sidecar_path(paths["r.svg"])):
        path.write_text("precious")
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 4), dtype=np.uint8)
    with no_file_over(4_000):  # enough for what is said of them
        for name in ("p.svg", "p.png"):
            with pytest.raises(OSError, match="File too large"):
                save_plot(CURVE, paths[name], RUN)
        with pytest.raises(OSError, match="File too large"):
            save_png(paths["m.png"], noise, {})
        with pytest.raises(SystemExit) as left:
            command(["run", "--side", "3", "--seconds", "1", "--plot", str(paths["r.svg"])])
    out, err = capfd.readouterr()
    assert (left.value.code, out) == (1, "")
    assert err == f"fireflies run: --plot {paths['r.svg']} can't be written: File too large\n"
    for path in (*paths.values(), sidecar_path(paths["r.svg"])):
        assert path.read_text() == "precious"
    assert len(os.listdir(tmp_path)) == len(paths) + 1


def test_a_full_disk_leaves_the_old_screenshot(
    run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 1; refused with 2, before anything runs, where nothing can be."""
    path = tmp_path / "s.png"
    path.write_text("precious")
    path.chmod(0o664)
    start = Start(Parameters(side=3))
    with no_file_over(400):
        assert run(take_screenshot(start, path, 0.0, AT_FIRST)) == 1
    assert capfd.readouterr().err == (
        f"fireflies: --screenshot {path} can't be written: File too large\n"
    )
    assert path.read_text() == "precious"
    assert run(take_screenshot(start, path, 0.0, AT_FIRST)) == 0
    assert QImage(str(path)).width() > 300
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert run(take_screenshot(start, tmp_path / "none" / "s.png", 0.0, AT_FIRST)) == 2
    assert f"there is no folder {tmp_path / 'none'}" in capfd.readouterr().err
    assert os.listdir(tmp_path) == ["s.png"]


def test_what_cannot_be_drawn_is_an_error(qapp: QApplication) -> None:
    """An empty picture is none; an SVG that can't be painted neither."""
    del qapp
    with pytest.raises(OSError, match="can't be drawn"):
        encoded_picture(QImage(), ".png")
    assert b"</svg>" in encoded_svg(QSize(10, 10), "it", lambda _: None)
    assert encoded_picture(QImage(2, 2, QImage.Format.Format_RGB32), ".jpg").startswith(b"\xff\xd8")


def test_a_picture_that_cannot_be_saved_names_its_file(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says which folder is none."""
    (tmp_path / "pictures").write_text("a file stands in the way")

    async def body(lab: Laboratory) -> None:
        monkeypatch.setattr("platformdirs.user_pictures_path", lambda: tmp_path / "pictures")
        await lab.pump.begin()
        lab.pump.present()
        assert lab.stills.save(lab.recording.choice) is None
        words = lab.window.notice.words.text()
        assert words.startswith(f"No picture saved: {tmp_path / 'pictures' / 'Fireflies'} can't")
        assert f"{tmp_path / 'pictures'} is not a folder" in words

    in_window(body, Parameters(side=3))
