"""``make pictures``: draw the pictures of the window for the documents anew.

Each is a real run: as fast as possible to some virtual time, then a few seconds live, so
that the figures of the window are those of a running window.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av
import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from experiments import (
    Action,
    Parameters,
    Session,
    Simulation,
    find_preset,
    session_of,
)
from experiments.commands.starts import Start
from gui.controllers.lag_probe import probe_lag
from gui.instruments.engine import ENGINE
from gui.instruments.registry import side_by_side
from gui.laboratory import Laboratory, open_laboratory, running
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.look import AT_FIRST, Look, Theme
from gui.models.metrics import Metrics
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import rgba
from gui.picture.painting import Painting
from gui.picture.rasteriser import Extent, Rasteriser
from gui.picture.theme import FAILED_COLOUR
from gui.system.application import make_application
from gui.system.event_loop import run_app

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"

_LIVE_S: Final = 2.5
_CLIP_S, _CLIP_FPS, _CLIP_SPEED, _CLIP_LENGTH = 20, 15, 4.0, 432
_CYCLE_S: Final = 6.0
"""Longer than anybody's cycle: until then there are fireflies of which no lateness is known."""


def paint_with_brushes(lab: Laboratory) -> None:
    """A ring that nobody hears, pacemakers within, and a brush in the hand."""
    hand = lab.hand
    hand.choose_brush(Brush.SILENCE)
    hand.turn_wheel(-1)
    for x0, y0, x1, y1 in ((14, 14, 36, 14), (36, 14, 36, 36), (36, 36, 14, 36), (14, 36, 14, 14)):
        hand.stroke(x0, y0, x1, y1)
    hand.choose_brush(Brush.SCRAMBLE)
    hand.turn_wheel(4)
    hand.stroke(6, 44, 30, 45)
    grid = lab.window.grid
    place = QPointF(grid.cell_rect(45 * 50 + 31).center())
    buttons = Qt.MouseButton.NoButton
    QApplication.sendEvent(
        grid.viewport(),
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            grid.viewport().mapToGlobal(place),
            buttons,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def click_a_firefly(lab: Laboratory) -> None:
    """Hold on to one in the middle."""
    lab.hand.click(30.5, 20.5)


def record(lab: Laboratory) -> None:
    """Record, to a file that is thrown away."""
    lab.recording.start(Path(tempfile.mkdtemp()) / "it.mp4")


def look_closer(lab: Laboratory) -> None:
    """Part of the grid, with the map of where that is."""
    for _ in range(5):
        lab.window.grid.zoom(1)


def go_to_the_middle(lab: Laboratory) -> None:
    """Somewhere in the run that is repeated."""
    lab.controller.seek(86.4)


async def lived() -> Session:
    """A run to which something was done."""
    simulation = Simulation(Parameters(side=40))
    await simulation.start()
    simulation.run_until(50.0)
    simulation.change(nudge=0.4)
    simulation.run_until(90.0)
    simulation.act(Action.SCRAMBLE, range(600))
    simulation.run_until(120.0)
    simulation.change(period=4.0)
    simulation.run_until(150.0)
    session = session_of(simulation)
    await simulation.aclose()
    return session


async def draw_clip() -> None:
    """Twenty seconds for the front page, from disorder to order, as an animated WebP."""
    path, parameters = IMAGES / "clip.webp", Parameters(side=36, nudge=0.3)
    simulation = Simulation(parameters)
    await simulation.start()
    wall_s = 0.0
    painting = Painting(parameters, table_of, Metrics(), lambda: wall_s, rgba(FAILED_COLOUR))
    rasteriser, extent = Rasteriser(), Extent.whole(parameters.side, _CLIP_LENGTH)
    with av.open(str(path), "w", format="webp", options={"loop": "0"}) as file:
        stream = file.add_stream("libwebp_anim", rate=_CLIP_FPS)
        stream.width = stream.height = _CLIP_LENGTH
        stream.pix_fmt = "yuv420p"
        stream.options = {"quality": "55", "compression_level": "5"}
        for index in range(_CLIP_S * _CLIP_FPS):
            wall_s = index / _CLIP_FPS
            simulation.run_until(wall_s * _CLIP_SPEED)
            frame = painting.make(simulation, Colouring.GLOW, _CLIP_SPEED, wall_s)
            assert frame is not None, "the glow is painted in every frame"
            rgb = np.ascontiguousarray(rasteriser.draw(frame.cells, extent)[..., :3])
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            file.mux(stream.encode(picture.reformat(format="yuv420p")))
        file.mux(stream.encode(None))
    await simulation.aclose()
    print(path)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows."""

    name: str
    after: float
    start: Start = field(default_factory=lambda: Start(Parameters()))
    look: Look = AT_FIRST
    size: tuple[int, int] = (1280, 800)
    act: Callable[[Laboratory], None] | None = None
    session: bool = False


def _views() -> list[Picture]:
    return [
        Picture(f"{view.value}-{theme.value}", 80.0, look=Look(theme=theme, view=view))
        for theme in (Theme.NIGHT, Theme.DAY)
        for view in Colouring
    ]


def _start(name: str) -> Start:
    preset = find_preset(name)
    return Start(Parameters(**preset.values), preset.opening, preset, preset.name)


PICTURES: Final = (
    Picture("window", 60.0, size=(1600, 900)),
    Picture("closer", 60.0, act=look_closer),
    *_views(),
    Picture("panels-night", 100.0, look=Look(panels=side_by_side(), theme=Theme.NIGHT)),
    Picture(
        "panels-day", 100.0, look=Look(panels=side_by_side(), theme=Theme.DAY), size=(1920, 1080)
    ),
    Picture("brushes", 150.0, look=Look(view=Colouring.PHASE), act=paint_with_brushes),
    Picture("firefly", 70.0, act=click_a_firefly),
    Picture("islands", 300.0, start=_start("two-islands"), look=Look(view=Colouring.PHASE)),
    Picture("waves", 400.0, start=_start("waves"), look=Look(view=Colouring.PHASE)),
    Picture("recording", 70.0, act=record),
    Picture("replay", 0.0, session=True, act=go_to_the_middle),
    Picture("small", 60.0, look=Look(panels=side_by_side()), size=(900, 600)),
)


async def draw(picture: Picture) -> None:
    """Run, look, and save."""
    session = await lived() if picture.session else None
    parameters = picture.start.parameters if session is None else session.parameters
    async with open_laboratory(parameters, look=picture.look, session=session) as lab:
        window = lab.window
        window.resize(*picture.size)
        if picture.start.preset is not None:
            lab.controller.note_preset(picture.start.preset, picture.start.source)
        window.show()
        await lab.pump.begin()
        await lab.pump.run_ahead(picture.after)
        if picture.act is not None:
            picture.act(lab)
        async with running(lab.pump.go_on(), probe_lag(lab.metrics)) as tasks:
            panels = picture.look.panels or frozenset()
            is_long = ENGINE.name in panels or picture.session
            is_live_for = _CYCLE_S if is_long else _LIVE_S
            await asyncio.wait(tasks, timeout=is_live_for)
        lab.pump.present()
        path = IMAGES / f"{picture.name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not window.grab().save(str(path)):
            raise OSError(f"{path} couldn't be written")
        print(path)


async def draw_all(names: list[str]) -> int:
    """Draw those named, or all."""
    for picture in PICTURES:
        if not names or picture.name in names:
            await draw(picture)
    if not names or "clip" in names:
        await draw_clip()
    return 0


if __name__ == "__main__":
    sys.exit(run_app(draw_all(sys.argv[1:]), make_application()))
