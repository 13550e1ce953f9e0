"""No run is lost: the running session is saved all the time."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from pathlib import Path

import pytest

from experiments import (
    Action,
    Simulation,
    load_session,
    session_of,
    write_whole,
)
from gui.controllers.autosave import Autosave
from gui.controllers.session_keeper import SessionKeeper
from gui.kept.run_folder import RunFolder
from gui.models.current_run import CurrentRun
from gui.system.disk_thread import DiskThread
from tests.gui.fake_screen import FakeScreen
from tests.gui.saved_runs import in_folder
from tests.gui.staged import SMALL
from tests.gui.waiting import LONGEST_S, until


def test_what_is_saved_is_the_run_until_now(tmp_path: Path) -> None:
    """Step by step it grows, and each time it is what a session of the whole run would be."""

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        await autosave.save_when_complete()
        assert list(tmp_path.iterdir()) == [], "nothing has happened yet"
        for t in range(1, 6):
            simulation.change(nudge=0.01 * t)
            simulation.act(Action.SCRAMBLE, range(t))
            simulation.run_until(float(t))
            await autosave.save_when_complete()
            (path,) = tmp_path.glob("*.fireflies")
            saved = load_session(path)
            assert saved == session_of(simulation, saved.version)

    in_folder(body, tmp_path)


def test_what_is_saved_last_is_what_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the window closes while an earlier moment is being written."""
    is_writing, may_go_on = threading.Event(), threading.Event()
    ends: list[float] = []

    def write(path: Path, contents: bytes) -> None:
        if not is_writing.is_set():
            is_writing.set()
            assert may_go_on.wait(60)
        write_whole(path, contents)

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        monkeypatch.setattr("gui.controllers.autosave.write_whole", write)
        simulation.run_until(1.0)
        saving = asyncio.create_task(autosave.save_when_complete())
        await until(is_writing.is_set)
        saving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saving
        simulation.run_until(2.0)
        wait = DiskThread.has_done_all

        def wait_for_all(thread: DiskThread, within_s: float) -> bool:
            may_go_on.set()
            return wait(thread, within_s)

        monkeypatch.setattr(DiskThread, "has_done_all", wait_for_all)
        autosave.close()
        ends.extend(load_session(path).end for path in tmp_path.glob("*.fireflies"))

    in_folder(body, tmp_path)
    assert ends == [2.0]


@pytest.mark.parametrize("which", ["the last write", "the one before"])
def test_a_disk_that_takes_nothing_more_does_not_keep_the_window_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    """It is said, the run stays one that was cut off, and no thread holds up the process."""
    may_go_on, is_writing = threading.Event(), threading.Event()
    monkeypatch.setattr("gui.controllers.autosave.LONGEST_SAVE_S", 0.2)

    def write(path: Path, contents: bytes) -> None:
        is_writing.set()
        may_go_on.wait(LONGEST_S)

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        simulation.run_until(1.0)
        await autosave.save_when_complete()
        monkeypatch.setattr("gui.controllers.autosave.write_whole", write)
        simulation.run_until(2.0)
        if which == "the one before":
            saving = asyncio.create_task(autosave.save_when_complete())
            await until(is_writing.is_set)
            saving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await saving
        autosave.close()
        assert not may_go_on.is_set()
        assert is_writing.is_set()
        said = capsys.readouterr().err
        assert said == (
            f"fireflies: the end of the run may not be saved: {tmp_path} has taken nothing for "
            "0.2 s\n"
        )
        assert list(tmp_path.glob("*.running"))
        (thread,) = (each for each in threading.enumerate() if each.name == "autosave")
        assert thread.daemon
        monkeypatch.setattr("gui.controllers.autosave.LONGEST_SAVE_S", LONGEST_S)
        may_go_on.set()

    in_folder(body, tmp_path)


def test_another_run_has_another_file(tmp_path: Path) -> None:
    """The file of the run before stays as it was; neither is taken for cut off."""

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        simulation.run_until(2.0)
        await autosave.save_when_complete()
        await simulation.restart()
        simulation.run_until(1.0)
        await autosave.save_when_complete()
        ends = {load_session(path).end for path in tmp_path.glob("*.fireflies")}
        assert ends == {1.0, 2.0}

    in_folder(body, tmp_path)
    folder = RunFolder(tmp_path)
    assert folder.cut_off() == []
    assert len(folder.ended()) == 2
    assert not list(tmp_path.glob("*.*ing"))


def test_another_run_has_another_file_whoever_has_seen_it_first(tmp_path: Path) -> None:
    """An export or a recording asks the same keeper for the session of the new run."""

    async def main() -> None:
        simulation = Simulation(SMALL)
        keeper = SessionKeeper(simulation)
        await simulation.start()
        autosave = Autosave(keeper, CurrentRun(), FakeScreen(), RunFolder(tmp_path))
        simulation.run_until(2.0)
        await autosave.save_when_complete()
        await simulation.restart()
        simulation.run_until(1.0)
        assert keeper.snapshot().end == 1.0
        await autosave.save_when_complete()
        autosave.close()
        await simulation.aclose()

    asyncio.run(main())
    assert {load_session(path).end for path in RunFolder(tmp_path).ended()} == {1.0, 2.0}


def test_a_repeated_run_is_not_saved_again(tmp_path: Path) -> None:
    """It is a file already; once branched off it is a run of its own, with all that was before."""

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        simulation.change(nudge=0.2)
        simulation.run_until(3.0)
        session = session_of(simulation)
        current.session = session
        await simulation.restart()
        simulation.follow(session)
        simulation.run_until(1.0)
        await autosave.save_when_complete()
        assert list(tmp_path.iterdir()) == []
        simulation.stop_following()
        current.session = None
        simulation.run_until(4.0)
        await autosave.save_when_complete()
        (path,) = tmp_path.glob("*.fireflies")
        saved = load_session(path)
        assert (saved.end, saved.steps) == (4.0, session.steps)

    in_folder(body, tmp_path)


def test_a_folder_that_takes_nothing_is_told_once(tmp_path: Path) -> None:
    """The run goes on; when it can be written again, it is."""
    place = tmp_path / "runs"
    place.write_text("a file stands in the way")

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        for t in (1.0, 2.0, 3.0):
            simulation.run_until(t)
            await autosave.save_when_complete()
        (words,) = screen.toasts
        assert words.startswith(f"The running session can't be saved in {place}: File exists: ")

    in_folder(body, place)


def test_a_write_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told once, and the file is whole as soon as there is room."""

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        with monkeypatch.context() as full:

            def fail(*_: object) -> None:
                raise OSError(28, "No space left on device")

            full.setattr("gui.controllers.autosave.write_whole", fail)
            for t in (1.0, 2.0):
                simulation.run_until(t)
                await autosave.save_when_complete()
        (words,) = screen.toasts
        assert words == (
            f"The running session can't be saved in {tmp_path}: No space left on device"
        )
        await autosave.save_when_complete()
        (path,) = tmp_path.glob("*.fireflies")
        assert load_session(path).end == 2.0

    in_folder(body, tmp_path)


def test_a_run_too_large_to_be_opened_keeps_what_was_saved_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told once, and the file stays one that can be opened."""

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        simulation.run_until(1.0)
        await autosave.save_when_complete()
        monkeypatch.setattr("experiments.keep.session_file.MAX_STEPS", 1)
        for k in range(3):
            simulation.change(nudge=0.01 * k)
            simulation.run_until(2.0 + k)
            await autosave.save_when_complete()
        (words,) = screen.toasts
        assert words.startswith("The running session can't be saved in ")
        assert "it is too large for a session" in words
        (path,) = tmp_path.glob("*.fireflies")
        assert load_session(path).end == 2.0

    in_folder(body, tmp_path)


def test_a_folder_that_is_taken_away_is_made_again(tmp_path: Path) -> None:
    """By whoever tidies up while the window is open: the run is saved all the same."""
    place = tmp_path / "runs"

    async def body(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        del current
        simulation.run_until(1.0)
        await autosave.save_when_complete()
        shutil.rmtree(place)
        simulation.run_until(2.0)
        await autosave.save_when_complete()
        (path,) = place.glob("*.fireflies")
        assert load_session(path).end == 2.0
        assert screen.toasts == []

    in_folder(body, place)
    assert len(list(place.iterdir())) == 1
