"""Settings that were damaged: kept aside, said once, and a window comes up."""

from __future__ import annotations

import base64
import json
import logging
import os
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gui.app import bring_back
from gui.kept.memory import Memory
from gui.kept.settings import Settings, load_settings, save_settings
from gui.laboratory import open_laboratory
from gui.models.recording import RecordingChoice
from tests.gui.conftest import Run
from tests.gui.shown_bytes import in_words
from tests.gui.staged import SMALL
from tests.proofs import count

SAVED = Settings(
    width=1_000,
    height=700,
    arrangement=random.Random(1).randbytes(480),
    theme="night",
    text_scale=1.5,
    preset="Waves",
    recording=RecordingChoice(size="1080p", fps=60),
)


def recording(**values: object) -> bytes:
    """Settings whose recording part is something else."""
    return json.dumps({"recording": {"subject": "grid", **values}}).encode()


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"{",
        recording(fps=0),
        recording(fps=-(10**300)),
        recording(fps=10**300),
        b'{"recording": {"fps": 1' + b"0" * 5_000 + b"}}",
        recording(fps=1e300),
        recording(size="9999p"),
        recording(suffix=".exe"),
        recording(subject="moon"),
        b'{"width": 1e400}',
        b"\xff\xd8\xff\xe0",
        '{"theme": "night"}'.encode("utf-16"),
    ],
    ids=in_words,
)
def test_damaged_settings_are_kept_aside_and_said_once(
    tmp_path: Path, contents: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is remembered then; the next start has nothing to say any more."""
    path = tmp_path / "settings.json"
    path.write_bytes(contents)
    told: list[str] = []
    with caplog.at_level(logging.WARNING):
        assert load_settings(path, told.append) == Settings()
    assert load_settings(path, told.append) == Settings()
    kept = tmp_path / "settings.json.bad"
    assert kept.read_bytes() == contents
    assert os.listdir(tmp_path) == [kept.name]
    (sentence,) = told
    assert [record.getMessage() for record in caplog.records] == [sentence]
    assert str(path) in sentence
    assert str(kept) in sentence
    assert "\n" not in sentence
    assert len(sentence) < 600


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_settings_that_are_no_file_are_said_and_left_alone(tmp_path: Path, kind: str) -> None:
    """They may be somebody's will."""
    path = tmp_path / "settings.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(os.devnull)
    told: list[str] = []
    assert load_settings(path, told.append) == Settings()
    assert kind in told[0]
    assert os.listdir(tmp_path) == ["settings.json"]


def test_settings_are_understood_in_any_layout(tmp_path: Path) -> None:
    """As an editor may leave them."""
    path = tmp_path / "settings.json"
    save_settings(path, SAVED)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_settings(path) == SAVED


def test_damaged_settings_lead_a_link_nowhere_else(tmp_path: Path) -> None:
    """What the link leads to is kept beside it; the link stays."""
    real, path = tmp_path / "real", tmp_path / "settings.json"
    real.write_bytes(b"damaged")
    path.symlink_to(real)
    assert load_settings(path) == Settings()
    assert path.is_symlink()
    assert (tmp_path / "real.bad").read_bytes() == b"damaged"


def test_a_damaged_arrangement_never_reaches_qt(tmp_path: Path) -> None:
    """Qt crashes over some of them: whatever byte differs, it is given none."""
    path = tmp_path / "settings.json"
    save_settings(path, SAVED)
    layout = json.loads(path.read_bytes())
    for at in range(len(SAVED.arrangement)):
        other = bytearray(SAVED.arrangement)
        other[at] ^= 0x80
        layout["arrangement"] = base64.b64encode(other).decode()
        path.write_text(json.dumps(layout))
        assert load_settings(path) == Settings()
    del layout["arrangement_check"]
    path.write_text(json.dumps(layout))
    kept = load_settings(path)
    assert kept == msgspec.structs.replace(SAVED, arrangement=b"")


@pytest.mark.drill
def test_mutated_settings_bring_a_window_up(
    tmp_path: Path, run: Run, record_property: Callable[[str, object], None]
) -> None:
    """Settings to which anything has happened: a start that goes on, with or without them."""
    n = count(150, 3_000)
    record_property("count", f"{n} files")
    path = tmp_path / "settings.json"
    rng = random.Random(5)

    async def main() -> None:
        async with open_laboratory(SMALL) as lab:
            arranged = msgspec.structs.replace(
                SAVED, arrangement=lab.window.workbench.arrangement()
            )
            save_settings(path, arranged)
            original = path.read_bytes()
            for _ in range(n):
                data = bytearray(original)
                for _ in range(rng.choice([1, 1, 1, 3])):
                    at = rng.randrange(len(data))
                    if rng.random() < 0.5:
                        data[at] = rng.randrange(256)
                    else:
                        new = rng.choice([b"", b"9" * 40, b"-", b"1e999", b"null", b"[", b'"'])
                        data[at : at + rng.choice([0, 1, 4])] = new
                path.write_bytes(data)
                settings = load_settings(path)
                bring_back(lab.window, settings, None)
                lab.window.recordingChoiceRequested.emit(Memory(settings).recording)

    run(main())
