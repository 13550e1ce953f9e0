"""Time in which nothing could run is no time: from made-up clocks."""

from __future__ import annotations

import asyncio

import pytest

from gui.controllers.stops import Stops
from gui.system.awake_clock import AwakeClock
from tests.gui.staged import SMALL, Stage


class Machine:
    """A monotonic clock and a processor, both made up."""

    def __init__(self) -> None:
        self.wall = 1_000.0
        self.cpu = 5.0
        self.clock = AwakeClock(lambda: self.wall, lambda: self.cpu)
        self.begin = self.clock()

    def work(self, seconds: float, share: float = 0.3) -> None:
        """Frames for so long."""
        for _ in range(round(seconds * 60)):
            self.wall += 1 / 60
            self.cpu += share / 60
            self.clock()

    def passed(self) -> float:
        """Seconds by the clock so far."""
        return self.clock() - self.begin


def test_a_minute_of_sleep_is_left_out() -> None:
    """Whoever looks at the clock afterwards finds it where it was."""
    machine = Machine()
    machine.work(3.0)
    machine.wall += 60.0
    assert machine.passed() == pytest.approx(3.0)
    assert machine.clock.stopped_s == pytest.approx(60.0)
    machine.work(2.0)
    assert machine.passed() == pytest.approx(5.0)


def test_hard_work_and_short_waits_are_time() -> None:
    """Three seconds of work in one go were no stop, nor was a second and a half of silence."""
    machine = Machine()
    machine.work(1.0)
    machine.wall += 3.0
    machine.cpu += 2.9
    assert machine.passed() == pytest.approx(4.0)
    machine.wall += 1.5
    assert machine.passed() == pytest.approx(5.5)
    assert machine.clock.stopped_s == 0.0


def test_several_stops_add_up() -> None:
    """Each is left out by itself."""
    machine = Machine()
    for _ in range(3):
        machine.work(1.0)
        machine.wall += 3_600.0
    machine.work(1.0)
    assert machine.passed() == pytest.approx(4.0, abs=0.1)
    assert machine.clock.stopped_s == pytest.approx(3 * 3_600.0, abs=0.1)


def test_after_a_stop_the_run_goes_on_from_where_it_was_with_a_word() -> None:
    """Nothing is caught up with, dropped, late or slow, and how long it was is said once."""

    async def main() -> None:
        machine, stage = Machine(), Stage(SMALL)
        await stage.pump.begin()
        stage.pump.watchers.append(Stops(machine.clock, stage.screen))

        async def frames(seconds: float) -> None:
            for _ in range(round(seconds * 60)):
                machine.work(1 / 60)
                stage.wall = machine.passed()
                await stage.step()

        await frames(3.0)
        before, asleep = stage.simulation.now, len(stage.screen.toasts)
        machine.wall += 60.0
        await frames(1.5)
        assert stage.simulation.now == pytest.approx(before + 1.5, abs=0.05)
        assert stage.pump.dropped == 0.0
        assert stage.screen.statuses[-1].held == pytest.approx(1.0, abs=0.02)
        assert not stage.screen.statuses[-1].is_slower
        late = [
            each for each in stage.metrics.history.columns()["lateness_ms_max"] if each is not None
        ]
        assert max(late) < 50.0
        said = stage.screen.toasts[asleep:]
        assert len(said) == 1
        assert said[0].startswith("Stopped for 60 s")
        assert "recording" not in said[0]  # there is none; paused or not, this is true
        await stage.simulation.aclose()

    asyncio.run(main())
