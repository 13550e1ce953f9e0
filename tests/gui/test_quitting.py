"""Every way to end the program ends it as the window's button does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

import gui.app
from experiments import Parameters
from experiments.export.kinds import FLASH_EXPORT
from gui.app import show_window
from gui.laboratory import Laboratory
from gui.models.recording_settings import RecordingSettings, Subject
from gui.system.event_loop import run_app
from tests.gui.application import application
from tests.gui.waiting import LONGEST_S
from tests.proofs import count

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def send_quit(_lab: Laboratory) -> None:
    """As a desktop does; accepted."""
    event = QEvent(QEvent.Type.Quit)
    event.ignore()
    QCoreApplication.sendEvent(application(), event)
    assert event.isAccepted()


def log_out(_lab: Laboratory) -> None:
    """As a session manager does, whose signal nobody else can send."""
    app = application()
    assert app.receivers(SIGNAL("commitDataRequest(QSessionManager&)")) == 1
    app.log_out(None)


WAYS: dict[str, Callable[[Laboratory], object]] = {
    "the button": lambda lab: lab.window.close(),
    "a quit event": send_quit,
    "quit()": lambda _: QApplication.quit(),
    "exit(0)": lambda _: QApplication.exit(0),
    "closeAllWindows()": lambda _: QApplication.closeAllWindows(),
    "a logout": log_out,
    "quit() and exit(3)": lambda _: (QApplication.quit(), QApplication.exit(3)),
}

OPEN: dict[str, Callable[[Laboratory], object]] = {
    "nothing": lambda _: None,
    "a file dialog": lambda lab: lab.window.ask("open"),
    "the about box": lambda lab: lab.window.ask("about"),
    "a menu": lambda lab: lab.window.toolbar.panel_menu.exec(lab.window.pos()),
}


def restore(lab: Laboratory, folder: Path) -> None:
    """As after a crash."""
    lab.files.save(str(folder / "run.fireflies"))
    lab.files.open_session(folder / "run.fireflies", then_go_on=True)


TAKING_A_WHILE: dict[str, Callable[[Laboratory, Path], object]] = {
    "a restart": lambda lab, _: lab.controller.new_seed(),
    "a restoration": restore,
    "an export": lambda lab, folder: lab.window.exportRequested.emit(
        FLASH_EXPORT, str(folder / "flashes.csv")
    ),
    "a large swarm": lambda lab, _: lab.intent.begin_anew(side=60),
}


def end(
    qapp: QApplication,
    tmp_path: Path,
    what_is_open: str,
    way: str,
    record: tuple[Path, RecordingSettings] | None = None,
) -> int:
    """Show a window, open something, end it in some way; gives the exit code."""

    def on_open(lab: Laboratory) -> None:
        def go_on() -> None:
            recorder = lab.recording.recorder
            is_recorded = record is None or (recorder is not None and recorder.frames > 0)
            if lab.simulation.now > 0.1 and is_recorded:
                lab.window.grid.painted.disconnect(go_on)
                QTimer.singleShot(0, lambda: OPEN[what_is_open](lab))
                QTimer.singleShot(50, lambda: WAYS[way](lab))

        lab.window.grid.painted.connect(go_on)

    async def main() -> int:
        async with asyncio.timeout(LONGEST_S):
            return await show_window(
                SMALL, on_open, errors_to=tmp_path / "errors.log", record=record
            )

    return run_app(main(), qapp)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else the machine does: these tests don't end with it."""
    monkeypatch.setattr(gui.app, "LONGEST_CLOSE_S", 60.0)


@pytest.mark.parametrize("way", WAYS)
def test_however_it_is_ended_the_window_closes(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str], way: str
) -> None:
    """Exit code 0, and nothing on stderr."""
    assert end(qapp, tmp_path, "nothing", way) == 0
    assert capfd.readouterr().err == ""
    assert not (tmp_path / "errors.log").exists()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(
    ("what_is_open", "way"),
    [
        ("a file dialog", "closeAllWindows()"),
        ("the about box", "a quit event"),
        ("a menu", "exit(0)"),
        ("a menu", "a logout"),
    ],
)
def test_whatever_is_open_the_window_closes(
    qapp: QApplication,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    what_is_open: str,
    way: str,
) -> None:
    """Dialogs go with it, and menus, which run a loop of their own."""
    assert end(qapp, tmp_path, what_is_open, way) == 0
    assert capfd.readouterr().err == ""
    assert QApplication.activePopupWidget() is None


@pytest.mark.slow
def test_what_is_recorded_is_finished_first(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A quit while recording leaves a whole file that plays."""
    path = tmp_path / "a.mp4"
    settings = RecordingSettings(subject=Subject.GRID, width=320, height=240, fps=30)
    assert end(qapp, tmp_path, "nothing", "quit()", (path, settings)) == 0
    assert capfd.readouterr().err == ""
    with av.open(str(path)) as video:
        assert sum(1 for _ in video.decode(video=0)) > 0


@pytest.mark.drill
@pytest.mark.slow
def test_it_closes_at_any_moment_of_what_takes_a_while(
    qapp: QApplication,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    """While a swarm is made, a run restored, flashes exported: exit code 0, nothing said."""
    n, rng = count(3, 40), random.Random(7)
    record_property("count", f"{n} closes")
    for k in range(n):
        what = list(TAKING_A_WHILE)[k % len(TAKING_A_WHILE)]
        folder = tmp_path / str(k)
        folder.mkdir()
        begun, later = rng.randrange(300), rng.randrange(300)
        way = rng.choice(list(WAYS))

        def on_open(
            lab: Laboratory,
            what: str = what,
            folder: Path = folder,
            begun: int = begun,
            later: int = later,
            way: str = way,
        ) -> None:
            QTimer.singleShot(begun, lab.window, lambda: TAKING_A_WHILE[what](lab, folder))
            QTimer.singleShot(begun + later, lab.window, lambda: WAYS[way](lab))

        async def main(
            on_open: Callable[[Laboratory], None] = on_open, folder: Path = folder
        ) -> int:
            return await show_window(SMALL, on_open, errors_to=folder / "errors.log")

        assert run_app(main(), qapp) == 0, (what, way)
        assert capfd.readouterr().err == "", (what, way)
        assert not (folder / "errors.log").exists(), (what, way)
