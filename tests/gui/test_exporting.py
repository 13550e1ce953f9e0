"""Exports from the window: the same as without one, and with all that made them."""

from __future__ import annotations

import csv
import errno
import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from experiments import (
    CoherenceRecord,
    Provenance,
    export_table,
    load_session,
    sidecar_path,
    start_child,
)
from experiments.commands.command_line import main
from experiments.export.kinds import (
    AVALANCHE_EXPORT,
    COHERENCE_EXPORT,
    DEFECT_EXPORT,
    FLASH_EXPORT,
    METRICS_EXPORT,
    PHASE_EXPORT,
    coherence_table,
)
from gui.commands.command_line import run
from gui.controllers.export_jobs import ExportCancelledError
from gui.laboratory import Laboratory
from gui.models.coherence_trace import Curve
from gui.models.exports import PLOT, WindowExport, window_exports
from gui.views.export_menu import ExportMenu
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.waiting import until


async def exported(lab: Laboratory, kind: WindowExport, path: Path) -> str:
    """Export something and wait for it; what the notice says."""
    lab.window.exportRequested.emit(kind, str(path))
    await until(lambda: not lab.exporting.is_on)
    return lab.window.notice.words.text()


async def disturbed(lab: Laboratory) -> None:
    """Let the run come to where something was done to it, and pause it."""
    await until(lambda: lab.simulation.now > 2.0)
    lab.controller.move_value("nudge", 0.07)
    await until(lambda: lab.simulation.now > 4.0)
    lab.intent.is_playing = False
    await until(lambda: lab.simulation.is_complete)


@pytest.mark.slow
def test_it_is_what_a_run_without_a_window_gives(
    in_window: InWindow, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """To the last bit: the command in the sidecar makes the same file again, of every kind."""
    paths = {kind: tmp_path / f"{kind.name}{kind.formats[0]}" for kind in REPEATED}

    async def body(lab: Laboratory) -> None:
        await disturbed(lab)
        digest = lab.simulation.flashes.digest().hexdigest()
        for kind, path in paths.items():
            assert await exported(lab, kind, path) == f"Exported: {path}"
            assert lab.window.notice.buttons[0].text() == "Open folder"
            assert json.loads(sidecar_path(path).read_text())["digest"] == digest
            lab.window.notice.close_button.click()

    in_window(body, SMALL.replace(speed=5.0))
    for kind, path in paths.items():
        assert_made_again(kind, path)
    capfd.readouterr()


REPEATED = (FLASH_EXPORT, COHERENCE_EXPORT, PHASE_EXPORT, AVALANCHE_EXPORT, DEFECT_EXPORT)
"""What a run without a window writes too."""


def assert_made_again(kind: WindowExport, path: Path) -> None:
    """The command beside a file makes it again."""
    about = json.loads(sidecar_path(path).read_text())
    session = load_session(path.with_name(f"{path.name}.fireflies"))
    assert (about["seed"], about["interventions"]) == (1, 1)
    assert about["digest"] == session.digest
    words = about["command"].split()
    assert words[:2] == ["fireflies", "run"]
    kept = words[words.index("--session") + 1]
    again = path.with_name(f"again {path.name}")
    assert main(["--session", str(path.parent / kept), f"--{kind.option}", str(again)]) == 0
    if kind is COHERENCE_EXPORT:  # a run that has ended samples its very last instant too
        assert again.read_text().startswith(path.read_text())
    else:
        assert again.read_bytes() == path.read_bytes()


def test_metrics_are_exported_second_by_second(in_window: InWindow, tmp_path: Path) -> None:
    """As many rows as seconds, with fps and loop lag."""
    path = tmp_path / "metrics.csv"

    async def body(lab: Laboratory) -> None:
        await until(lambda: len(lab.metrics.history) >= 2)
        await exported(lab, METRICS_EXPORT, path)

    in_window(body, SMALL)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 2
    assert float(rows[-1]["fps_mean"]) > 0.0
    assert "loop_lag_ms_p99" in rows[0]


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_plot_is_a_picture(in_window: InWindow, tmp_path: Path, suffix: str) -> None:
    """With what made it beside it."""
    path = tmp_path / f"plot{suffix}"

    async def body(lab: Laboratory) -> None:
        await disturbed(lab)
        await exported(lab, PLOT, path)

    in_window(body, SMALL.replace(speed=5.0))
    if suffix == ".svg":
        assert "nudge 0.07 s" in path.read_text()
    else:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (2_008, 1_181)
    assert json.loads(sidecar_path(path).read_text())["seed"] == 1
    assert load_session(path.with_name(path.name + ".fireflies"))


def test_a_plot_that_cannot_be_written_is_refused_at_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In one line, before anything runs."""
    for wrong, words in (("it.pdf", "must end in .svg or .png"), ("none/it.svg", "No such file")):
        with pytest.raises(SystemExit) as left:
            run(["run", "--plot", str(tmp_path / wrong)])
        assert left.value.code == 2
        _, err = capfd.readouterr()
        assert words in err
        assert err.count("\n") == 1


def test_what_cannot_be_written_is_said_to(in_window: InWindow, tmp_path: Path) -> None:
    """One sentence, whatever it is, and the run goes on."""

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 0.2)
        for kind in window_exports().values():
            name = f"{kind.name}{kind.formats[0]}"
            words = await exported(lab, kind, tmp_path / "none" / name)
            assert words.startswith("Not exported: ")
            assert name in words
            lab.window.notice.close_button.click()
            words = await exported(lab, kind, tmp_path / "it.doc")
            assert "must end in" in words, name
            lab.window.notice.close_button.click()
        before = lab.simulation.now
        await until(lambda: lab.simulation.now > before)

    in_window(body, SMALL)
    assert list(tmp_path.iterdir()) == []


def test_a_repetition_can_be_cancelled(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process, no half file and no session without its file is left."""
    path = tmp_path / "flashes.csv"
    begun: list[subprocess.Popen[str]] = []

    def begin(*arguments: Any, **options: Any) -> subprocess.Popen[str]:
        begun.append(start_child(*arguments, **options))
        return begun[-1]

    monkeypatch.setattr("gui.controllers.export_jobs.start_child", begin)

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 1.0)
        lab.window.exportRequested.emit(FLASH_EXPORT, str(path))
        (process,) = begun
        await until(lambda: lab.window.notice.isVisible())
        assert lab.window.notice.words.text().startswith("Exporting flashes.csv: the run is")
        lab.window.notice.buttons[0].click()
        await until(lambda: not lab.exporting.is_on)
        assert process.returncode is not None
        assert not lab.window.notice.isVisible()

    in_window(body, SMALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_repetition_that_fails_says_why(in_window: InWindow, tmp_path: Path) -> None:
    """In the place of how far it was; no session without its file is left."""
    path = tmp_path / "flashes.csv"
    path.mkdir()

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 1.0)
        lab.window.exportRequested.emit(FLASH_EXPORT, str(path))
        await until(lambda: not lab.exporting.is_on)
        words = lab.window.notice.words.text()
        assert words.startswith("Not exported: ")
        assert "it is a folder" in words
        assert not lab.window.notice.waiting.isVisible()

    in_window(body, SMALL)
    assert list(tmp_path.iterdir()) == [path]


def test_a_repetition_that_cannot_begin_leaves_nothing(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the session that would have been repeated."""

    def refuse(*_given: object, **_options: object) -> None:
        raise OSError(errno.EAGAIN, "there are too many processes")

    monkeypatch.setattr("gui.controllers.export_jobs.start_child", refuse)

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 1.0)
        words = await exported(lab, FLASH_EXPORT, tmp_path / "flashes.csv")
        assert "there are too many processes" in words

    in_window(body, SMALL)
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_one_export_does_not_hold_up_the_next(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is reported as an error of the program, and what waited is written."""
    may_fail = threading.Event()

    def fail(_curve: Curve, _path: Path, _provenance: Provenance) -> None:
        assert may_fail.wait(60)
        raise RuntimeError("no pen")

    monkeypatch.setattr("gui.laboratory.save_plot", fail)
    errors: list[BaseException] = []

    async def body(lab: Laboratory) -> None:
        lab.pump.on_error = errors.append
        await until(lambda: lab.simulation.now > 0.2)
        lab.window.exportRequested.emit(PLOT, str(tmp_path / "a.svg"))
        lab.window.exportRequested.emit(PHASE_EXPORT, str(tmp_path / "b.npy"))
        may_fail.set()
        await until(lambda: (tmp_path / "b.npy").exists() and not lab.exporting.is_on)

    in_window(body, SMALL)
    assert [str(error) for error in errors] == ["no pen"]


@pytest.mark.slow
def test_exports_wait_for_each_other(in_window: InWindow, tmp_path: Path) -> None:
    """None is refused; each has the moment at which it was asked for; all are told at the end."""
    paths = [tmp_path / name for name in ("a.csv", "b.npy", "c.csv")]

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 1.0)
        for path, kind in zip(paths, (FLASH_EXPORT, PHASE_EXPORT, COHERENCE_EXPORT), strict=True):
            lab.window.exportRequested.emit(kind, str(path))
        asked_at = lab.simulation.now
        lab.window.exportRequested.emit(COHERENCE_EXPORT, str(paths[2]))
        assert "c.csv is being exported already" in lab.window.notice.words.text()
        lab.window.noticeAnswered.emit(None)
        await until(lambda: "; then 2 more" in lab.window.notice.words.text())
        assert [b.text() for b in lab.window.notice.buttons] == ["Cancel", "Cancel all"]
        await until(lambda: not lab.exporting.is_on)
        assert lab.window.notice.words.text() == f"Exported: {', '.join(map(str, paths))}"
        for path in paths:
            assert json.loads(sidecar_path(path).read_text())["virtual_s"] <= asked_at

    in_window(body, SMALL)


def test_all_exports_can_be_cancelled(in_window: InWindow, tmp_path: Path) -> None:
    """What waits too; and another one can be asked for afterwards."""

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 1.0)
        lab.window.exportRequested.emit(FLASH_EXPORT, str(tmp_path / "a.csv"))
        lab.window.exportRequested.emit(PHASE_EXPORT, str(tmp_path / "b.npy"))
        await until(lambda: "; then 1 more" in lab.window.notice.words.text())
        lab.window.notice.buttons[1].click()
        await until(lambda: not lab.exporting.is_on)
        assert list(tmp_path.iterdir()) == []
        assert await exported(lab, PHASE_EXPORT, tmp_path / "c.npy") == (
            f"Exported: {tmp_path / 'c.npy'}"
        )

    in_window(body, SMALL)


def test_a_table_can_be_given_up_while_it_is_written(tmp_path: Path) -> None:
    """At the next look at how much is done; what was there before stays."""
    path = tmp_path / "r.csv"
    path.write_text("before")
    record = CoherenceRecord(9)
    for j in range(200_000):
        record.add(j * 0.1, 0.5, 5.0)
    shares = []

    def note(share: float) -> None:
        shares.append(share)
        if share > 0.3:
            raise ExportCancelledError

    about = Provenance(command="", parameters=SMALL)
    with pytest.raises(ExportCancelledError):
        export_table(path, coherence_table(record), about, on_share=note)
    assert shares == sorted(shares)
    assert 0.3 < shares[-1] < 1.0
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_a_long_record_is_exported_whole(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Samples that the window let go come from repeating the run."""
    monkeypatch.setattr("gui.laboratory.MOST_SAMPLES", 100)
    path = tmp_path / "r.csv"

    async def body(lab: Laboratory) -> None:
        await lab.pump.run_ahead(40.0)
        lab.intent.is_playing = False
        assert not lab.simulation.coherence.is_whole
        await exported(lab, COHERENCE_EXPORT, path)
        latest = lab.simulation.coherence
        rows = path.read_text().splitlines()
        assert len(rows) == 1 + len(latest)
        last = (latest.times, latest.values, latest.mean_phases)
        assert rows[-1] == ",".join(repr(column[-1].item()) for column in last)

    in_window(body, SMALL, is_playing=False)


def test_the_share_done_is_told_to_other_programs(capfd: pytest.CaptureFixture[str]) -> None:
    """A line for each percent, also where there is no terminal."""
    assert run(["run", "--side", "3", "--seconds", "2", "--progress"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["virtual_s"] == 2.0
    assert err.splitlines()[-1] == "running: 100 %"


def test_phases_are_those_that_show(in_window: InWindow, tmp_path: Path) -> None:
    """By id, in seconds."""
    path = tmp_path / "phases.npy"

    async def body(lab: Laboratory) -> None:
        await disturbed(lab)
        await exported(lab, PHASE_EXPORT, path)
        assert np.array_equal(np.load(path), lab.simulation.phases())

    in_window(body, SMALL.replace(speed=5.0))


def test_the_menu_asks_for_a_file(qtbot: QtBot, qapp: QApplication) -> None:
    """Each entry stands for one kind of export."""
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    menu = ExportMenu(parent)
    asked: list[WindowExport] = []
    menu.exportRequested.connect(asked.append)
    for action in menu.actions():
        action.trigger()
    assert asked == list(window_exports().values())
