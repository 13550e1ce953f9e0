"""Strangers' files in the window's hands: pictures, recordings, settings, of any contents."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from experiments import (
    Parameters,
    PresetError,
    Session,
    SessionError,
    StrangeFileError,
    encode_session,
    load_preset,
)
from gui.commands.command_line import run as run_command_line
from gui.laboratory import Laboratory
from gui.models.recording_settings import RecordingError
from gui.picture.png import save_png
from gui.recording import embedded
from gui.recording.embedded import SESSION_KEY, append_gif_comment, read_session_text
from gui.recording.recorded_session import RECORDED, OpenedKind, kind_to_open, load_run
from gui.views.window import Window
from tests.experiments.session_files import mutated
from tests.gui.application import application
from tests.gui.conftest import InWindow
from tests.gui.shown_bytes import in_words
from tests.gui.staged import SMALL
from tests.proofs import count

ROOT = Path(__file__).parents[2]

RUN = Session(Parameters(side=5), (), 3.0, 9, "ab" * 32, "0.1.0")

TEXT = encode_session(RUN)

KEY = SESSION_KEY.encode() + b"\0"


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    """A PNG file of one grey pixel, and more."""
    begin = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return begin + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"tEXt", KEY + TEXT),
        chunk(b"zTXt", KEY + b"\0" + zlib.compress(TEXT)),
        chunk(b"iTXt", KEY + b"\0\0de\0Sitzung\0" + TEXT),
        chunk(b"iTXt", KEY + b"\1\0\0\0" + zlib.compress(TEXT)),
    ],
    ids=in_words,
)
def test_a_picture_carries_its_session_in_any_kind_of_text(tmp_path: Path, text: bytes) -> None:
    """Plain, compressed or international, as programs that pass pictures on may write it."""
    path = tmp_path / "it.png"
    path.write_bytes(png(chunk(b"tEXt", b"Title\0A picture"), text))
    assert load_run(path) == RUN


def test_what_qt_writes_is_read_without_it(tmp_path: Path) -> None:
    """Pictures that the window saves have the session in their chunks; of any name."""
    for name in ("it.png", "it", "it.mp4"):
        save_png(tmp_path / "it.png", np.zeros((3, 4, 4), np.uint8), {SESSION_KEY: TEXT.decode()})
        (tmp_path / "it.png").rename(tmp_path / name)
        assert load_run(tmp_path / name) == RUN


BOMB = zlib.compress(b"\0" * 7_000_000)


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (png(), "carries no session of Fireflies$"),
        (png(*[chunk(b"zTXt", b"Comment\0\0" + BOMB)] * 200), "carries no session"),
        (png(*[chunk(b"zTXt", KEY + b"\0" + zlib.compress(b" " * 17_000_000))]), "is longer than"),
        (png(chunk(b"zTXt", KEY + b"\0" + zlib.compress(TEXT)[:-20])), "is cut off|damaged"),
        (png(chunk(b"zTXt", KEY + b"\0garbage")), "is damaged"),
        (png(chunk(b"zTXt", KEY + b"\7")), "compressed in an unknown way"),
        (png(chunk(b"zTXt", KEY)), "compressed in an unknown way"),
        (png(chunk(b"iTXt", KEY)), "not a session file of Fireflies"),
        (png(chunk(b"tEXt", KEY + TEXT)).replace(b'"side":5', b'"side":6'), "is damaged"),
        (png()[:40] + b"\xff\xff\xff\xfftEXt" + KEY, "carries no session"),
        (png()[:8], "carries no session"),
        (png(b"\0\0\0\0quux\0\0\0\0" * 200_000), "more than 100,000 chunks"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
         "carries no session of Fireflies: it is an SVG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "it is a JPEG picture"),
        (b"", "it.png is empty"),
    ],
    ids=in_words,
)  # fmt: skip
def test_a_picture_without_a_session_is_refused(
    tmp_path: Path, contents: bytes, words: str
) -> None:
    """Whatever its chunks say, in one sentence, and nothing of it is decoded."""
    path = tmp_path / "it.png"
    path.write_bytes(contents)
    with pytest.raises(SessionError, match=words) as refused:
        load_run(path)
    assert str(path) in str(refused.value)


def test_no_more_is_decompressed_than_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that would become gigabytes is given up as soon as it is too long."""
    monkeypatch.setattr(embedded, "LONGEST_TEXT", 1_000)
    path = tmp_path / "it.png"
    inflated: list[int] = []

    class Inflater:
        def __init__(self) -> None:
            self._real = real()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            inflated.append(len(text := self._real.decompress(data, most)))
            return text

    real = zlib.decompressobj
    path.write_bytes(png(chunk(b"zTXt", KEY + b"\0" + zlib.compress(b" " * 99_000))))
    monkeypatch.setattr("gui.recording.png_text.zlib.decompressobj", Inflater)
    with pytest.raises(RecordingError, match="longer than 1,000 bytes"):
        read_session_text(path)
    assert inflated == [1_001]


@pytest.mark.parametrize("suffix", [*RECORDED, ".toml", ".fireflies", ".txt"])
def test_what_is_no_file_is_refused_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    """A pipe, a folder, a device behind a link, an empty file, none at all."""
    path = tmp_path / f"it{suffix}"
    with pytest.raises(SessionError, match=r"can't read .*: No such file"):
        load_run(path)
    os.mkfifo(path)
    with pytest.raises(SessionError, match=f"it{suffix} is not a file but a pipe"):
        load_run(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SessionError, match=f"it{suffix} is a folder"):
        load_run(path)
    path.rmdir()
    path.symlink_to("/dev/zero")
    with pytest.raises(SessionError, match=f"it{suffix} is not a file but a device"):
        load_run(path)


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif"])
def test_a_recording_of_any_size_is_looked_at_where_sessions_are(
    tmp_path: Path, suffix: str
) -> None:
    """At its beginning and at its end; 20 GB of nothing between them take no time."""
    begin = b"GIF89a" if suffix == ".gif" else b"\0\0\0\x20ftypisom"
    path = tmp_path / f"it{suffix}"
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(20_000_000_000)
    with pytest.raises(SessionError, match="carries no session of Fireflies"):
        load_run(path)
    with path.open("r+b") as file:
        file.seek(0, 2)
        file.write(b"\x3b" if suffix == ".gif" else b"\0\0\x10\0moov" + TEXT + b" " * 1_000)
    if suffix == ".gif":
        append_gif_comment(path, TEXT)
    assert load_run(path) == RUN


def test_a_session_that_was_cut_off_does_not_hide_the_one_before(tmp_path: Path) -> None:
    """As when a recording is killed while its end is written."""
    path = tmp_path / "it.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom" + TEXT + b"\0" * 100 + TEXT[:60])
    assert load_run(path) == RUN


def test_a_comment_of_tiny_blocks_is_no_session(tmp_path: Path) -> None:
    """A GIF's comment has whole blocks but for the last; others would take forever to join."""
    path = tmp_path / "it.gif"
    path.write_bytes(b"GIF89a!\xfe\xff" + TEXT[:255] + b"\1x" * 5_000_000)
    with pytest.raises(SessionError, match="carries no session"):
        load_run(path)


@pytest.mark.parametrize(
    ("name", "contents", "words"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "is a JPEG picture; it must be a preset"),
        ("letter.odt", b"PK\3\4\x14\0\0\0mimetype", "is a ZIP archive, or an office document; it"),
        ("notes.doc", "nötes".encode("utf-16"), "is text in UTF-16, not in UTF-8; it must be"),
    ],
)
def test_other_kinds_of_files_are_called_by_their_names(
    tmp_path: Path, name: str, contents: bytes, words: str
) -> None:
    """And what could be opened is told."""
    path = tmp_path / name
    path.write_bytes(contents)
    with pytest.raises(SessionError, match=words):
        load_run(path)


MEASURER = """
import sys, time
from pathlib import Path
from experiments import SessionError
from gui.recording.recorded_session import load_run

def kilobytes(which):
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(which)[2].split()[0])

for name in sys.argv[1:]:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = kilobytes("VmRSS:")
    began = time.process_time()
    try:
        load_run(Path(name))
    except SessionError:
        pass
    took = time.process_time() - began
    print(took, (kilobytes("VmHWM:") - before) / 1e3)
"""


def heaviest(share: int) -> Iterator[tuple[str, bytes]]:
    """Files of each kind that are as heavy as any that are read, or a share of that."""
    head = json.loads(TEXT)
    for name in ("interventions", "check", "digest", "flashes", "end"):
        head.pop(name)
    begin = json.dumps(head)[:-1].encode() + b',"end":9e9,"interventions":['
    step = '{"t":%d,"order":%d,"change":{"nudge":%r,"period":%r}}'
    n = 100_000 // share
    steps = ",".join(step % (k, k + 1, 0.1 + k * 1e-7, 5 + k * 1e-6) for k in range(n)).encode()
    runs = b'{"t":1,"order":1,"action":"blind","ids":[' + b"[0,1]," * (990_000 // share)
    text = begin + steps + b"]}"
    spaces = zlib.compress(b" " * 7_000_000)
    yield "steps.fireflies", text
    yield "indented.fireflies", text.replace(b",", b",\r\n" + b" " * (60 // share))
    yield "runs.fireflies", begin + runs + b"[0,1]]}]}"
    yield "values.fireflies", begin + b"0," * (1_990_000 // share) + b"0]}"
    yield "steps.png", png(chunk(b"zTXt", KEY + b"\0" + zlib.compress(text, 1)))
    yield "spaces.png", png(*[chunk(b"zTXt", KEY + b"\0" + spaces)] * 200)
    yield (
        "blocks.gif",
        b'GIF89a!\xfe\xff{"fireflies":' + b"x" * 242 + b"\xff" * (80_000_000 // share),
    )
    yield "begins.mp4", b"\0\0\0\x20ftypisom" + b'{"fireflies":' * (9_000_000 // share)


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")
def test_whatever_a_file_says_it_takes_little_time_and_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """At most 200 MB and 2 s of a core until it is opened, or refused."""
    names = []
    for name, contents in heaviest(share=count(10, 1)):
        (tmp_path / name).write_bytes(contents)
        names.append(str(tmp_path / name))
    measured = subprocess.run(
        [sys.executable, "-c", MEASURER, *names],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures = [tuple(map(float, line.split())) for line in measured.stdout.splitlines()]
    seconds, megabytes = max(took for took, _ in figures), max(grown for _, grown in figures)
    record_property("count", f"{len(names)} files, {seconds:.1f} s and {megabytes:.0f} MB at most")
    assert len(figures) == len(names)
    assert seconds < 2.0
    assert megabytes < 200.0


PRESET_TEXT = b"""name = "x"
[parameters]
side = 20
speed = "max"
[[opening]]
action = "silent"
x = 1
y = 2
width = 3
height = 4
"""


def gif_comment(text: bytes) -> bytes:
    """A GIF file that carries a text, and no picture."""
    blocks = [text[at : at + 255] for at in range(0, len(text), 255)]
    return b"GIF89a!\xfe" + b"".join(bytes([len(each)]) + each for each in blocks) + b"\0\x3b"


@pytest.mark.drill
def test_mutated_files_of_every_kind(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Whatever has happened to a file, and whatever it is called: opened, or one short sentence."""
    n = count(400, 9_000)
    rng = random.Random(12)
    originals = {
        ".fireflies": json.dumps(json.loads(TEXT), indent=1).encode(),
        ".png": png(chunk(b"zTXt", KEY + b"\0" + zlib.compress(TEXT))),
        ".gif": gif_comment(TEXT),
        ".mp4": b"\0\0\0\x20ftypisom\0\0\x10\0moov" + TEXT + b" " * 300,
        ".webm": b"\x1aE\xdf\xa3" + bytes(30) + TEXT + b" " * 300,
        ".toml": PRESET_TEXT,
    }
    opened = 0
    for _ in range(n):
        kind = rng.choice(list(originals))
        path = tmp_path / f"it{rng.choice([kind, kind, kind, *originals, '.txt', ''])}"
        path.write_bytes(mutated(originals[kind], rng))
        try:
            is_preset = kind_to_open(path) is OpenedKind.PRESET
            (load_preset if is_preset else load_run)(path)
            opened += 1
        except (SessionError, PresetError, StrangeFileError) as refused:
            text = str(refused)
            assert str(path) in text
            assert "\n" not in text
            assert len(text) < 500
    record_property("count", f"{n} files, {opened} of them opened")
    assert 0 < opened < n


def drop(window: Window, *addresses: str | QUrl) -> None:
    """Let go of something above the window."""
    data = QMimeData()
    data.setUrls([QUrl(each) for each in addresses])
    action, button, keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    application().sendEvent(window, QDragEnterEvent(QPoint(50, 50), action, data, button, keys))
    application().sendEvent(window, QDropEvent(QPointF(50, 50), action, data, button, keys))


def test_what_is_dropped_is_understood_or_called_by_its_name(
    in_window: InWindow, tmp_path: Path
) -> None:
    """Names that have to be encoded, addresses of elsewhere, a picture, several files at once."""
    preset = tmp_path / "50% fünf #1?.toml"
    preset.write_text('name = "Five"\n[parameters]\nside = 5\n')
    huge = tmp_path / "huge.toml"
    huge.write_text("[parameters]\nside = 4000\n")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0")

    async def body(lab: Laboratory) -> None:
        def toast() -> str:
            return lab.window.toast.text()

        drop(lab.window, "https://example.org/a.toml")
        assert toast() == "Not opened: https://example.org/a.toml is not a file on this machine"
        drop(lab.window, QUrl.fromLocalFile(str(photo)))
        assert toast().startswith(f"Not opened: {photo} is a JPEG picture; it must be a preset")
        drop(lab.window, QUrl.fromLocalFile(str(tmp_path)))
        assert toast() == f"Not opened: {tmp_path} is a folder"
        drop(lab.window, QUrl.fromLocalFile(str(huge)))
        assert toast() == (
            f"Not opened: in {huge}, side must be a whole number from 3 to 1000, or with "
            "--allow-large to 2000, got 4000"
        )
        assert lab.intent.restart is None
        assert not lab.window.notice.isVisible()
        assert lab.window.toast.isVisible()
        drop(lab.window, *map(QUrl.fromLocalFile, [str(preset), str(photo), "/a b", "/c", "/d"]))
        assert lab.intent.wanted_values is not None
        assert lab.intent.wanted_values["side"] == 5
        assert lab.controller.preset == str(preset)
        assert not lab.window.toast.isVisible()  # why those before were refused
        words = "One file at a time. Not opened: photo.jpg, a b, c, 1 more"
        assert lab.window.notice.words.text() == words

    in_window(body, SMALL)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["https://example.org/a.toml"], "https://example.org/a.toml is not a file on this"),
        (["file://elsewhere/a.toml"], "file://elsewhere/a.toml is not a file on this machine"),
        (["{there}/photo.jpg"], "{there}/photo.jpg is a JPEG picture; it must be a preset"),
        (["file://{there}/photo%2Ejpg"], "{there}/photo.jpg is a JPEG picture"),
        (["{there}"], "{there} is a folder"),
        (["file://{there}/no%20ne.toml"], "--preset: can't read {there}/no ne.toml: No such"),
        (["file://{there}/no%20ne.gif"], "--session: can't read {there}/no ne.gif: No such"),
        (["a.toml", "b.toml"], "one file at a time, got a.toml and b.toml"),
        (["--preset", "ftp://a/b"], "--preset: ftp://a/b is not a file on this machine"),
        (["run", "--session", "ftp://a/b"], "--session: ftp://a/b is not a file on this machine"),
        (["render", "ftp://a/b", "-o", "x.gif"], "SESSION: ftp://a/b is not a file on this"),
        (["nothing"], "unknown command nothing"),
        (["no/thing"], "can't read no/thing: No such file or directory"),
        (["nothing.jpg"], "can't read nothing.jpg: No such file or directory"),
    ],
)
def test_files_on_the_command_line_are_understood_or_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], given: list[str], words: str
) -> None:
    """In one line that names what was got, before anything opens."""
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0")
    code: str | int | None
    try:
        code = run_command_line([each.format(there=tmp_path) for each in given])
    except SystemExit as left:
        code = left.code
    out, err = capfd.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words.format(there=tmp_path) in err


def test_a_preset_says_no_more_of_itself_than_there_is_room_for(
    in_window: InWindow, tmp_path: Path
) -> None:
    """Names and sentences of any length, with line breaks and marks: the controls stay in sight."""
    path = tmp_path / "it.toml"

    async def body(lab: Laboratory) -> None:
        bar = lab.window.panel.preset_bar
        room = lab.window.panel.sizeHint().width()
        for name, words in (
            ("M" * 7_000, "word " * 1_500),
            ("R&D\\n<b>x</b>" + "\\n" * 3_000, "<img src='file:///etc/passwd'>" + "M" * 5_000),
        ):
            path.write_text(f'name = "{name}"\ndescription = "{words}"\n[parameters]\nside = 5\n')
            lab.files.open(str(path))
            assert len(bar.button.text()) <= 41
            assert len(bar.sentence.text()) <= 300
            assert lab.window.panel.sizeHint().width() <= room
            assert bar.heightForWidth(250) < 250
        assert bar.button.text() == "R&&D <b>x</b>"
        assert bar.sentence.text().startswith("<img src")

    in_window(body, SMALL)
