"""The window with a running swarm behind it: what it shows, what it asks, how it closes."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from experiments import Parameters
from gui.app import Session

InWindow = Callable[..., Any]
SMALL = Parameters(side=6)
ACCENT_FLASH = QColor("#FFF3C4")


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Let the loop go on until a condition holds."""
    stop_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < stop_at, "waited in vain"
        await asyncio.sleep(0.005)


async def frames(session: Session, n: int = 3) -> None:
    """Let the pump show a few frames."""
    for _ in range(n):
        await session.pump.schedule.next()
    await asyncio.sleep(0)


def pixel(session: Session, firefly: int) -> QColor:
    """Colour in the middle of a firefly, as painted."""
    grid = session.window.grid
    where = grid.cell_rect(firefly).center().toPoint()
    return QColor(grid.grab().toImage().pixelColor(where))


def test_a_flash_lights_the_right_pixel(in_window: InWindow) -> None:
    """The firefly made to flash is at its brightest; one that never flashed is dark."""

    async def body(session: Session) -> None:
        simulation = session.simulation
        simulation.act("flash_now", [8])
        await until(lambda: len(simulation.flashes) > 0)
        await frames(session)
        flashed = set(simulation.flashes.read()[1].tolist())
        assert 8 in flashed
        for i in range(36):
            expected = ACCENT_FLASH if i in flashed else QColor("#10182C")
            assert pixel(session, i) == expected

    quiet = SMALL.replace(nudge=0.0, period=3_000.0)
    in_window(body, quiet, is_playing=False)


def test_pause_freezes_the_picture(in_window: InWindow) -> None:
    """Space pauses: neither time nor any pixel moves; space again, and both do."""

    async def body(session: Session) -> None:
        await until(lambda: len(session.simulation.flashes) > 10)
        QTest.keyClick(session.window, Qt.Key.Key_Space)
        await until(lambda: not session.intent.is_playing)
        await frames(session)
        now, picture = session.simulation.now, session.window.grid.grab().toImage()
        await asyncio.sleep(0.15)
        assert session.simulation.now == now
        assert session.window.grid.grab().toImage() == picture
        QTest.keyClick(session.window, Qt.Key.Key_Space)
        await until(lambda: session.simulation.now > now + 0.05)

    in_window(body, SMALL.replace(speed=4.0))


MOVES = [
    ("period", 0.9), ("nudge", 0.8), ("refractory", 0.7), ("jitter", 0.3), ("glow", 0.9),
    ("speed", 0.2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "position"), MOVES)
def test_each_slider_reaches_the_model_at_once(
    in_window: InWindow, name: str, position: float
) -> None:
    """Moved, paused or not, it is in force two frames later and shows its value with unit."""

    async def body(session: Session) -> None:
        slider = session.window.sliders[name]
        before = getattr(session.simulation.parameters, name)
        slider.track.setValue(position)
        await frames(session, 2)
        after = getattr(session.simulation.parameters, name)
        assert after != before
        assert session.simulation.now == 0.0, "nothing had to pass for it"
        assert slider.value_field.text().startswith(f"{after:.1f}"[:1])

    in_window(body, SMALL.replace(period=8.0), is_playing=False)


def test_speed_goes_up_to_as_fast_as_possible(in_window: InWindow) -> None:
    """The end of the speed slider is max."""

    async def body(session: Session) -> None:
        session.window.sliders["speed"].track.setValue(1.0)
        await frames(session, 2)
        assert math.isinf(session.simulation.parameters.speed)
        assert "max" in session.window.sliders["speed"].value_field.text()

    in_window(body, SMALL, is_playing=False)


def test_an_invalid_value_is_refused_with_its_reason(in_window: InWindow) -> None:
    """A refractory time above the period: the reason stands below the slider, nothing changes."""

    async def body(session: Session) -> None:
        slider = session.window.sliders["refractory"]
        slider.value_field.setFocus()
        slider.value_field.selectAll()
        QTest.keyClicks(slider.value_field, "7")
        QTest.keyClick(slider.value_field, Qt.Key.Key_Return)
        await until(slider.refusal)
        assert "refractory must be > 0 s and < the period (5 s), got 7" in slider.refusal()
        assert slider.refusal_label.isVisible()
        assert session.simulation.parameters == SMALL
        await frames(session)
        assert slider.value_field.text() == "1.00 s"

    in_window(body, SMALL, is_playing=False)


def test_reset_and_new_seed(in_window: InWindow) -> None:
    """R repeats the same flashes, N makes others; both begin at t = 0."""

    async def body(session: Session) -> None:
        simulation = session.simulation

        async def first_flashes() -> list[tuple[float, int]]:
            await until(lambda: len(simulation.flashes) >= 50)
            times, ids, _ = simulation.flashes.read()
            return list(zip(times.tolist()[:50], ids.tolist()[:50], strict=True))

        before, engine = await first_flashes(), simulation.engine
        QTest.keyClick(session.window, Qt.Key.Key_R)
        await until(lambda: simulation.engine is not engine)
        assert await first_flashes() == before
        engine = simulation.engine
        QTest.keyClick(session.window, Qt.Key.Key_N)
        await until(lambda: simulation.engine is not engine)
        assert simulation.parameters.seed != 1
        assert await first_flashes() != before

    in_window(body, SMALL.replace(speed=50.0))


def test_a_step_shows_the_next_flash(in_window: InWindow) -> None:
    """The full stop steps to the end of the next instant with a flash, and pauses."""

    async def body(session: Session) -> None:
        before = len(session.simulation.flashes)
        QTest.keyClick(session.window, Qt.Key.Key_Period)
        await until(lambda: len(session.simulation.flashes) > before)
        times, ids, _ = session.simulation.flashes.read()
        assert session.simulation.now == times[-1]
        await frames(session)
        assert pixel(session, int(ids[-1])) == ACCENT_FLASH
        assert not session.intent.is_playing

    in_window(body, SMALL, is_playing=False)


def test_side_restarts_with_that_many_workflows(in_window: InWindow) -> None:
    """Typed, it makes a fresh swarm; labelled so."""

    async def body(session: Session) -> None:
        slider = session.window.sliders["side"]
        slider.value_field.setFocus()
        slider.value_field.selectAll()
        QTest.keyClicks(slider.value_field, "9")
        QTest.keyClick(slider.value_field, Qt.Key.Key_Return)
        await until(lambda: session.simulation.parameters.n_fireflies == 81)
        await until(lambda: "81 workflows" in _texts(session.window))
        assert "restarts" in _texts(slider)

    in_window(body, SMALL)


def test_the_window_and_a_headless_run_agree(in_window: InWindow) -> None:
    """One digest, at whatever speed the window ran."""
    from experiments import Digest, Simulation

    async def body(session: Session) -> Any:
        await until(lambda: session.simulation.now > 20.0)
        session.controller.toggle_play()
        await until(lambda: not session.intent.is_playing)
        await frames(session)
        return session.simulation.now, Digest(session.simulation.flashes).hexdigest()

    async def headless(t: float) -> str:
        simulation = Simulation(SMALL)
        await simulation.start()
        simulation.run_until(t)
        await simulation.aclose()
        return Digest(simulation.flashes).hexdigest()

    for speed in (17.0, math.inf):
        now, digest = in_window(body, SMALL.replace(speed=speed))
        assert digest == asyncio.run(headless(now))


@pytest.mark.parametrize(("width", "height"), [(900, 600), (1280, 800), (1920, 1080)])
def test_nothing_overlaps_or_is_cut_off(in_window: InWindow, width: int, height: int) -> None:
    """At each size the parts lie side by side, the grid is square, the words fit."""

    async def body(session: Session) -> None:
        window = session.window
        window.resize(width, height)
        await frames(session)
        parts = [window.toolbar, window.grid, window.panel, window.plot, window.status_line]
        rects = [part.geometry() for part in parts]
        for k, one in enumerate(rects):
            assert window.rect().contains(one)
            assert not any(one.intersects(other) for other in rects[k + 1 :])
        first, last = window.grid.cell_rect(0), window.grid.cell_rect(35)
        assert (last.right() - first.left()) == pytest.approx(last.bottom() - first.top())
        assert window.grid.rect().contains(last.toRect())
        assert first.width() >= 20

    in_window(body, SMALL, is_playing=False)


def test_every_control_has_a_name(in_window: InWindow) -> None:
    """For those who can't see it: buttons and sliders say what they are."""

    async def body(session: Session) -> None:
        bar = session.window.toolbar
        buttons = [bar.play_button, bar.step_button, bar.reset_button, bar.new_seed_button]
        for widget in [*buttons, *(s.track for s in session.window.sliders.values())]:
            assert widget.accessibleName()
        for button in buttons:
            assert "(" in button.toolTip(), "the shortcut is in the tooltip"

    in_window(body, SMALL, is_playing=False)


def _texts(widget: QWidget) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in widget.findChildren(QLabel))


# -- closing ----------------------------------------------------------------------------

APP = """
import os, sys
from PySide6.QtCore import QTimer
from experiments import Parameters
import gui.app as app
def opened(session):
    def act():
        print("open", flush=True)
        if sys.argv[2] == "close":
            session.window.close()
    timer = QTimer(session.window)
    timer.setSingleShot(True)
    timer.timeout.connect(act)
    timer.start(int(sys.argv[1]))
sys.exit(app.run_app(app.show_window(Parameters(), opened), app.make_application()))
"""


def run_app(delay_ms: int, how: str) -> tuple[int, bytes, float]:
    """Exit code, stderr, and seconds from the close or signal to the end."""
    command = [sys.executable, "-c", APP, str(delay_ms), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"open\n"
            began = time.monotonic()
            if how != "close":
                process.send_signal(getattr(signal, how))
            _, err = process.communicate(timeout=30)
            return process.returncode, err, time.monotonic() - began
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("delay_ms", [0, 40, 700])
@pytest.mark.parametrize(
    ("how", "code"), [("close", 0), ("SIGTERM", 128 + 15), ("SIGINT", 128 + 2)]
)
def test_closing_at_any_moment_is_clean(delay_ms: int, how: str, code: int) -> None:
    """While starting, just after, and mid-run: the right code, nothing on stderr."""
    returned, err, _ = run_app(delay_ms, how)
    assert err == b""
    assert returned == code


@pytest.mark.slow
def test_a_screenshot_is_what_the_window_looks_like(tmp_path: Path) -> None:
    """The documented command writes a picture at the window's size and names it."""
    path = tmp_path / "window.png"
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    command = [sys.executable, "-m", "gui", "--screenshot", str(path), "--after", "12"]
    found = subprocess.run(
        [*command, "--side", "20"], capture_output=True, check=False, env=environment
    )
    assert (found.returncode, found.stderr) == (0, b"")
    assert found.stdout.decode().strip() == str(path)
    from PySide6.QtGui import QImage

    image = QImage(str(path))
    assert (image.width(), image.height()) == (1280, 800)
    bright = [
        image.pixelColor(QPoint(x, y)).lightness()
        for x in range(220, 740, 20)
        for y in range(80, 600, 20)
    ]
    assert max(bright) > 100
    assert np.unique(bright).size > 3
