"""A pump with a real swarm and a screen made of lists: no Qt, and a made-up wall clock."""

import asyncio
import math

from experiments import Parameters, Simulation
from gui.controllers.pump import BUDGET_S, Pump
from gui.controllers.wishes import WishController
from gui.models.intent import Intent
from gui.models.metrics import Metrics
from gui.picture.colour_table import colour_table
from gui.picture.theme import GLOW_STOPS

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


class Screen:
    """Remembers what it was shown."""

    def __init__(self):
        self.frames, self.curves, self.statuses, self.notes = [], [], [], []
        self.toasts = []
        self.refusals, self.values, self.playing = {}, None, None
        self.shows = True

    def is_showing(self):
        return self.shows

    def show_frame(self, frame):
        self.frames.append(frame.rgba.copy())
        self.is_evened = frame.is_evened

    def show_curve(self, curve):
        self.curves.append(curve)

    def show_timeline(self, timeline):
        self.timeline = timeline

    def show_recording(self, status):
        self.recording = status

    def show_notice(self, notice):
        self.notice = notice

    def show_status(self, status):
        self.statuses.append(status)

    def show_playing(self, is_playing):
        self.playing = is_playing

    def is_seen(self, name):
        return self.shows

    def raster_size(self):
        return 40, 60

    def show_circle(self, circle):
        self.circle = circle

    def show_histogram(self, histogram):
        self.histogram = histogram

    def show_raster(self, raster):
        self.raster = raster

    def show_rate(self, curve):
        self.rate = curve

    def show_problems(self, problems):
        self.problems = list(problems)

    def show_marks(self, status):
        self.marks = status

    def show_pinned(self, firefly):
        self.pinned = firefly

    def show_preset(self, name, sentence, usual=""):
        self.preset = (name, sentence)

    def show_calm(self, is_calm):
        self.is_calm = is_calm

    def show_note(self, words, can_cancel=False):
        self.notes.append(words)
        self.can_cancel = can_cancel

    def show_brush(self, brush, width):
        self.brush = (brush, width)

    def show_firefly(self, words):
        self.firefly = words

    def show_view(self, view):
        self.view = view

    def show_toast(self, words):
        self.toasts.append(words)

    def show_figures(self, figures):
        pass

    def show_parameters(self, parameters):
        self.values = parameters

    def show_refusal(self, name, reason):
        if reason:
            self.refusals[name] = reason
        else:
            self.refusals.pop(name, None)

    def clear_refusals(self):
        self.refusals.clear()


def table_of(view):
    """From dark to bright, for every view."""
    return colour_table(GLOW_STOPS)


class Stage:
    """A pump with all it needs; `play` shows frames on a wall clock of its own."""

    def __init__(self, parameters, session=None):
        self.wall = 0.0
        self.simulation = Simulation(parameters)
        self.intent = Intent(session=session)
        if session is not None:
            self.simulation.follow(session)
        self.screen = Screen()
        self.metrics = Metrics()
        self.pump = Pump(
            self.simulation, self.intent, self.screen, self.metrics, table_of, lambda: self.wall
        )
        self.controller = WishController(
            self.simulation, self.intent, self.screen, draw_seed=lambda: 77
        )

    def play(self, seconds):
        for _ in range(round(seconds * 60)):
            self.wall += 1 / 60
            self.frame()

    def frame(self):
        """A frame at the wall time there is, with time enough for all that is due."""
        is_endless = math.isinf(self.simulation.pending.speed)
        self.pump.allowance.budget_s = BUDGET_S if is_endless else 10.0  # busy as the machine is
        self.pump.frame()
        while self.pump._is_behind and not math.isinf(self.simulation.pending.speed):
            self.pump._pass_time(self.wall, 1.0)

    async def restart(self):
        await self.pump._restart()

    async def go_where_wanted(self):
        """As the pump does between two frames."""
        if (stop := self.pump.replaying.stop_wanted()) is not None:
            await self.pump._go_to(stop)

    async def follow(self):
        """As the pump does between two frames, until no wish for another run is left."""
        self.play(1 / 60)
        while self.pump.undoing.place_wanted is not None or self.intent.restart is not None:
            if (place := self.pump.undoing.place_wanted) is not None:
                await self.pump._return_to(place)
            if self.intent.restart is not None:
                await self.restart()
            self.play(1 / 60)

    def paint(self, brush, *cells):
        """One stroke with a brush of one cell over some places."""
        self.controller.choose_brush(brush)
        self.controller.turn_wheel(-20)
        for x, y in cells:
            self.controller.stroke(x + 0.5, y + 0.5, x + 0.5, y + 0.5)
            self.play(1 / 60)
        self.controller.end_stroke()


def run_staged(body, parameters=SMALL):
    """Run an async test body with a stage whose swarm is ready."""

    async def main():
        stage = Stage(parameters)
        await stage.pump.begin()
        try:
            await body(stage)
        finally:
            await stage.simulation.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
