"""What computes the fireflies, chosen in the window."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest
from PySide6.QtWidgets import QLabel

from experiments import COMPILED, WORKFLOWS, Parameters
from experiments.population import factory
from gui.laboratory import Laboratory
from tests.gui.conftest import InWindow
from tests.gui.waiting import until

SMALL = Parameters(side=8, speed=50.0)


def is_past(lab: Laboratory, before: object) -> bool:
    """Whether other fireflies have come to 6 s."""
    return lab.simulation.population is not before and lab.simulation.now > 6.0


def says(label: QLabel, words: str) -> bool:
    """Whether it does."""
    return label.text() == words


def test_a_run_begins_anew_as_it_is_chosen(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same flashes; the menu has a mark at the choice, and the engine panel says it."""
    there = dataclasses.replace(COMPILED, lacks=lambda _: "")
    monkeypatch.setattr(factory, "KINDS", (WORKFLOWS, there))

    async def body(lab: Laboratory) -> None:
        digests = []
        engine = lab.window.status_line.labels["engine"]
        for choice in ("workflows", "compiled", "auto"):
            before = lab.simulation.population
            lab.window.ask(f"population {choice}")
            await until(partial(is_past, lab, before))
            kind = there if choice == "compiled" else WORKFLOWS
            assert lab.simulation.kind is kind
            await until(partial(says, engine, kind.description(64)))
            times, ids, _ = lab.simulation.flashes.read()
            digests.append([each for each in zip(times, ids, strict=True) if each[0] <= 5.0])
        assert digests[0] == digests[1] == digests[2]
        assert len(digests[0]) > 60

    in_window(body, SMALL)


def test_what_can_t_be_had_is_told_in_one_sentence(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what installs it; the run goes on as it was."""
    missing = dataclasses.replace(COMPILED, lacks=lambda _: "it needs numba, which X installs")
    monkeypatch.setattr(factory, "KINDS", (WORKFLOWS, missing))

    async def body(lab: Laboratory) -> None:
        lab.window.ask("population compiled")
        assert "it needs numba, which X installs" in lab.window.toast.text()
        assert lab.intent.restart is None
        assert lab.simulation.kind is WORKFLOWS
        assert lab.intent.population == "auto"

    in_window(body, SMALL)
