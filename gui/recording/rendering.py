"""Renderings: a run drawn picture by picture, without a display, as long as each one takes."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from experiments import (
    Parameters,
    Simulation,
    encode_session,
    in_place_of,
    one_line,
    open_with,
    program_version,
    session_of,
    sparing_the_collector,
    why_not,
)
from experiments.commands.starts import Start
from gui.models.colouring import Colouring
from gui.models.drawing import Drawing
from gui.models.metrics import Metrics
from gui.models.recording_settings import EXISTS_ALREADY, Layout, RecordingError, RecordingSettings
from gui.picture.caption import metadata_of, present_caption
from gui.picture.caption_painter import CaptionPainter
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import rgba
from gui.picture.composer import Composer
from gui.picture.painting import Painting
from gui.picture.theme import FAILED_COLOUR
from gui.recording.video_file import VideoFile, open_video

_TURN_S: Final = 0.1
_ROUNDING: Final = 1e-6
"""Part of a frame by which sums of floating point numbers may be off."""


@dataclass(frozen=True, slots=True)
class RenderingOrder:
    """What to render.

    Attributes
    ----------
    start
        What the run begins with, or the session that it repeats.
    path
        File to make; it must not exist.
    settings
        Size, rate, caption.
    until
        Virtual seconds to draw.
    speed
        Virtual seconds per second of the video; None for that of the run.
    view
        What the colour of a firefly means.
    is_calm
        Whether every change of brightness is softened.
    drawing
        How fireflies are drawn.
    """

    start: Start
    path: Path
    settings: RecordingSettings
    until: float
    speed: float | None = None
    view: Colouring = Colouring.GLOW
    is_calm: bool = False
    drawing: Drawing = Drawing.LIGHTS


async def render(order: RenderingOrder, on_progress: Callable[[float], object]) -> dict[str, Any]:
    """Render a run; returns a report of it.

    Parameters
    ----------
    order
        What to render.
    on_progress
        Called after each frame with the share done, in [0, 1].

    Raises
    ------
    RecordingError
        It can't be encoded or written; no file is left then.
    """
    start, session = order.start, order.start.session
    simulation = Simulation(start.parameters, population_choice=start.population)
    try:
        with in_place_of(order.path, must_be_new=True) as part:
            await simulation.start()
            open_with(simulation, start.opening)
            if session is not None:
                simulation.follow(session)
            rendering = _Rendering(order, simulation, part)
            try:
                return await rendering.run(on_progress)
            except BaseException:
                rendering.give_up()
                raise
    except FileExistsError as error:
        raise RecordingError(EXISTS_ALREADY) from error
    except OSError as error:
        raise RecordingError(f"can't be written: {why_not(error, order.path)}") from error
    finally:
        await simulation.aclose()


@dataclass(frozen=True, slots=True)
class _Steady:
    """Frames at equal distances: no rounding adds up."""

    t: float
    index: int
    step: float

    def time(self, index: int) -> float:
        """Virtual time of a frame."""
        return self.t + (index - self.index) * self.step


class _Rendering:
    """One rendering under way."""

    def __init__(self, order: RenderingOrder, simulation: Simulation, part: Path) -> None:
        self._order = order
        self._simulation = simulation
        self._video = self._open(part)
        self._composer = Composer(order.settings)
        place = Layout.of(order.settings).caption
        self._captions = None if place is None else CaptionPainter(place.width, place.height)
        self._video_s = 0.0
        self._painting = Painting(
            simulation.parameters,
            table_of,
            Metrics(),
            lambda: self._video_s,
            rgba(FAILED_COLOUR),
        )
        self._painting.is_calm = order.is_calm
        self._painting.drawing = order.drawing

    def _open(self, part: Path) -> VideoFile:
        """The file, with the session that it will hold at the end, as far as it is known."""
        order = self._order
        session = order.start.session
        begun = encode_session(session or session_of(self._simulation, program_version()))
        metadata = metadata_of(self._simulation.parameters)
        kind = order.path.suffix.lower()
        return open_video(part, order.settings, metadata, begun, is_live=False, kind=kind)

    async def run(self, on_progress: Callable[[float], object]) -> dict[str, Any]:
        """Draw all pictures, and finish the file."""
        order, simulation, t = self._order, self._simulation, 0.0
        steady = _Steady(0.0, 0, self._speed(simulation.parameters) / order.settings.fps)
        took: list[float] = []
        for index in itertools.count():
            began = time.perf_counter()
            await self._run_until(t)
            self._draw(index)
            took.append(time.perf_counter() - began)
            on_progress(t / order.until if order.until else 1.0)
            step = self._speed(simulation.parameters) / order.settings.fps
            if step != steady.step:
                steady = _Steady(t, index, step)
            t = steady.time(index + 1)
            if t >= order.until - _ROUNDING * step:  # the frame before shows until then
                break
        await self._run_until(order.until)
        on_progress(1.0)
        is_held = self._video.close(encode_session(session_of(simulation, program_version())))
        report = self._report(took)
        return report if is_held else {**report, "carries_session": False}

    def give_up(self) -> None:
        """Let the file go: nothing comes of it."""
        self._video.give_up()

    async def _run_until(self, t: float) -> None:
        """Let virtual time pass; the loop has a turn now and then, so that a signal is heard."""
        is_reached = False
        while not is_reached:
            with sparing_the_collector():
                is_reached = self._simulation.run_until(t, _TURN_S).reached
            await asyncio.sleep(0)

    def _draw(self, index: int) -> None:
        simulation, order = self._simulation, self._order
        self._video_s = index / order.settings.fps
        speed = self._speed(simulation.parameters)
        self._painting.make(simulation, order.view, speed, self._video_s)
        caption = None
        if self._captions is not None:
            caption = self._captions.draw(present_caption(simulation))
        picture = self._painting.latest
        assert picture is not None
        self._video.write(self._composer.compose(picture, caption), index)

    def _speed(self, parameters: Parameters) -> float:
        """Virtual seconds per second of the video, as asked for, else as in force."""
        speed = parameters.speed if self._order.speed is None else self._order.speed
        if math.isinf(speed):
            raise RecordingError("needs --speed: the run goes as fast as possible")
        return speed

    def _report(self, took: list[float]) -> dict[str, Any]:
        simulation, order = self._simulation, self._order
        digest = simulation.flashes.digest()
        tenth = max(1, len(took) // 10)
        report = {
            "file": one_line(str(order.path)),
            "frames": len(took),
            "fps": order.settings.fps,
            "width": order.settings.width,
            "height": order.settings.height,
            "virtual_s": simulation.now,
            "flashes": digest.n,
            "digest": digest.hexdigest(),
            "ms_per_frame": round(1e3 * sum(took) / len(took), 3),
            "ms_per_frame_first_tenth": round(1e3 * sum(took[:tenth]) / tenth, 3),
            "ms_per_frame_last_tenth": round(1e3 * sum(took[-tenth:]) / tenth, 3),
        }
        if (following := simulation.following) is not None and following.verdict is not None:
            report["identical"] = following.verdict.is_same
        return report
