"""Presets that were in the gallery, and whose runs stay as they were."""

from __future__ import annotations

from typing import Final

from experiments import Parameters, Preset

FORMER: Final = (
    Preset("Fast lock", "", Parameters(side=60, nudge=1.5, refractory=0.5, speed=0.5)),
    Preset("Whisper", "", Parameters(nudge=0.02, speed=20.0)),
    Preset("Patchwork", "", Parameters(side=100, nudge=0.1, refractory=2.5, jitter=0.0, speed=5.0)),
    Preset("Long refractory", "", Parameters(nudge=0.5, refractory=4.0, speed=10.0)),
    Preset("Restless", "", Parameters(jitter=0.9, speed=10.0)),
)
