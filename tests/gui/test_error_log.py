"""Errors that nobody caught are told once, and written down in full."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.kept.error_log import ErrorLog
from gui.models.problems import Problem
from tests.gui.waiting import until


def fail(words: str = "broken") -> None:
    """An error from one place."""
    raise ValueError(words)


class Told(NamedTuple):
    """What an error log said while a test body ran.

    Attributes
    ----------
    problems
        What it told the window.
    written
        Contents of its file.
    threads
        In which thread each problem was told.
    """

    problems: list[Problem]
    written: str
    threads: list[threading.Thread]


class Body(Protocol):
    """What is done with an error log; it sees what that has told until now."""

    def __call__(self, log: ErrorLog, told: list[Problem], /) -> Coroutine[Any, Any, None]: ...


class ToldBy(Protocol):
    """Runs an async test body with an error log, and gives what that said."""

    def __call__(self, body: Body) -> Told: ...


@pytest.fixture
def told_by(tmp_path: Path, qapp: QApplication) -> ToldBy:
    """What an open log tells of an async body, and what stands in its file; no hook stays."""

    def run(body: Body) -> Told:
        path = tmp_path / "deep" / "errors.log"
        problems: list[Problem] = []
        threads: list[threading.Thread] = []

        def tell(problem: Problem) -> None:
            problems.append(problem)
            threads.append(threading.current_thread())

        before = sys.excepthook, threading.excepthook

        async def main() -> None:
            with ErrorLog(path, tell) as log:
                await body(log, problems)

        asyncio.run(main())
        assert (sys.excepthook, threading.excepthook) == before
        return Told(problems, path.read_text() if path.exists() else "", threads)

    return run


def test_an_error_of_a_callback_is_told_with_the_place_of_the_file(
    told_by: ToldBy, tmp_path: Path
) -> None:
    """In one line with its kind and message; the traceback goes into the list and the file."""

    async def body(_log: ErrorLog, told: list[Problem]) -> None:
        asyncio.get_running_loop().call_soon(fail, "two\nlines")
        await until(lambda: told)

    (problem,), written, _ = told_by(body)
    assert "ValueError: two lines. The run goes on." in problem.sentence
    assert str(tmp_path / "deep" / "errors.log") in problem.sentence
    assert "in fail" in problem.detail
    assert "in fail" in written


def test_the_same_error_again_and_again_is_told_once(told_by: ToldBy) -> None:
    """One place is one problem; another place is another."""

    async def body(log: ErrorLog, _told: list[Problem]) -> None:
        for number in range(50):
            try:
                fail(str(number))
            except ValueError as error:
                log.report(error)
        try:
            raise KeyError("elsewhere")
        except KeyError as error:
            log.report(error)

    problems, written, _ = told_by(body)
    assert len(problems) == 2
    assert written.count("Traceback") == 2


def test_an_error_of_a_thread_is_told_in_the_main_thread(told_by: ToldBy) -> None:
    """Where the window lives."""

    async def body(_log: ErrorLog, told: list[Problem]) -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        await until(lambda: told)

    problems, _, threads = told_by(body)
    assert len(problems) == 1
    assert threads == [threading.main_thread()]


@pytest.mark.qt_no_exception_capture
def test_an_error_of_a_slot_is_told(told_by: ToldBy, qtbot: QtBot) -> None:
    """Of those that Qt calls."""

    async def body(_log: ErrorLog, told: list[Problem]) -> None:
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(fail)
        timer.start(0)
        qtbot.waitUntil(lambda: bool(told))

    problems, _, _ = told_by(body)
    assert len(problems) == 1


def test_where_no_file_can_be_written_the_window_still_tells(
    qapp: QApplication, tmp_path: Path
) -> None:
    """And doesn't claim a file."""
    (tmp_path / "file").write_text("in the way")
    problems: list[Problem] = []

    async def main() -> None:
        with ErrorLog(tmp_path / "file" / "errors.log", problems.append):
            asyncio.get_running_loop().call_soon(fail)
            await until(lambda: problems)

    asyncio.run(main())
    assert problems[0].sentence.endswith("Details: Ctrl+8")
