"""The gallery: presets that each show something worth seeing, with a sentence about it.

What the sentences say was measured with ``fireflies run``, seed 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from experiments.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Preset:
    """Named parameters, and what there is to see; their seed is of no account."""

    name: str
    sentence: str
    parameters: Parameters


GALLERY: Final = (
    Preset(
        "Slow order",
        "Patches that agree grow and merge, until after some 160 s all flash as one.",
        Parameters(speed=5.0),
    ),
    Preset(
        "Fast lock",
        "A nudge of half a second and more: in step within the first few flashes.",
        Parameters(side=60, nudge=1.5, refractory=0.5, speed=0.5),
    ),
    Preset(
        "No coupling",
        "Nobody hears anybody: R stays in the band of chance for ever.",
        Parameters(nudge=0.0, speed=2.0),
    ),
    Preset(
        "Whisper",
        "Pulses ten times fainter: after ten minutes barely more order than chance makes.",
        Parameters(nudge=0.02, speed=20.0),
    ),
    Preset(
        "Patchwork",
        "No jitter and long deaf: large patches settle, and their borders hold out for minutes.",
        Parameters(side=100, nudge=0.1, refractory=2.5, jitter=0.0, speed=5.0),
    ),
    Preset(
        "Long refractory",
        "Deaf for four fifths of the cycle: order comes, and breaks again.",
        Parameters(nudge=0.5, refractory=4.0, speed=10.0),
    ),
    Preset(
        "Restless",
        "So much jitter that order falls apart as fast as it grows.",
        Parameters(jitter=0.9, speed=10.0),
    ),
    Preset(
        "Small swarm",
        "25 fireflies, each of them easy to follow; in step after a minute and a half.",
        Parameters(side=5, speed=2.0),
    ),
    Preset(
        "Huge swarm",
        "Twenty thousand workflows on one engine: order spreads from many places at once.",
        Parameters(side=141, speed=2.0),
    ),
)
