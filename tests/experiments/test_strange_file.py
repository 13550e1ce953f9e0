"""Files that come from strangers: understood however they are laid out, or refused in words."""

from __future__ import annotations

import codecs
import io
import json
import os
import random
import socket
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments import (
    Action,
    Parameters,
    PresetError,
    Session,
    SessionError,
    Step,
    decode_session,
    encode_session,
    find_preset,
    load_preset,
    load_session,
    path_of,
)
from experiments.files.strange_file import StrangeFileError, one_line, plain_text, read_bounded

RUN = Session(
    Parameters(side=7, period=1e-5 + 3, jitter=1e-5, seed=2**64 - 1),
    (
        Step(0.1 + 0.2, action=Action.SILENT, ids=((0, 2), (5, 1))),
        Step(1.5, change=(("speed", float("inf")), ("nudge", 1 / 3))),
        Step(1e7, action=Action.REVIVE),
    ),
    1e11,
    3,
    "0" * 64,
    "0.1.0",
)

PRESET = """name = "Fünf"
description = \"\"\"two
lines\"\"\"
[parameters]
side = 5
"""


def crlf(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


def old_mac(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r")


def bom(text: bytes) -> bytes:
    return codecs.BOM_UTF8 + text


def both(text: bytes) -> bytes:
    return bom(crlf(text))


def indented(text: bytes) -> bytes:
    return json.dumps(json.loads(text), indent=2).encode()


def tight(text: bytes) -> bytes:
    return json.dumps(json.loads(text), separators=(",", ":")).encode()


def in_one_line(text: bytes) -> bytes:
    return b"  \n\t" + text.replace(b"\n", b"") + b"\n\n"


@pytest.mark.parametrize("layout", [crlf, old_mac, bom, both, indented, tight, in_one_line])
def test_the_layout_of_a_session_is_of_no_account(layout: Callable[[bytes], bytes]) -> None:
    """A file that other programs have passed on is the same session, check sum and all."""
    text = layout(encode_session(RUN))
    assert b'"check"' in text
    assert decode_session(text, "it") == RUN


def test_damage_is_found_in_any_layout() -> None:
    """Whatever value differs, the file isn't taken for the one that was saved."""
    layout = json.loads(encode_session(RUN))
    rng = random.Random(1)
    others: list[dict[str, Any]] = [
        {"end": 2e11}, {"flashes": 4}, {"digest": "1" + "0" * 63}, {"version": "0.1.1"},
        {"interventions": layout["interventions"][:2]}, {"flashes": None}, {"digest": None},
        {"parameters": {**layout["parameters"], "seed": 2**64 - 2}},
    ]  # fmt: skip
    for other in others:
        text = json.dumps({**layout, **other}, indent=rng.randint(0, 4))
        with pytest.raises(SessionError, match="check: the contents are not those"):
            decode_session(text, "it")


def test_a_check_sum_of_old_is_still_right() -> None:
    """What was written by the first version of this program, whose sum was over its bytes."""
    text = (
        b'{"fireflies":1,"version":"0.1.0","parameters":{"side":4,"period":5.0,"nudge":0.2,'
        b'"refractory":1.0,"jitter":0.1,"glow":0.3,"speed":"max","seed":1},\n"interventions":[\n'
        b'{"t":0.5,"order":1,"change":{"nudge":0.30000000000000004,"period":4.0}},\n'
        b'{"t":1.0,"order":2,"action":"blind","ids":[[3,2]]}\n],\n'
        b'"end":2.0,"flashes":9,"digest":"' + b"a" * 64 + b'"'
    )
    whole = text + b',\n"check":"727d5efe"}\n'
    assert zlib.crc32(text) == 0x727D5EFE
    assert decode_session(whole, "it").steps[1].ids == ((3, 2),)
    assert decode_session(indented(whole), "it") == decode_session(whole, "it")


@pytest.mark.parametrize("layout", [crlf, old_mac, bom, both])
def test_the_layout_of_a_preset_is_of_no_account(
    tmp_path: Path, layout: Callable[[bytes], bytes]
) -> None:
    """Byte-order mark and line ends of any system."""
    path = tmp_path / "it.toml"
    path.write_bytes(layout(PRESET.encode()))
    preset = load_preset(path)
    assert (preset.name, preset.description) == ("Fünf", "two\nlines")
    assert preset.values == {"side": 5}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a b.toml", "a b.toml"),
        ("12:30.toml", "12:30.toml"),
        ("note:x.toml", "note:x.toml"),
        ("100%25.toml", "100%25.toml"),
        ("file:///a/b%20c%25.toml", "/a/b c%.toml"),
        ("file:/a/b.toml", "/a/b.toml"),
        ("FILE://localhost/a/f%C3%BCnf.toml", "/a/fünf.toml"),
        ("file:///a/fünf.toml", "/a/fünf.toml"),
        ("file:///a/%FF?#.toml", "/a/\udcff?#.toml"),
        (f"file://{socket.gethostname()}/a.toml", "/a.toml"),
        ("C:x", "C:x"),
    ],
)
def test_an_address_of_a_file_is_understood(text: str, path: str) -> None:
    """As file managers and desktops hand them over, and whatever else is a name stays one."""
    assert str(path_of(text)) == path


def test_a_file_that_is_named_like_an_address_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is there: a recording may well be called so."""
    monkeypatch.chdir(tmp_path)
    assert str(path_of("file:x.mp4")) == "x.mp4"
    Path("file:x.mp4").touch()
    assert str(path_of("file:x.mp4")) == "file:x.mp4"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a.toml",
        "file://elsewhere/a.toml",
        "smb://host/a",
        "data://" + "x" * 999,
    ],
)
def test_an_address_of_something_else_is_called_so(text: str, tmp_path: Path) -> None:
    """By the functions that open files too, and no longer than anybody reads."""
    for read in (path_of, find_preset):
        with pytest.raises(ValueError, match="is not a file on this machine") as refused:
            read(text)
        assert text[:100] in str(refused.value)
        assert len(str(refused.value)) < 300


FOREIGN = {
    "UTF-16": PRESET.encode("utf-16"),
    "text in UTF-16": '{"fireflies": 1}'.encode("utf-16-be"),
    "UTF-32": PRESET.encode("utf-32"),
    "byte 0xfc in line 1": PRESET.encode("latin-1"),
    "byte 0xff in line 2": b"ab\xc3\xa4\n\xff",
    "a JPEG picture": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "a ZIP archive": b"PK\x03\x04\x14\x00\x00\x00",
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3",
    "an SVG picture": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a web page": b"\n<!DOCTYPE html><p>",
    "a program": b"\x7fELF\x02\x01\x01",
    "zero bytes": b"name = 'a\0b'",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_something_else_is_called_by_its_name(tmp_path: Path, kind: str) -> None:
    """Rather than by the words of a decoder; as a preset, and as a session."""
    path = tmp_path / "it"
    path.write_bytes(FOREIGN[kind])
    for load, error in ((load_preset, PresetError), (load_session, SessionError)):
        with pytest.raises(error) as refused:
            load(path)
        text = str(refused.value)
        assert kind in text
        assert str(path) in text
        assert "codec" not in text
        assert "\n" not in text


def test_text_that_is_cut_between_pieces_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters of several bytes may lie across the borders of what is looked at in one go."""
    text = "aä€😀\n".encode() * 50
    for piece in (1, 2, 3, 7):
        monkeypatch.setattr("experiments.files.strange_file.PIECE_BYTES", piece)
        assert plain_text(text) == text
        for cut in (1, 2):
            with pytest.raises(StrangeFileError, match=r"byte 0x.. in line 2$"):
                plain_text("ä\n".encode() + "😀".encode()[:-cut])


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """Pipes, sockets, devices and folders are refused at once, behind a link too."""
    pipe, link, there = tmp_path / "pipe", tmp_path / "link", tmp_path / "socket"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(there))
        for path, words in (
            (pipe, "is not a file but a pipe"),
            (link, "is not a file but a pipe"),
            (there, "is not a file but a socket"),
            (Path("/dev/zero"), "is not a file but a device"),
            (tmp_path, "is a folder"),
            (tmp_path / "none", "can't read .*none: No such file"),
            (Path("a\0b"), "can't read"),
        ):
            with pytest.raises(StrangeFileError, match=words):
                read_bounded(path, 10, "a test")


def test_a_file_without_end_is_not_begun(tmp_path: Path) -> None:
    """What it has is told beside what is allowed, whatever its size."""
    path = tmp_path / "holes"
    with path.open("wb") as file:
        file.truncate(20_000_000_000)
    with pytest.raises(StrangeFileError, match=r"too large for a test: at most 16 kB, got 20 GB$"):
        read_bounded(path, 16_000, "a test")
    os.truncate(path, 16_001)
    with pytest.raises(StrangeFileError, match=r"at most 16 kB, got 16,001 bytes$"):
        read_bounded(path, 16_000, "a test")


def test_a_file_that_would_have_to_be_waited_for_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of those that systems make up are regular ones, and have nothing to say yet."""
    path = tmp_path / "made up"
    path.write_bytes(b"x")

    class Waiting(io.BytesIO):
        def read(self, size: int | None = -1) -> Any:
            return None

        def fileno(self) -> int:
            return handle

    handle = os.open(path, os.O_RDONLY)
    monkeypatch.setattr("experiments.files.strange_file.open_regular", lambda _: Waiting())
    assert read_bounded(path, 10, "a test") == b""
    os.close(handle)


@pytest.mark.parametrize(
    ("begin", "piece", "end"),
    [
        (b'{"interventions":[', b'{"t":1,"order":1,"change":{"nudge":0.1}},', b"null]}"),
        (b'{"interventions":[{"t":1,"order":1,"change":{', b'"a":1,', b'"b":1}}]}'),
        (b'{"interventions":[{"t":1,"order":1,"action":"blind","ids":[', b"[0,1],", b"[0,1]]}]}"),
        (b"{", b'"a":1,', b'"b":1}'),
        (b"[", b"1,", b"1]"),
        (b"", b"[", b""),
        (b'{"version":"', b"\\u0041", b'"}'),
    ],
)
def test_a_session_of_too_much_is_refused_before_it_is_read(
    begin: bytes, piece: bytes, end: bytes
) -> None:
    """Interventions, keys, runs of ids, nested lists by the million: one sentence each."""
    text = begin + piece * (5_000_000 // len(piece)) + end
    with pytest.raises(SessionError) as refused:
        decode_session(text, "it")
    assert len(str(refused.value)) < 400


def test_keys_by_the_thousand_are_not_made_into_objects() -> None:
    """A change has no more fields than there are parameters."""
    layout = json.loads(encode_session(RUN))
    layout["interventions"][1]["change"] = {f"{k}": 1.0 for k in range(1_000)}
    del layout["check"]
    with pytest.raises(SessionError, match=r"interventions\[1\] has more fields than there are"):
        decode_session(json.dumps(layout), "it")


@pytest.mark.parametrize("begin", ["a", "[a", '"a b"', "x = {a"])
def test_keys_of_very_many_parts_are_refused_at_once(tmp_path: Path, begin: str) -> None:
    """They take time and memory that grow with the square of their length; words don't."""
    path = tmp_path / "it.toml"
    path.write_text(begin + " . b" * 3_000 + " = 1")
    with pytest.raises(PresetError, match="a key of more than 20 parts"):
        load_preset(path)
    words = "a.b.c. 1.5.2 www.example.org/a.b.c ... " + "x" * 9_000 + "." * 3_000
    path.write_text(f'name = "{words}"\n[parameters]\nside = 5\n')
    assert load_preset(path).name == words


def test_what_a_file_says_is_quoted_no_longer_than_anybody_reads() -> None:
    """Names and words by the megabyte; the sentence has an end."""
    layout = json.loads(encode_session(RUN))
    others = layout["interventions"][1:]
    words = "a " * 1_000_000
    fields: tuple[tuple[str, dict[str, Any]], ...]
    fields = (("action", {"action": words}), ("change", {"change": {words: 1}}), ("", {words: 1}))
    for field, step in fields:
        text = json.dumps(
            {**layout, "check": "", "interventions": [{"t": 0, "order": 1, **step}, *others]}
        )
        with pytest.raises(SessionError) as refused:
            decode_session(text, "it")
        assert len(str(refused.value)) < 400
        assert f"interventions[0].{field}".rstrip(".") in str(refused.value)


def test_names_that_are_no_text_are_told_all_the_same() -> None:
    """Bytes that are none, as a shell would write them; no sentence loses a name."""
    name = os.fsdecode(b"\xff\xc3.fireflies")
    with pytest.raises(StrangeFileError) as refused:
        read_bounded(Path(name), 10, "preset")
    assert "\\xff\\xc3.fireflies" in str(refused.value)
    assert "\n" not in one_line("two\nlines")
