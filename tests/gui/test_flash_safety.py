"""The grid as a whole never flashes more than three times a second of wall time.

Judged here from the pixels alone, by the rule of WCAG 2.3.1: a flash is a pair
of opposing changes of relative luminance by 0.1 or more. So in any second there
may be at most six such changes.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable

import numpy as np
import pytest

from experiments import Parameters, Simulation
from gui.controllers.pump import Pump
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.metrics import Metrics
from gui.models.pacing import SpeedMeter, display_speed
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import colour_table, relative_luminance
from gui.picture.flash_guard import FlashGuard
from gui.picture.frame_buffer import Frame, FrameBuffer
from gui.picture.glow import CALM, FLASH, Glow
from gui.picture.theme import GLOW_STOPS
from tests.gui.cells import rgba_of
from tests.gui.fake_screen import FakeScreen
from tests.proofs import count

COLOURS = colour_table(GLOW_STOPS)
FRAME_S = 1 / 60
SIDE = 10
N = SIDE * SIDE


def changes(levels: list[float], swing: float = 0.1) -> list[int]:
    """Moments (frame numbers) at which a swing in the opposing direction is complete."""
    moments, direction, low, high = [], 0, levels[0], levels[0]
    for k, level in enumerate(levels):
        low, high = min(low, level), max(high, level)
        if direction <= 0 and level - low >= swing:
            direction, low, high = 1, level, level
            moments.append(k)
        elif direction >= 0 and high - level >= swing:
            direction, low, high = -1, level, level
            moments.append(k)
    return moments


def most_in_a_second(levels: list[float]) -> int:
    """The largest number of opposing changes within any 60 frames."""
    moments = changes(levels)
    return max((sum(k <= m < k + 60 for m in moments) for k in moments), default=0)


class Cinema:
    """Shows a made-up swarm frame by frame, as the pump does, and measures the pixels."""

    def __init__(self, clusters: int = 1, cycle: float = 3.35, spread: float = 0.0) -> None:
        rng = np.random.default_rng(1)
        self.guard = FlashGuard()
        self.buffer = FrameBuffer(SIDE, COLOURS, self.guard)
        self.meter = SpeedMeter()
        self.cycle = cycle
        self.offsets = (np.arange(N) % clusters) * cycle / clusters + spread * rng.random(N)
        self.counts = np.zeros(N)
        self.now = self.wall = 0.0
        self.period, self.glow = 5.0, 0.3
        self.levels: list[float] = []

    def pass_time(self, dt: float) -> None:
        """Let virtual time pass, with all flashes due."""
        until = self.now + dt
        while True:
            due = self.offsets + self.counts * self.cycle
            ready = np.flatnonzero(due <= until)
            if not len(ready):
                break
            when = np.maximum(due[ready], self.now)
            order = np.argsort(when, kind="stable")
            self.buffer.note(when[order], ready[order].astype(np.uint32))
            self.counts[ready] += 1
        self.now = until

    def set_cycle(self, cycle: float) -> None:
        """From now on everybody flashes once in so many seconds."""
        self.offsets = self.offsets % cycle + self.now
        self.counts[:] = 0
        self.cycle = cycle

    def show(self, asked: float, frames: int = 1, steps: bool = False) -> None:
        """Show some frames without letting time pass."""
        for _ in range(frames):
            self.meter.note(self.wall, self.now)
            speed = 0.0 if steps else display_speed(asked, self.meter.rate())
            frame = self.buffer.render(
                self.now, self.glow * self.period, self.period, speed, self.wall
            )
            pixels = rgba_of(frame.cells).reshape(-1, 4)
            level = float(relative_luminance(pixels).mean())
            assert level == pytest.approx(frame.luminance)
            self.levels.append(level)
            self.wall += FRAME_S

    def play(
        self, asked: float, seconds: float, actual: Callable[[int], float] | None = None
    ) -> None:
        """Run at a speed, achieved exactly or as `actual` (a function of the frame) says."""
        for k in range(round(seconds / FRAME_S)):
            rate = asked if actual is None else actual(k)
            self.pass_time(rate * FRAME_S)
            self.show(asked)

    def assert_safe(self) -> None:
        """No second has more than three flashes."""
        assert most_in_a_second(self.levels) <= 6


@pytest.mark.parametrize("speed", [1, 2, 4, 6, 7, 8, 8.4, 9, 10, 12, 15, 20, 35, 50, 200, 1000])
def test_a_synchronised_swarm_is_safe_at_every_speed(speed: float) -> None:
    """Everybody at one instant, at a steady speed."""
    cinema = Cinema()
    cinema.play(speed, 6)
    cinema.assert_safe()


def test_slow_swarms_do_flash() -> None:
    """Safety isn't bought by showing nothing: at 1x and 4x all flashes are seen in full."""
    for speed, flashes in ((1.0, 3), (4.0, 10)):
        cinema = Cinema()
        cinema.play(speed, flashes * 3.35 / speed)
        assert max(cinema.levels) > 0.8
        assert len(changes(cinema.levels)) >= 2 * flashes - 2


def test_fast_swarms_stay_calm() -> None:
    """At 50x, once it has begun, the mean hardly moves."""
    cinema = Cinema()
    cinema.play(50, 3)
    assert np.ptp(cinema.levels[60:]) < 0.1


@pytest.mark.parametrize("clusters", [2, 3, 4, 7])
@pytest.mark.parametrize("speed", [2, 4, 8])
def test_clusters_that_take_turns_are_safe(clusters: int, speed: float) -> None:
    """Each firefly is slow enough, but their groups together aren't."""
    cinema = Cinema(clusters=clusters)
    cinema.glow = 0.1
    cinema.play(speed, 6)
    cinema.assert_safe()


@pytest.mark.parametrize("period", [0.02, 0.1, 0.3, 0.5])
def test_tiny_periods_are_safe_at_speed_one(period: float) -> None:
    """What counts is wall time, also when the period makes it fast."""
    cinema = Cinema(cycle=period * 0.67)
    cinema.period = period
    cinema.play(1, 4)
    cinema.assert_safe()


def test_a_period_dragged_down_while_running_is_safe() -> None:
    """The last interval says nothing about the next: the guard has to see it."""
    cinema = Cinema()
    cinema.play(1, 4)
    for period in (3, 1, 0.3, 0.1, 5, 0.1):
        cinema.period = period
        cinema.set_cycle(0.67 * period)
        cinema.play(1, 1.5)
    cinema.assert_safe()


def test_as_fast_as_possible_is_safe_from_the_first_frame() -> None:
    """Nothing is known of the speed achieved, then it is uneven."""
    rng = random.Random(3)
    cinema = Cinema(spread=0.05)
    cinema.play(math.inf, 6, actual=lambda _: rng.choice((0, 0, 5, 20, 120)))
    cinema.assert_safe()


@pytest.mark.parametrize("pace", [3, 5, 8, 12])
def test_as_fast_as_possible_may_be_slow(pace: int) -> None:
    """A large swarm at its best speed, which is around the limit."""
    cinema = Cinema()
    cinema.play(math.inf, 8, actual=lambda k: pace if k % 4 else 0)
    cinema.assert_safe()


def test_catching_up_after_a_stall_is_safe() -> None:
    """At 7x it stalls for two seconds, then makes up for it at 40x."""
    cinema = Cinema()
    cinema.play(7, 8, actual=lambda k: (0, 0, 40, 7)[k // 60 % 4] if k < 400 else 7)
    cinema.assert_safe()


def test_the_speed_slider_swept_to_and_fro_is_safe() -> None:
    """From 0.05x to max and back within seconds, again and again."""
    cinema = Cinema()
    for _ in range(4):
        for speed in (0.05, 0.5, 1, 3, 7, 9, 20, 50, 9, 7, 3):
            cinema.play(speed, 0.25)
    cinema.assert_safe()


def test_a_hammered_step_key_is_safe() -> None:
    """Ten steps a second, each to another half of the swarm or to nobody."""
    cinema = Cinema(clusters=2)
    cinema.glow = 0.05
    for _ in range(60):
        cinema.pass_time(cinema.cycle / 4)
        cinema.show(1.0, frames=6, steps=True)
    cinema.assert_safe()


def test_hammered_resets_are_safe() -> None:
    """A fresh and dark swarm, a full flash, and again, eight times a second."""
    cinema = Cinema()
    for _ in range(30):
        cinema.buffer = FrameBuffer(SIDE, COLOURS, cinema.guard)
        cinema.show(1.0, frames=3, steps=True)
        cinema.counts[:] = 0
        cinema.pass_time(cinema.cycle)
        cinema.show(1.0, frames=4, steps=True)
    cinema.assert_safe()


def test_after_the_hammering_the_picture_is_itself_again() -> None:
    """A second after the last swing nothing is held back, and contrast returns."""
    cinema = Cinema(clusters=2)
    cinema.glow = 0.05
    for _ in range(20):
        cinema.pass_time(cinema.cycle / 4)
        cinema.show(1.0, frames=6, steps=True)
    cinema.pass_time(cinema.cycle / 4 - cinema.now % (cinema.cycle / 4))
    cinema.show(1.0, frames=200, steps=True)
    frame = cinema.buffer.render(cinema.now, 0.25, 5.0, 0.0, cinema.wall)
    assert not frame.is_held_back
    assert not frame.is_evened


def test_play_and_pause_in_turn_are_safe() -> None:
    """Pausing keeps the picture, so that hammering the space bar changes nothing much."""
    cinema = Cinema()
    for _ in range(30):
        cinema.play(50, 0.1)
        cinema.show(50, frames=6)
    cinema.assert_safe()


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(6, 100)))
def test_random_sequences_are_safe(seed: int) -> None:
    """Whatever is done, in whatever order."""
    rng = random.Random(seed)
    cinema = Cinema(clusters=rng.choice((1, 1, 2, 5)), cycle=rng.choice((0.3, 1.0, 3.35)))
    for _ in range(40):
        what = rng.random()
        if what < 0.6:
            cinema.play(rng.choice((0.5, 1, 3, 6, 8, 9, 20, 50, 300)), rng.choice((0.1, 0.4, 1)))
        elif what < 0.8:
            cinema.pass_time(rng.random() * cinema.cycle)
            cinema.show(1.0, frames=rng.randint(1, 8), steps=True)
        elif what < 0.9:
            cinema.set_cycle(rng.choice((0.05, 0.3, 1.0, 3.35)))
        else:
            cinema.glow = rng.choice((0.02, 0.3, 1.0))
    cinema.assert_safe()


class Projector(FakeScreen):
    """A screen that measures the pictures of the grid instead of keeping them."""

    def __init__(self) -> None:
        super().__init__()
        self.level = 0.0

    def is_seen(self, name: str) -> bool:
        return False

    def show_frame(self, frame: Frame) -> None:
        self.level = float(relative_luminance(rgba_of(frame.cells).reshape(-1, 4)).mean())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("view", "is_calm"),
    [
        pytest.param(Colouring.GLOW, False, marks=pytest.mark.drill),
        pytest.param(Colouring.GLOW, True, marks=pytest.mark.drill),
        pytest.param(Colouring.PHASE, False, marks=pytest.mark.drill(alone=True)),
        pytest.param(Colouring.PHASE, True, marks=pytest.mark.drill(alone=True)),
        pytest.param(Colouring.ORDER, False, marks=pytest.mark.drill(alone=True)),
    ],
)
def test_a_real_swarm_is_safe_whatever_is_done_with_it(view: Colouring, is_calm: bool) -> None:
    """A synchronised swarm at all speeds, with steps, changes and restarts in between.

    Three flashes a second at most, and one for those who asked for calm.
    """

    async def main() -> tuple[list[float], float]:
        wall = 0.0
        parameters = Parameters(side=8, nudge=0.5, seed=3)
        simulation, projector = Simulation(parameters), Projector()
        intent = Intent(view=view, is_calm=is_calm)
        pump = Pump(simulation, intent, CurrentRun(), projector, Metrics(), table_of, lambda: wall)
        await pump.begin()
        await pump.run_ahead(60.0)
        assert simulation.coherence.values[-1] > 0.99
        levels, brightest = [], 0.0

        async def play(seconds: float) -> None:
            nonlocal wall
            for _ in range(round(seconds / FRAME_S)):
                wall += FRAME_S
                await pump.step(wall)
                levels.append(projector.level)

        for speed in (1.0, 4.0, 8.0, 9.0, 12.0, 50.0, 7.0, math.inf, 1.0):
            intent.ask("speed", speed)
            await play(1.2 if speed == math.inf else 1.6)  # at max all frames last their budget
            brightest = max(brightest, max(levels[-60:]))
        for _ in range(20):
            intent.step()
            await play(0.1)
        intent.toggle_play()
        for period in (0.5, 5.0, 0.3, 2.0):
            intent.ask("refractory", period / 5)
            intent.ask("jitter", period / 50)
            intent.ask("nudge", period / 10)
            intent.ask("period", period)
            await play(1.0)
        for seed in range(5):
            intent.begin_anew(seed=seed)
            intent.ask("speed", math.inf)
            await play(0.2)
        await simulation.aclose()
        return levels, brightest

    levels, brightest = asyncio.run(main())
    assert most_in_a_second(levels) <= (2 if is_calm else 6)
    least = {Colouring.GLOW: 0.8, Colouring.PHASE: 0.5, Colouring.ORDER: 0.5}.get(view, 0.0)
    assert brightest > (0.3 * least if is_calm else least)


@pytest.mark.parametrize("glow", [FLASH, CALM], ids=["flash", "calm"])
def test_the_mean_of_a_glow_is_its_integral(glow: Glow) -> None:
    """What a fast firefly is evened out to, worked out in closed form; outside it is dark."""
    ages = (np.arange(20_000) + 0.5) / 20_000
    bright = glow.brightness(ages.copy())
    for until in (0.01, 0.3, 0.77, 1.0):
        expected = bright[: round(until * 20_000)].sum() / 20_000
        assert glow.total(np.array([until]))[0] == pytest.approx(expected, abs=1e-5)
    assert glow.brightness(np.array([1.0, 1.5, 40.0, math.inf])).max() < 1e-30
    assert 0.0 <= bright.min() <= bright.max() <= 1.0


def test_calm_is_slower_and_dimmer_in_every_change() -> None:
    """Of a synchronised swarm at speed 1: no step from frame to frame as large as a third."""
    steps, peaks = [], []
    for glow in (FLASH, CALM):
        cinema = Cinema()
        levels = []
        for k in range(600):
            cinema.wall += FRAME_S
            now = k * FRAME_S
            if k == 300:
                cinema.buffer.note(np.full(N, now), np.arange(N, dtype=np.uint32))
            frame = cinema.buffer.render(now, 1.5, 5.0, 1.0, cinema.wall, glow)
            levels.append(frame.luminance)
        steps.append(max(abs(np.diff(levels))))
        peaks.append(max(levels))
    assert steps[1] < steps[0] / 3
    assert peaks[1] < 0.7 * peaks[0]


@pytest.mark.slow
def test_switching_views_at_will_is_safe() -> None:
    """Someone who hammers the keys of the views gets no flicker of the whole picture."""

    async def main() -> list[float]:
        wall = 0.0
        simulation, intent, projector = Simulation(Parameters(side=12)), Intent(), Projector()
        pump = Pump(simulation, intent, CurrentRun(), projector, Metrics(), table_of, lambda: wall)
        await pump.begin()
        await pump.run_ahead(40.0)
        levels = []
        for k in range(1_200):
            wall += FRAME_S
            intent.view = list(Colouring)[k // 4 % len(Colouring)]
            await pump.step(wall)
            levels.append(projector.level)
        await simulation.aclose()
        return levels

    assert most_in_a_second(asyncio.run(main())) <= 6
