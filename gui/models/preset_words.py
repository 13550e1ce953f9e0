"""Preset words: what is said of the preset that a run began with, as long as it is true."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from experiments import PARAMETER_FIELDS, Parameters
from gui.models.place import Beginning


class PresetWords(NamedTuple):
    """Name and sentence of a preset; empty if there is none.

    Attributes
    ----------
    name
        With a word if something has been changed since.
    sentence
        What it is, or what has been changed.
    usual
        What it is, to keep room for.
    """

    name: str = ""
    sentence: str = ""
    usual: str = ""


def words_as_given(beginning: Beginning) -> PresetWords:
    """Of a preset with which nothing has been done yet."""
    preset = beginning.preset
    if preset is None:
        return PresetWords()
    name = preset.name or Path(beginning.source).stem
    return PresetWords(name, preset.description, preset.description)


def preset_words(beginning: Beginning, parameters: Parameters, *, is_painted: bool) -> PresetWords:
    """Of the preset that a run began with.

    Parameters
    ----------
    beginning
        What the run began with.
    parameters
        In force now.
    is_painted
        Whether fireflies are something else than the preset has made them.
    """
    words, given = words_as_given(beginning), beginning.given
    if given is None:
        return words
    changed = [
        PARAMETER_FIELDS[each].label.lower()
        for each in PARAMETER_FIELDS.of_run
        if each != "seed" and getattr(given, each) != getattr(parameters, each)
    ]
    if is_painted:
        changed.append("what was painted")
    if not changed:
        return words
    sentence = f"Not as the preset has it: {', '.join(changed)}."
    return PresetWords(f"{words.name}, changed", sentence, words.usual)
