"""The mirror beside the run in the window: nothing differs, whatever is done to it."""

from __future__ import annotations

import dataclasses

import pytest

from experiments import COMPILED, WORKFLOWS, Checkpoint, FlashLog, Parameters
from experiments.population import factory
from experiments.population.compiled.population import CompiledPopulation
from gui.laboratory import Laboratory
from tests.gui.conftest import InWindow
from tests.gui.waiting import until

SMALL = Parameters(side=8, speed=50.0)
THERE = dataclasses.replace(COMPILED, lacks=lambda _: "")


@pytest.fixture(autouse=True)
def _both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factory, "KINDS", (WORKFLOWS, THERE))
    monkeypatch.setattr("gui.controllers.mirroring.COMPILED", THERE)


def counts(lab: Laboratory) -> tuple[int, int]:
    """Flashes that differ, and flashes compared."""
    return lab.metrics.mirrored or (0, 0)


def test_nothing_differs_whatever_is_done(in_window: InWindow) -> None:
    """Values, a brush, a new seed, and the mirror given up and taken again."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("mirror")
        await until(lambda: counts(lab)[1] > 200)
        lab.simulation.change(nudge=0.4)
        lab.simulation.act("silent", [3, 4])
        already = counts(lab)[1]
        await until(lambda: counts(lab)[1] > already + 200)
        lab.window.ask("new seed")
        await until(lambda: lab.intent.restart is None and 100 < counts(lab)[1] < already)
        assert counts(lab)[0] == 0
        lab.window.ask("mirror")
        await until(lambda: lab.metrics.mirrored is None)

    in_window(body, SMALL)


def test_what_differs_is_told_and_counted(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One firefly stands elsewhere in the mirror."""

    def strange(
        parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
    ) -> CompiledPopulation:
        assert checkpoint is not None
        zero = checkpoint.zero.copy()
        zero[7] -= 0.01
        return CompiledPopulation(parameters, dataclasses.replace(checkpoint, zero=zero), flashes)

    kinds = (WORKFLOWS, dataclasses.replace(THERE, make=strange))
    monkeypatch.setattr(factory, "KINDS", kinds)

    async def body(lab: Laboratory) -> None:
        lab.window.ask("mirror")
        await until(lambda: counts(lab)[0] > 0)
        assert lab.window.toast.text().startswith("The mirror differs: ")

    in_window(body, SMALL)


def test_compiled_fireflies_have_no_mirror(in_window: InWindow) -> None:
    """And it is said why."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("population compiled")
        await until(lambda: lab.intent.restart is None and lab.simulation.kind is THERE)
        lab.window.ask("mirror")
        assert "there are no workflows" in lab.window.toast.text()
        assert not lab.intent.is_mirrored

    in_window(body, SMALL)
