"""Restoring: a run that was cut off is offered, and goes on under the name of its preset."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from experiments import (
    Parameters,
    Session,
    Simulation,
    load_session,
    save_session,
    session_of,
)
from gui.app import saving
from gui.controllers.autosave import Autosave
from gui.kept.run_folder import RunFolder
from gui.laboratory import Laboratory
from gui.models.current_run import CurrentRun
from tests.forked import Child
from tests.gui.conftest import InWindow
from tests.gui.fake_screen import FakeScreen
from tests.gui.saved_runs import in_folder, left_by_a_kill
from tests.gui.staged import SMALL
from tests.gui.waiting import frames, until
from tests.proofs import count

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
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        with Child(APP, place, environment=environment) as process:
            wanted = rng.uniform(1.5, 4.0) * 5.0
            reached = 0.0
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
    source, name = "Small swarm", "Small swarm"
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
