"""Pulses in flight in moment files: none but such as there can be are taken from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import Parameters, Simulation, load_moment, moment_encoder, session_of
from tests.experiments.simulating import simulate

LATE = Parameters(side=4, delay=2.0, loss=0.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("arrival", np.nan),
        ("arrival", np.inf),
        ("arrival", 9.9),
        ("arrival", 13.0),
        ("sender", 16),
        ("k", 0),
        ("loss", -0.1),
        ("loss", 1.1),
        ("", None),
    ],
)
def test_impossible_pulses_are_refused(name: str, value: Any, tmp_path: Path) -> None:
    """Arrivals that are over, never come or are out of order, senders and flashes there are not."""

    async def body(simulation: Simulation) -> bool:
        simulation.run_until(10.0)
        moment = simulation.moment()
        pulses = moment.checkpoint.pulses.copy()
        assert len(pulses) > 1
        if name:
            pulses[name][0] = value
        moment = replace(moment, checkpoint=replace(moment.checkpoint, pulses=pulses))
        path = tmp_path / "it.moment"
        path.write_bytes(moment_encoder(moment, np.zeros((2, LATE.n_fireflies)))())
        return load_moment(path, session_of(simulation)) is not None

    assert simulate(body, LATE) is not bool(name)
