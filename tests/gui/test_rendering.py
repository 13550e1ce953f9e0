"""``fireflies render`` and ``--record``: the run in a file, frame by frame."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from experiments import Parameters, Simulation, load_session
from gui.commands.command_line import run
from gui.picture.colour_table import colour_table
from gui.picture.glow import FLASH
from gui.picture.theme import GLOW_STOPS
from gui.recording.recorded_session import session_in
from tests.experiments.simulating import flashes_of, simulate
from tests.forked import Child
from tests.proofs import count

pytestmark = pytest.mark.slow

SIZE = ["--size", "320x240"]
TINY = ["--side", "8", *SIZE, "--no-caption"]


def rendered(
    capfd: pytest.CaptureFixture[str], *arguments: object
) -> tuple[str | int | None, Any, str]:
    """Exit code, report and stderr of ``fireflies render``."""
    code: str | int | None
    try:
        code = run(["render", *map(str, arguments)])
    except SystemExit as left:
        code = left.code
    out, err = capfd.readouterr()
    return code, json.loads(out) if out else None, err


@pytest.fixture(autouse=True)
def _in_a_process(qapp: QApplication) -> None:
    """There is one application in a test's process, and it stays."""


def decoded(path: Path) -> tuple[list[float], list[NDArray[np.uint8]]]:
    """Times, and pictures RGB, of all frames."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        pictures = [f.to_ndarray(format="rgb24", src_colorspace="ITU709") for f in frames]
        return [f.time for f in frames], [picture.astype(np.uint8) for picture in pictures]


class Command:
    """``fireflies`` in a process of its own, without a display."""

    def __init__(self, *arguments: object, **environment: str) -> None:
        code = "import sys; from gui.commands.command_line import run; sys.exit(run(sys.argv[1:]))"
        self.process = Child(
            code,
            *arguments,
            environment={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
            begins_session=True,
        )

    def end(self) -> tuple[int, str, str]:
        """Exit code, output and errors."""
        out, err = self.process.communicate()
        return self.process.wait(), out, err


def test_each_frame_shows_the_flashes_of_its_time(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Pixel by pixel: brightness is what the model's flashes say, at ``k / fps * speed``."""
    path = tmp_path / "it.mp4"
    given = ("--seconds", 6, "--fps", 30, "--draw", "tiles", "-o", path)
    code, report, err = rendered(capfd, *TINY, *given)
    assert (code, err) == (0, "")
    assert report["frames"] == 6 * 30

    async def body(simulation: Simulation) -> tuple[list[tuple[float, int]], str]:
        simulation.run_until(6.0)
        return flashes_of(simulation), simulation.flashes.digest().hexdigest()

    parameters = Parameters(side=8)
    flashes, digest = simulate(body, parameters)
    assert report["digest"] == digest
    times, pictures = decoded(path)
    assert times == pytest.approx([k / 30 for k in range(180)])
    table = colour_table(GLOW_STOPS)[:, :3].astype(int)
    length = 240 - 2 * (240 // 24)
    middles = ((np.arange(8) + 0.5) * length / 8).astype(int)
    rows, columns = (240 - length) // 2 + middles, (320 - length) // 2 + middles
    for k in range(5, 180, 11):
        t = k / 30
        last = np.full(64, -np.inf)
        for when, who in flashes:
            if when <= t + 1e-9:
                last[who] = when
        brightness = FLASH.brightness((t - last) / (parameters.glow * parameters.period))
        wanted = table[np.rint(255 * brightness).astype(int)].reshape(8, 8, 3)
        seen = pictures[k][np.ix_(rows, columns)].astype(int)
        assert np.abs(seen - wanted).max() <= 24, f"frame {k}"
        assert np.abs(seen - wanted).mean() <= 4


def test_the_same_rendering_twice_is_the_same(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Picture for picture, with captions, here and in a process of its own."""
    here, there = tmp_path / "here.mp4", tmp_path / "there.mp4"
    arguments = ["--side", 8, *SIZE, "--seconds", 1, "--view", "phase", "-o"]
    assert rendered(capfd, *arguments, here)[0] == 0
    assert Command("render", *arguments, there).end()[0] == 0
    both = [[picture.tobytes() for picture in decoded(path)[1]] for path in (here, there)]
    assert both[0] == both[1]
    assert len(both[0]) == 60


@pytest.mark.drill
def test_time_per_frame_stays_the_same(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    """600 frames of 720p, twice: no frame takes longer for those before, and all are equal."""
    n = count(12, 600)
    reports, both = [], []
    for k in range(2):
        path = tmp_path / f"{k}.mp4"
        code, report, _ = rendered(capfd, "--seconds", n / 60, "-o", path)
        assert code == 0
        reports.append(report)
        both.append([picture.tobytes() for picture in decoded(path)[1]])
    assert both[0] == both[1]
    assert [report["frames"] for report in reports] == [n, n]
    first, last = (reports[1][f"ms_per_frame_{name}_tenth"] for name in ("first", "last"))
    record_property("count", f"{n} frames, {first:.1f} ms at first, {last:.1f} ms at last")


def test_a_session_is_rendered_to_its_end(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With what was done to it; the report says that it is the same run."""
    session, path = tmp_path / "it.fireflies", tmp_path / "it.mp4"
    assert run(["run", "--preset", "two-islands", "--seconds", "4", "--save", str(session)]) == 0
    capfd.readouterr()
    arguments = [session, "-o", path, *SIZE, "--fps", 30, "--speed", 2]
    code, report, _ = rendered(capfd, *arguments)
    assert (code, report["identical"], report["frames"]) == (0, True, 60)
    assert session_in(path) == load_session(session)
    again = tmp_path / "again.webm"
    code, told, _ = rendered(capfd, path, "-o", again, *SIZE, "--fps", 30, "--speed", 20)
    assert (code, told["identical"]) == (0, True)
    assert run(["run", "--session", str(path)]) == 0  # the run out of the video, without pictures
    assert json.loads(capfd.readouterr().out)["digest"] == report["digest"]


def test_a_rendering_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    """No file that is half a video, and none that is hidden."""
    path = tmp_path / "it.mp4"
    command = Command("render", "--seconds", 1000, "-o", path)
    deadline = time.monotonic() + 240
    while not list(tmp_path.glob(".*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    command.process.send_signal(signal.SIGINT)
    code, out, err = command.end()
    assert (code, out, err) == (130, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "{folder}/it.avi"], "-o {folder}/it.avi must end in .mp4, .webm, .gif"),
        (["-o", "{there}"], "exists already"),
        (["-o", "{folder}/none/it.mp4"], "can't be written: No such file"),
        (["-o", "{file}", "--size", "7"], "--size must be"),
        (["-o", "{file}", "--size", "1281x720"], "--size must be"),
        (
            ["-o", "{file}", "--fps", "29.97"],
            "--fps must be a whole number from 1 to 120, got '29.97'",
        ),
        (["-o", "{folder}/it.gif", "--fps", "60"], "--fps must be from 1 to 50 for a .gif file"),
        (["-o", "{file}", "--speed", "max"], "--speed must be a number for a video"),
        (["-o", "{file}", "--speed", "0"], "--speed must be from 0.05 to 1000"),
        (["-o", "{file}", "{folder}/none.fireflies"], "SESSION: can't read"),
        (["-o", "{file}", "{there}"], "SESSION: {there} carries no session of Fireflies"),
        (["-o", "{file}", "{there}", "--nudge", "1"], "--nudge does not go with SESSION"),
        (["-o", "{file}", "--view", "lateness"], "--view"),
        ([], "-o"),
    ],
)
def test_what_is_wrong_is_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """On stderr, with exit code 2, before anything runs."""
    there = tmp_path / "there.mp4"
    there.write_bytes(b"it is there")
    names = {"folder": tmp_path, "there": there, "file": tmp_path / "new.mp4"}
    code, report, err = rendered(capfd, *(each.format(**names) for each in arguments))
    assert (code, report) == (2, None)
    assert words.format(**names) in err
    assert err.count("\n") == 1
    assert there.read_bytes() == b"it is there"
    assert not names["file"].exists()


def test_a_recording_from_the_first_frame_on(tmp_path: Path) -> None:
    """``--record``: it begins at t = 0, and a signal finishes it."""
    path = tmp_path / "it.mp4"
    metrics = tmp_path / "metrics.jsonl"
    home = {f"XDG_{name}_HOME": str(tmp_path) for name in ("STATE", "CONFIG")}
    command = Command("--side", 8, "--record", path, *SIZE, "--fps", 60, "--metrics", metrics,
                      **home)  # fmt: skip
    deadline = time.monotonic() + 240
    while (not metrics.exists() or metrics.read_text().count("\n") < 2) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.02)
    command.process.send_signal(signal.SIGTERM)
    code, out, err = command.end()
    assert (code, out, err) == (143, "", "")
    times, _ = decoded(path)
    session = session_in(path)
    assert metrics.read_bytes().endswith(b"}\n")
    assert times[-1] > 1.5
    assert session.end == pytest.approx(times[-1], abs=0.3), "both began together"
    assert session.parameters == Parameters(side=8)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--record", "{there}"], "--record {there} exists already"),
        (["--record", "it.avi"], "--record it.avi must end in"),
        (["--fps", "30"], "--fps goes only with --record"),
        (["--no-caption"], "--no-caption goes only with --record"),
        (["--record", "{folder}/it.mp4", "--screenshot", "{folder}/it.png"], "does not go with"),
        (["{folder}/none.fireflies"], "--session: can't read"),
        (["{there}"], "--session: {there} carries no session"),
    ],
)
def test_what_is_wrong_with_a_window_is_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Before it opens."""
    there = tmp_path / "there.mp4"
    there.write_bytes(b"it is there")
    names = {"folder": tmp_path, "there": there}
    with pytest.raises(SystemExit) as left:
        run([each.format(**names) for each in arguments])
    _, err = capfd.readouterr()
    assert left.value.code == 2
    assert words.format(**names) in err
    assert err.count("\n") == 1


def test_how_long_the_video_will_be_is_said_before_it_is_made(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """To whoever watches: virtual seconds by the speed, which is what the file then lasts."""
    monkeypatch.setattr("gui.commands.recording_options.is_watched", lambda: True)
    path = tmp_path / "short.mp4"
    code, _, err = rendered(capfd, "--seconds", 2, "--speed", 4, "--fps", 20, "-o", path, *TINY)
    assert code == 0
    assert err.startswith("2 virtual seconds at 4x: a video of 0.5 s\n")
    times, _ = decoded(path)
    assert times[-1] + 1 / 20 == pytest.approx(0.5, abs=1 / 20 + 1e-6)
