"""The window and a run without one are the same run."""

from __future__ import annotations

import asyncio
import math

import pytest

from experiments import Parameters, Simulation
from gui.laboratory import Laboratory
from tests.gui.conftest import InWindow
from tests.gui.waiting import frames

SMALL = Parameters(side=6)


async def headless_digest(t: float) -> str:
    """Digest of a run without a window, up to t."""
    simulation = Simulation(SMALL)
    await simulation.start()
    simulation.run_until(t)
    await simulation.aclose()
    return simulation.flashes.digest().hexdigest()


@pytest.mark.parametrize("speed", [1.0, 17.0, 50.0, math.inf])
def test_one_digest_in_the_window_and_headless(in_window: InWindow, speed: float) -> None:
    """Whatever the speed and however frames cut the time."""

    async def body(lab: Laboratory) -> tuple[float, str]:
        simulation = lab.simulation
        while simulation.now < min(20.0, speed):
            await frames(lab, 1)
        lab.controller.toggle_play()
        await frames(lab, 2)
        return simulation.now, simulation.flashes.digest().hexdigest()

    now, digest = in_window(body, SMALL.replace(speed=speed))
    assert digest == asyncio.run(headless_digest(now))
