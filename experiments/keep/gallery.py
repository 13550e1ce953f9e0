"""The gallery: presets that each show something worth seeing, with a sentence about it.

The sentences hold for at least nine of ten seeds: this was measured with the seeds 1 to 20,
and the drill checks ten of them again.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from typing import Final

from experiments.files.address import is_address, path_of
from experiments.files.strange_file import StrangeFileError
from experiments.keep.opening import Opening
from experiments.keep.presets import PresetError, PresetFile, PresetWindow, load_preset
from experiments.model.actions import Action
from experiments.model.parameters import PARAMETER_FIELDS, Parameters


@dataclass(frozen=True, slots=True)
class Preset:
    """Named parameters, and what there is to see; their seed is ignored.

    Attributes
    ----------
    name, sentence
        For people.
    parameters
        What it begins with.
    opening
        What is done to the swarm at t = 0.
    window
        How a window shows it.
    picture_at
        Virtual time of its picture, seconds.
    """

    name: str
    sentence: str
    parameters: Parameters
    opening: tuple[Opening, ...] = ()
    window: PresetWindow = field(default_factory=PresetWindow)
    picture_at: float = 60.0


def _walls(side: int, distance: int) -> tuple[Opening, ...]:
    """Columns of fireflies that are silent and blind, at some distance from each other."""
    return tuple(
        Opening(action, column, 0, 1, side)
        for column in range(0, side, distance)
        for action in (Action.SILENT, Action.BLIND)
    )


GALLERY: Final = (
    Preset(
        "First light",
        "Patches that flash together appear, meet and merge: within a minute and a half all are "
        "in step.",
        Parameters(nudge=0.35, speed=4.0),
        window=PresetWindow("glow"),
        picture_at=7.5,
    ),
    Preset(
        "Slow order",
        "Patches that agree grow and merge, until after two to six minutes all flash as one.",
        Parameters(speed=5.0),
        window=PresetWindow("glow"),
        picture_at=42.0,
    ),
    Preset(
        "Two islands",
        "Two walls of silent and blind fireflies: within ten minutes each island finds an "
        "order of its own, and nothing brings the two together.",
        Parameters(side=40, speed=10.0),
        opening=_walls(40, 20),
        window=PresetWindow("phase", ("controls", "coherence", "circle")),
        picture_at=180.0,
    ),
    Preset(
        "Waves",
        "Ten corridors, closed to rings by the wrapping grid: in two to eight of them waves run "
        "round and round, and still do after a quarter of an hour.",
        Parameters(side=60, nudge=0.1, refractory=2.0, jitter=0.02, speed=5.0),
        opening=_walls(60, 6),
        window=PresetWindow("phase"),
        picture_at=300.0,
    ),
    Preset(
        "Pinwheels",
        "Small wheels of phase turn in a sea that falls into step; one after the other they "
        "vanish, and within ten minutes hardly any is left.",
        Parameters(side=100, nudge=0.15, refractory=2.0, jitter=0.02, speed=3.0),
        window=PresetWindow("phase"),
        picture_at=100.0,
    ),
    Preset(
        "No coupling",
        "Nobody hears anybody: R stays in the band of chance for ever.",
        Parameters(nudge=0.0, speed=2.0),
        window=PresetWindow("glow"),
        picture_at=20.0,
    ),
    Preset(
        "Small swarm",
        "25 fireflies, each of them easy to follow; in step within two minutes, mostly within one.",
        Parameters(side=5, speed=2.0),
        window=PresetWindow("glow", ("controls", "coherence", "raster")),
        picture_at=28.0,
    ),
    Preset(
        "Huge swarm",
        "Twenty thousand workflows on one engine: order spreads from many places, and in three "
        "to ten minutes is everywhere.",
        Parameters(side=141, speed=2.0),
        window=PresetWindow("phase"),
        picture_at=90.0,
    ),
)


_LONGEST_NAME: Final = 80


def slug(name: str) -> str:
    """A preset's name as it is written on a command line: ``slow-order``."""
    return "-".join(name.lower().replace("-", " ").split())


def find_preset(text: str) -> PresetFile:
    """The preset of a file, or of the gallery by its name; a file goes first.

    Raises
    ------
    PresetError
        There is neither, or the file can't be used.
    """
    try:
        path = path_of(text)
    except StrangeFileError as error:
        raise PresetError(str(error)) from error
    known = {slug(preset.name): preset for preset in GALLERY}
    is_name = path.name == text and not is_address(text) and not path.suffix
    if os.path.exists(path) or not is_name:  # where Path.exists raises, this says no
        return load_preset(path)
    preset = known.get(slug(text))
    if preset is None:
        close = difflib.get_close_matches(slug(text), known, n=1, cutoff=0.5)
        shown = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."
        meant = f"did you mean {close[0]}? It" if close else "it"
        raise PresetError(f"there is no {shown}; {meant} must be a file, or a name of the gallery: "
                          f"{', '.join(known)}")  # fmt: skip
    return as_file(preset)


def as_file(preset: Preset) -> PresetFile:
    """A preset of the gallery as a file would have it: all but the seed."""
    values = {
        name: value
        for name, value in preset.parameters.values().items()
        if name != "seed"
        and name in PARAMETER_FIELDS
        and PARAMETER_FIELDS[name].needs_writing(value)
    }
    return PresetFile(preset.name, preset.sentence, values, preset.opening, preset.window)
