"""No run is lost: the running session is saved all the time, and offered after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from experiments import (
    Action,
    Parameters,
    Session,
    Simulation,
    load_session,
    save_session,
    session_of,
    write_whole,
)
from gui.app import saving
from gui.controllers.autosave import Autosave
from gui.controllers.session_keeper import SessionKeeper
from gui.kept import run_folder
from gui.kept.run_folder import RunFolder
from gui.laboratory import Laboratory
from gui.models.current_run import CurrentRun
from gui.system.disk_thread import DiskThread
from tests.gui.conftest import InWindow
from tests.gui.fake_screen import FakeScreen
from tests.gui.staged import SMALL
from tests.gui.waiting import LONGEST_S, frames, until
from tests.proofs import count

ROOT = Path(__file__).parents[2]

APP = """
    import sys
    from pathlib import Path
    from experiments import Parameters
    from gui.app import make_application, show_window
    from gui.system.event_loop import run_app

    def on_open(lab):
        lab.window.grid.painted.connect(lambda: print(repr(lab.simulation.now), flush=True))

    parameters = Parameters(side=20, speed=5.0)
    sys.exit(run_app(show_window(parameters, on_open, runs_in=Path(sys.argv[1])),
                     make_application()))
"""


def left_by_a_kill(folder: RunFolder, place: Path) -> None:
    """Put into a place what would be in the folder if this process were killed now.

    The files are the same; their locks are those of a process, which these have none of.
    """
    shutil.copytree(folder.place, place)


def in_folder(
    body: Callable[[Simulation, CurrentRun, FakeScreen, Autosave], Coroutine[Any, Any, None]],
    folder: Path,
) -> None:
    """Run an async test body with a simulation and an autosave of it."""

    async def main() -> None:
        simulation, current, screen = Simulation(SMALL), CurrentRun(), FakeScreen()
        await simulation.start()
        autosave = Autosave(SessionKeeper(simulation), current, screen, RunFolder(folder))
        try:
            await body(simulation, current, screen, autosave)
        finally:
            autosave.close()
            await simulation.aclose()

    asyncio.run(main())


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


def test_old_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the last ones are kept, and those that go on."""
    monkeypatch.setattr(run_folder, "MOST_KEPT", 3)
    folder = RunFolder(tmp_path)
    paths = []
    for k in range(6):
        path = folder.begin()
        path.write_text("{}")
        os.utime(path, (k, k))
        paths.append(path)
    going_on = paths[0]
    for path in paths[1:]:
        folder.note_ended(path)
    assert folder.ended() == paths[:2:-1]
    assert going_on.exists()
    folder.close()


@pytest.mark.drill
@pytest.mark.slow
def test_after_a_kill_the_run_is_there(
    tmp_path: Path, in_window: InWindow, record_property: Callable[[str, object], None]
) -> None:
    """The app killed with -9 at a random moment: the session is whole, two seconds old at most."""
    n = count(1, 20)
    record_property("count", f"{n} kills")
    rng = random.Random(3)
    for k in range(n):
        place = tmp_path / str(k)
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(APP), str(place)],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            wanted = rng.uniform(1.5, 4.0) * 5.0
            reached = 0.0
            assert process.stdout is not None
            for line in process.stdout:
                reached = float(line)
                if reached >= wanted:
                    break
            process.send_signal(signal.SIGKILL)
            reached = max([reached, *map(float, process.stdout.read().split())])
        (path,) = RunFolder(place).cut_off()
        session = load_session(path)
        assert reached - session.end <= 2.0 * 5.0

        async def body(lab: Laboratory, place: Path = place, session: Session = session) -> None:
            async with saving(lab, place):
                bar = lab.window.notice
                await until(bar.isVisible)
                assert bar.words.text().startswith("A run ended unexpectedly today at ")
                bar.buttons[0].click()
                await until(lambda: lab.simulation.now >= session.end)
                await until(lambda: not lab.window.timeline.isVisible())
                assert not bar.isVisible()
                assert session_of(lab.simulation, session.version) == session
            assert RunFolder(place).cut_off() == []

        in_window(body, SMALL)


@pytest.mark.parametrize("is_file", [False, True])
def test_a_restored_run_has_the_name_of_its_preset(
    tmp_path: Path, in_window: InWindow, is_file: bool
) -> None:
    """Of the gallery, or of a file; and what was changed since is told as before."""
    source, name = "Waves", "Waves"
    if is_file:
        source, name = str(tmp_path / "mine.toml"), "My own"
        Path(source).write_text(f'name = "{name}"\n[parameters]\nside = 12\n')

    async def make(lab: Laboratory) -> None:
        lab.files.folder = folder = RunFolder(tmp_path / "first runs")
        if is_file:
            lab.controller.open_preset(source)
        else:
            lab.controller.begin_preset(source)
        await until(lambda: lab.intent.restart is None and lab.simulation.now > 0.0)
        lab.window.sliders["nudge"].valueTyped.emit("nudge", "0.3")
        await until(lambda: lab.simulation.parameters.nudge == 0.3)
        autosave = Autosave(lab.keeper, lab.current, lab.window, folder)
        await autosave.save_when_complete()
        left_by_a_kill(folder, tmp_path / "runs")
        autosave.close()

    in_window(make, SMALL)

    async def body(lab: Laboratory) -> None:
        async with saving(lab, tmp_path / "runs"):
            await until(lab.window.notice.isVisible)
            lab.window.notice.buttons[0].click()
            words = lab.window.panel.preset_bar.button.text
            await until(lambda: f"{name}, changed" in words())
            await until(lambda: not lab.window.timeline.isVisible())
            await frames(lab)
            assert f"{name}, changed" in words()

    in_window(body, SMALL)


def test_a_run_that_goes_on_elsewhere_is_not_offered(tmp_path: Path, in_window: InWindow) -> None:
    """Two windows at once: each keeps its own."""
    other = RunFolder(tmp_path)
    path = other.begin()
    path.write_text("{}")

    async def body(lab: Laboratory) -> None:
        async with saving(lab, tmp_path):
            await asyncio.sleep(0)
            assert not lab.window.notice.isVisible()

    in_window(body, SMALL)
    assert path.exists()
    other.close()


def test_a_damaged_file_is_not_offered(tmp_path: Path, in_window: InWindow) -> None:
    """There is nothing in it to go on with; it stays, for whoever can make something of it."""
    path = tmp_path / "cut.fireflies"
    path.write_text('{"fireflies": 1,')
    path.with_name("cut.fireflies.running").touch()

    async def body(lab: Laboratory) -> None:
        async with saving(lab, tmp_path):
            assert not lab.window.notice.isVisible()

    in_window(body, SMALL)
    assert RunFolder(tmp_path).cut_off() == []
    assert path.exists()


def test_not_wanting_it_is_fine(tmp_path: Path, in_window: InWindow) -> None:
    """The run stays among those that have ended, and isn't offered again."""

    async def make(
        simulation: Simulation, current: CurrentRun, screen: FakeScreen, autosave: Autosave
    ) -> None:
        simulation.run_until(1.0)
        await autosave.save_when_complete()

    in_folder(make, tmp_path)
    (path,) = tmp_path.glob("*.fireflies")
    path.with_name(path.name + ".running").touch()

    async def body(lab: Laboratory) -> None:
        async with saving(lab, tmp_path):
            lab.window.notice.buttons[1].click()
            assert not lab.window.notice.isVisible()

    in_window(body, SMALL)
    folder = RunFolder(tmp_path)
    assert folder.cut_off() == []
    assert path in folder.ended()


def test_a_number_that_another_process_has_got_is_no_lock(tmp_path: Path) -> None:
    """As in containers, where each program is number 1: what counts is who holds the file."""
    code = """
        import os, signal, sys, time
        from pathlib import Path
        from gui.kept.run_folder import RunFolder
        RunFolder(Path(sys.argv[1])).begin().write_text("{}")
        print("begun", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], check=False)
    (lock,) = tmp_path.glob("*.lock")
    theirs = lock.read_text().split("\n")
    own = RunFolder(tmp_path)
    mine = own.begin()
    (other,) = set(tmp_path.glob("*.lock")) - {lock}
    lock.write_text("\n".join([*theirs[:3], *other.read_text().split("\n")[3:]]))
    (path,) = RunFolder(tmp_path).cut_off()
    assert path != mine
    own.note_ended(path)
    own.close()
    assert list(tmp_path.iterdir()) == [path], "neither a lock nor a mark stays"


def test_without_locks_the_beginning_of_a_process_tells_it_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without: the number alone is not enough, nor is the machine's name."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    folder = RunFolder(tmp_path)
    path = folder.begin()
    path.write_text("{}")
    (lock,) = tmp_path.glob("*.lock")
    words = lock.read_text().split("\n")
    assert RunFolder(tmp_path).cut_off() == []
    for changed, is_dead in (
        ({4: "1"}, True),  # the same number, begun at another time
        ({1: "another"}, True),  # the machine has been started anew
        ({0: "elsewhere", 1: "another"}, False),  # who knows
        ({2: "pid:[1]"}, False),
    ):
        lock.write_text("\n".join(changed.get(k, word) for k, word in enumerate(words)))
        assert RunFolder(tmp_path).cut_off() == ([path] if is_dead else []), changed
        lock.write_text("\n".join(words))
    lock.write_text("1\nfireflies\nelsewhere\n\n\n")
    os.utime(lock, (1.0, 1.0))
    assert RunFolder(tmp_path).cut_off() == [path], "long ago, and nobody to ask"
    folder.close()


def test_two_windows_share_the_folder(tmp_path: Path) -> None:
    """One offers what was cut off, the other doesn't; what neither answers, the next one does."""
    path = tmp_path / "a.fireflies"
    path.write_text("{}")
    path.with_name(path.name + ".running").touch()
    one, two = RunFolder(tmp_path), RunFolder(tmp_path)
    runs = [one.begin(), two.begin()]
    for each in runs:
        each.write_text("{}")
    assert one.cut_off() == two.cut_off() == [path]
    assert one.claim(path)
    assert not two.claim(path)
    assert two.cut_off() == []
    two.close()
    one.close()
    assert RunFolder(tmp_path).cut_off() == [path]
    assert {each.name for each in tmp_path.iterdir()} == {
        path.name,
        f"{path.name}.running",
        *(each.name for each in runs),
    }


def test_what_killed_processes_left_without_a_run_is_swept(tmp_path: Path) -> None:
    """Locks and marks that lead nowhere; what belongs to a run that begins stays."""
    for name in ("gone.fireflies.lock", "gone.fireflies.running"):
        (tmp_path / name).touch()
    other, folder = RunFolder(tmp_path), RunFolder(tmp_path)
    begun = other.begin()  # nothing is saved yet
    folder.begin()
    folder.close()
    assert {each.name for each in tmp_path.iterdir()} == {
        f"{begun.name}.lock",
        f"{begun.name}.running",
    }
    other.close()


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


def test_an_offer_says_when_its_run_ended_and_how_many_wait(
    tmp_path: Path, in_window: InWindow
) -> None:
    """Also of one from another day, which is not the last run."""
    folder = RunFolder(tmp_path)
    for number, day in enumerate((3, 1, 2)):
        path = tmp_path / f"{number}.fireflies"
        save_session(path, Session(Parameters(seed=number), (), 12.0, 0, "0" * 64))
        path.with_name(path.name + ".running").touch()
        then = datetime(2024, 5, day, 17, 30).timestamp()
        os.utime(path, (then, then))
    assert len(folder.cut_off()) == 3

    async def body(lab: Laboratory) -> None:
        lab.files.folder = RunFolder(tmp_path)
        lab.files.offer_to_restore()
        assert lab.window.notice.words.text() == (
            "A run ended unexpectedly on 2024-05-03 at 17:30, 12 s in (2,500 fireflies, seed 0). "
            "After this 2 more can be restored, one at each start."
        )
        lab.files.folder.close()

    in_window(body, SMALL)
