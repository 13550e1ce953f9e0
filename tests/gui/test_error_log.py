"""Errors that nobody caught are told once, and written down in full."""

import asyncio
import sys
import threading

import pytest
from PySide6.QtCore import QTimer

from gui.kept.error_log import ErrorLog


def fail(words="broken"):
    """An error from one place."""
    raise ValueError(words)


@pytest.fixture
def told_by(tmp_path, qapp):
    """What an open log tells of an async body, and what stands in its file; no hook stays."""

    def run(body):
        problems, path = [], tmp_path / "deep" / "errors.log"
        before = sys.excepthook, threading.excepthook

        async def main():
            with ErrorLog(path, problems.append) as log:
                await body(log)

        asyncio.run(main())
        assert (sys.excepthook, threading.excepthook) == before
        return problems, path.read_text() if path.exists() else ""

    return run


def test_an_error_of_a_callback_is_told_with_the_place_of_the_file(told_by, tmp_path):
    """In one line with its kind and message; the traceback goes into the list and the file."""

    async def body(_log):
        asyncio.get_running_loop().call_soon(fail, "two\nlines")
        await asyncio.sleep(0.01)

    (problem,), written = told_by(body)
    assert "ValueError: two lines. The run goes on." in problem.sentence
    assert str(tmp_path / "deep" / "errors.log") in problem.sentence
    assert "in fail" in problem.detail
    assert "in fail" in written


def test_the_same_error_again_and_again_is_told_once(told_by):
    """One place is one problem; another place is another."""

    async def body(log):
        for number in range(50):
            try:
                fail(str(number))
            except ValueError as error:
                log.report(error)
        try:
            raise KeyError("elsewhere")
        except KeyError as error:
            log.report(error)

    problems, written = told_by(body)
    assert len(problems) == 2
    assert written.count("Traceback") == 2


def test_an_error_of_a_thread_is_told_in_the_main_thread(told_by):
    """Where the window lives."""
    threads = []

    async def body(log):
        original = log._on_problem
        log._on_problem = lambda p: (threads.append(threading.current_thread()), original(p))
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        await asyncio.sleep(0.01)

    problems, _ = told_by(body)
    assert len(problems) == 1
    assert threads == [threading.main_thread()]


@pytest.mark.qt_no_exception_capture
def test_an_error_of_a_slot_is_told(told_by, qtbot):
    """Of those that Qt calls."""

    async def body(_log):
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(fail)
        timer.start(0)
        qtbot.wait(20)

    problems, _ = told_by(body)
    assert len(problems) == 1


def test_where_no_file_can_be_written_the_window_still_tells(qapp, tmp_path):
    """And doesn't claim a file."""
    (tmp_path / "file").write_text("in the way")
    problems = []

    async def main():
        with ErrorLog(tmp_path / "file" / "errors.log", problems.append):
            asyncio.get_running_loop().call_soon(fail)
            await asyncio.sleep(0.01)

    asyncio.run(main())
    assert problems[0].sentence.endswith("Details: Ctrl+8")
