"""The loop inside Qt's: order, deadlines, threads, contexts, failures, and its end."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gui.system.event_loop import TURN_S, FirefliesEventLoop
from tests.gui.conftest import Run, running_timers
from tests.gui.waiting import until


def test_callbacks_run_in_the_order_they_were_asked_for(run: Run) -> None:
    """call_soon is first in, first out, across callbacks that ask for more."""
    seen: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(seen.append, 1)
        loop.call_soon(lambda: loop.call_soon(seen.append, 3))
        loop.call_soon(seen.append, 2)
        for _ in range(3):
            await asyncio.sleep(0)

    run(main())
    assert seen == [1, 2, 3]


def test_deadlines_are_never_served_early(run: Run) -> None:
    """Also delays of fractions of a millisecond, of real time, end at or after their deadline."""
    lateness_s = []

    async def wait(delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + delay_s
        called = loop.create_future()
        loop.call_at(deadline, called.set_result, None)
        await called
        lateness_s.append(loop.time() - deadline)

    async def main() -> None:
        await asyncio.gather(*(wait(k * 0.00037) for k in range(120)))

    run(main())
    assert len(lateness_s) == 120
    assert min(lateness_s) >= 0.0


def test_deadlines_are_served_in_their_order(run: Run) -> None:
    """Whatever the order of asking, the earliest deadline comes first, in real time."""
    seen: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for k in (3, 1, 2):
            loop.call_at(now + k * 0.004, seen.append, k)
        await until(lambda: len(seen) >= 3)

    run(main())
    assert seen == [1, 2, 3]


def test_an_earlier_deadline_moves_the_timer_forward(run: Run) -> None:
    """A short wait of real time asked for after a long one doesn't wait for the long one."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        far = loop.call_later(60, lambda: None)
        started = loop.time()
        await asyncio.sleep(0.005)
        far.cancel()
        return loop.time() - started

    assert run(main()) < 5


def test_callbacks_that_ask_for_more_leave_room_for_qt(run: Run) -> None:
    """A task that never waits for long doesn't keep Qt's own timers from firing."""

    async def main() -> int:
        fired = asyncio.get_running_loop().create_future()
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: fired.set_result(None))
        timer.start(1)
        spins = 0
        while not fired.done():
            spins += 1
            await asyncio.sleep(0)
        return spins

    assert run(main()) > 0


def test_a_long_queue_is_left_for_a_moment(run: Run) -> None:
    """A drain stops after a few milliseconds, so that Qt has its turn in between."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        moments = []
        timer = QTimer()
        timer.timeout.connect(lambda: moments.append(loop.time()))
        timer.start(0)
        for _ in range(10):
            loop.call_soon(time.sleep, 0.003)
        for _ in range(12):
            await asyncio.sleep(0)
        timer.stop()
        return moments

    assert len(run(main())) >= 3


def test_cancelled_deadlines_do_not_pile_up(run: Run) -> None:
    """Ten thousand cancelled waits leave next to nothing behind."""

    async def main() -> int:
        loop = asyncio.get_running_loop()
        for _ in range(10_000):
            loop.call_later(60, print).cancel()
        assert isinstance(loop, FirefliesEventLoop)
        return loop.n_deadlines

    assert run(main()) <= 200


def test_a_cancelled_callback_is_not_run(run: Run) -> None:
    """Cancelling a handle works before its turn, for both kinds; a deadline after it is served."""
    seen: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(seen.append, "soon").cancel()
        cancelled = loop.call_later(0.001, seen.append, "later")
        cancelled.cancel()
        loop.call_at(cancelled.when() + 1e-6, seen.append, "after it")
        await until(lambda: seen)

    run(main())
    assert seen == ["after it"]


def test_other_threads_can_call_in(run: Run) -> None:
    """call_soon_threadsafe wakes an idle loop and runs in the loop's thread."""

    async def main() -> int:
        loop = asyncio.get_running_loop()
        called = loop.create_future()

        def from_thread() -> None:
            loop.call_soon_threadsafe(lambda: called.set_result(threading.get_ident()))

        thread = threading.Thread(target=from_thread)
        thread.start()
        ident: int = await asyncio.wait_for(called, 5)
        thread.join()
        return ident

    assert run(main()) == threading.get_ident()


def test_work_in_a_thread_comes_back(run: Run) -> None:
    """asyncio.to_thread, with its result and its exception."""

    async def main() -> None:
        assert await asyncio.to_thread(sum, [1, 2]) == 3
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)

    run(main())


def test_context_variables_are_honoured(run: Run) -> None:
    """A callback sees the context it was asked for in."""
    name = contextvars.ContextVar("name", default="nobody")
    seen: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        context = contextvars.copy_context()
        context.run(name.set, "somebody")
        loop.call_soon(lambda: seen.append(name.get()), context=context)
        loop.call_later(0.001, lambda: seen.append(name.get()), context=context)
        loop.call_soon_threadsafe(lambda: seen.append(name.get()), context=context)
        await until(lambda: len(seen) >= 3)
        seen.append(name.get())

    run(main())
    assert seen == ["somebody", "somebody", "somebody", "nobody"]


def test_exceptions_go_to_the_exception_handler(run: Run) -> None:
    """A failing callback is reported, and the others go on."""
    reported: list[Exception] = []
    seen: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))
        loop.call_soon(lambda: 1 / 0)
        loop.call_soon(seen.append, "went on")
        await until(lambda: seen)

    run(main())
    assert [type(error) for error in reported] == [ZeroDivisionError]
    assert seen == ["went on"]


def test_system_exit_leaves_the_loop(run: Run) -> None:
    """SystemExit raised in a callback comes out of run_app with its code."""

    async def main() -> None:
        def leave() -> None:
            raise SystemExit(5)

        asyncio.get_running_loop().call_soon(leave)
        await asyncio.sleep(60)

    with pytest.raises(SystemExit) as leaving:
        run(main())
    assert leaving.value.code == 5


def test_the_result_and_the_exception_of_main_come_out(run: Run) -> None:
    """run_app gives what its coroutine gives."""

    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise LookupError("nothing there")

    assert run(answer()) == 42
    with pytest.raises(LookupError, match="nothing there"):
        run(fail())


def test_what_cannot_be_called_is_refused(run: Run) -> None:
    """A coroutine function or a number as callback is a TypeError at once."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(TypeError, match="call_soon needs a function"):
            loop.call_soon(main)
        with pytest.raises(TypeError, match="call_at needs a function"):
            loop.call_later(1, 3)  # type: ignore[arg-type]

    run(main())


def test_a_closed_loop_has_no_timer_and_refuses_callbacks(qapp: QApplication) -> None:
    """close() stops both timers, and nothing can be asked any more."""
    loop = FirefliesEventLoop(qapp)
    before = set(running_timers())
    loop.call_soon(print)
    loop.call_later(60, print)
    assert len(set(running_timers()) - before) == 2
    loop.close()
    assert set(running_timers()) <= before
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)


def test_a_schedule_of_frames_does_not_drift(run: Run) -> None:
    """Sixty absolute deadlines a second of real time end when they should, not later and later."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        for k in range(1, 13):
            called = loop.create_future()
            loop.call_at(started + k / 60, called.set_result, None)
            await called
        return loop.time() - started - 12 / 60

    assert 0.0 <= run(main()) < 0.1


def test_a_step_that_lets_qt_handle_events_is_not_interrupted_by_other_tasks(
    run: Run, qapp: QApplication
) -> None:
    """They go on once it has ended, in their order, and so do deadlines that passed meanwhile."""
    seen: list[Any] = []

    async def step(name: str) -> None:
        await asyncio.sleep(0)
        seen.append(name)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        others = [asyncio.create_task(step(name)) for name in ("first", "second")]
        deadline = loop.call_later(0.0, seen.append, "deadline")
        await asyncio.sleep(0)
        while loop.time() <= deadline.when():
            pass
        seen.append("before")
        for _ in range(5):
            qapp.processEvents()
        seen.append("after")
        await asyncio.gather(*others)
        while "deadline" not in seen:
            await asyncio.sleep(0)

    run(main())
    assert seen[:2] == ["before", "after"]
    assert sorted(seen[2:]) == ["deadline", "first", "second"]
    assert seen.index("first") < seen.index("second")


def test_a_callback_that_lets_qt_handle_events_may_be_overtaken(
    run: Run, qapp: QApplication
) -> None:
    """What was queued after it runs meanwhile, once, and nothing is lost."""
    seen: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(qapp.processEvents)
        for n in range(3):
            loop.call_soon(seen.append, n)
        await asyncio.sleep(0)
        while len(seen) < 3:
            await asyncio.sleep(0)

    run(main())
    assert seen == [0, 1, 2]


def test_other_threads_give_way_to_the_loop_sooner_while_it_runs(run: Run) -> None:
    """And as usual afterwards, also where it ends by an error."""
    usual = sys.getswitchinterval()

    async def look(*, fails: bool) -> float:
        if fails:
            raise ValueError("it fails")
        return sys.getswitchinterval()

    assert run(look(fails=False)) == pytest.approx(TURN_S)
    with pytest.raises(ValueError, match="it fails"):
        run(look(fails=True))
    assert sys.getswitchinterval() == usual
