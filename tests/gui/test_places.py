"""Folders that are missing, damaged or read-only: the window runs, and says each thing once."""

from __future__ import annotations

import logging
import os
import pwd
import stat
import tempfile
from pathlib import Path

import PySide6
import pytest

from experiments import scratch_file
from gui.kept import places
from gui.kept.error_log import ErrorLog, error_log_path
from gui.kept.places import Places
from gui.kept.run_folder import run_folder_path
from gui.kept.settings import settings_path
from gui.laboratory import Laboratory
from gui.models.problems import Problem
from tests.forked import Child
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL

WINDOW = """
    import os, sys, tempfile
    from pathlib import Path
    from experiments import Parameters
    from experiments.commands.starts import Start
    import gui.app
    from gui.app import run_window

    def on_open(show):
        def shown(parameters, on_open, on_close, *more, **options):
            def opened(lab):
                on_open(lab)
                def tell():
                    if lab.simulation.now < 1.2:
                        return
                    lab.window.grid.painted.disconnect(tell)
                    lab.window.ask("save picture")
                    bar = lab.window.notice
                    while bar.isVisible():
                        print("notice:", bar.words.text())
                        bar.close_button.click()
                    print("toast:", lab.window.toast.text(), flush=True)
                    lab.window.close()
                lab.window.grid.painted.connect(tell)
            return show(parameters, opened, on_close, *more, **options)
        return shown

    gui.app.show_window = on_open(gui.app.show_window)
    {before}
    sys.exit(run_window(Start(Parameters(side=5))))
"""


def window(before: str = "", **environment: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a window that is open for a second."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    process = Child(
        WINDOW.format(before=before),
        environment={**kept, "QT_QPA_PLATFORM": "offscreen", **environment},
    )
    out, err = process.communicate()
    return process.wait(), out, err


@pytest.mark.slow
def test_without_home_name_or_temporary_folder_the_window_runs(tmp_path: Path) -> None:
    """A user who isn't known to the system: one notice and one line, and nothing called ~."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root becomes somebody whom nobody knows")
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in Path(PySide6.__file__).parents):
        pytest.skip("nobody but root may read what is installed here")
    code, out, err = window(
        "del os.environ['HOME']; os.environ['TMPDIR'] = '/no/such'; "
        f"os.chdir({str(tmp_path)!r}); os.chmod({str(tmp_path)!r}, 0o777); "
        "import unittest.mock; tempfile.gettempdir = unittest.mock.Mock("
        "side_effect=FileNotFoundError(2, 'No usable temporary directory found')); "
        "import polars, PySide6.QtSvg, gui.models.metrics; os.setgroups([]); os.setgid(54321); "
        "os.setuid(54321)"
    )
    said = "Settings and running sessions can't be kept: this user has no home folder"
    assert (code, out.count(said), err.count(said)) == (0, 1, 1), out + err
    assert "Traceback" not in err
    assert "No picture saved: this user has no home folder" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_folders_that_are_files_are_said_once(tmp_path: Path) -> None:
    """In the window and in the log; the run goes on, the close is clean."""
    for name in ("config", "state"):
        (tmp_path / name).write_text("a file stands in the way")
    code, out, err = window(
        HOME=str(tmp_path),
        XDG_CONFIG_HOME=str(tmp_path / "config"),
        XDG_STATE_HOME=str(tmp_path / "state"),
    )
    assert code == 0, err
    for words in (
        f"Nothing is remembered of the last time: can't read {tmp_path / 'config'}",
        f"Running sessions can't be kept: {tmp_path / 'state'}",
    ):
        assert (out.count(words), err.count(words)) == (1, 1), out + err
    assert f"{tmp_path / 'state'} is not a folder" in out
    assert err.count("\n") == 2
    assert "can't be saved" not in out


def test_places_are_told_of_once_and_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What has the same reason is one sentence; what is fine is none."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "new"))
    for name in ("XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    told: list[str] = []
    found = Places(told.append)
    with caplog.at_level(logging.WARNING, places.__name__):
        path = found.find("settings", settings_path)
        assert path is not None
        assert found.check("settings", path)
        assert found.find("running sessions", run_folder_path) is None
        assert found.find("more", run_folder_path) is None
        found.report()
        found.report()
    words = "this user has no home folder, and HOME is not set"
    assert told == [f"Running sessions and more can't be kept: {words}"]
    assert [record.getMessage() for record in caplog.records] == told
    assert error_log_path() is None
    assert not path.exists()


def test_errors_without_a_place_for_a_file_are_told_all_the_same(in_window: InWindow) -> None:
    """The list in the window has them."""
    told: list[Problem] = []

    async def body(lab: Laboratory) -> None:
        with ErrorLog(None, told.append) as errors:
            errors.report(ValueError("it"))
        assert "ValueError: it" in told[0].sentence
        assert told[0].sentence.endswith("Details: Ctrl+8")

    in_window(body, SMALL)


def test_the_log_of_errors_stays_where_a_link_leads(tmp_path: Path, in_window: InWindow) -> None:
    """Also when it is full: its mode and the link are as they were."""
    target, link = tmp_path / "real.log", tmp_path / "errors.log"
    target.touch()
    target.chmod(0o664)
    link.symlink_to(target.name)

    async def body(lab: Laboratory) -> None:
        del lab
        with ErrorLog(link, lambda _: None, most_bytes=2_000) as errors:
            for k in range(12):
                code = "\n" * k + "raise ValueError('x' * 100)"
                try:
                    exec(code)
                except ValueError as error:
                    errors.report(error)

    in_window(body, SMALL)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o664
    assert 0 < target.stat().st_size <= 2_000
    assert (tmp_path / "real.log.1").exists()


def test_without_a_temporary_folder_there_is_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what a child says on its way."""

    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with scratch_file("w+") as file:
        file.write("it")
        file.seek(0)
        assert file.read() == "it"
