"""Presets: named parameter sets in TOML files."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from experiments.files.strange_file import (
    StrangeFileError,
    one_line,
    read_bounded,
    reason_of,
    size_words,
)
from experiments.files.toml_text import toml_text
from experiments.files.whole_file import write_whole
from experiments.keep.opening import Opening
from experiments.keep.parameter_layout import preset_values
from experiments.model.actions import Action
from experiments.model.parameters import PARAMETER_FIELDS, ParameterError

MAX_PRESET_BYTES: Final = 16_000
"""Small on purpose: the standard library takes hours over some files of 1 MB."""

MAX_OPENINGS: Final = 100


class PresetError(ValueError):
    """A preset file can't be used; says which and why, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


@dataclass(frozen=True, slots=True)
class PresetWindow:
    """How a window shows a preset; what isn't said stays as it is.

    Attributes
    ----------
    view
        Name of what the colours mean; empty if it isn't said.
    panels
        Names of the panels shown; None if it isn't said.
    """

    view: str = ""
    panels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PresetFile:
    """What a preset file holds.

    Attributes
    ----------
    name, description
        For people; empty if the file doesn't say.
    values
        Parameter values by name, ``"max"`` read as an infinite speed; those that the
        file leaves out are not in it. Whether they go together is for
        :class:`~experiments.Parameters` to say.
    opening
        What is done to the swarm at t = 0.
    window
        How a window shows it. Which names there are is for the window to say.
    """

    name: str
    description: str
    values: Mapping[str, Any]
    opening: tuple[Opening, ...] = ()
    window: PresetWindow = PresetWindow()


class _File(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Layout of the file; :func:`_layout` knows the parameters."""

    parameters: msgspec.Struct
    name: str = ""
    description: str = ""
    opening: tuple[_Opening, ...] = ()
    window: _Window | None = None


class _Window(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A :class:`PresetWindow`, with what it doesn't say left out."""

    view: str | None = None
    panels: tuple[str, ...] | None = None


class _Opening(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An :class:`Opening`, with what it doesn't need left out."""

    action: Action
    x: int | None = None
    y: int | None = None
    width: int | None = None
    height: int | None = None
    cells: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.opening()

    def opening(self) -> Opening:
        return Opening(self.action, self.x, self.y, self.width, self.height, self.cells)


@functools.lru_cache(maxsize=2)
def _layout(values: type[msgspec.Struct]) -> type[Any]:
    """Layout of a file whose parameters are of a type."""
    return msgspec.defstruct("PresetFile", [("parameters", values)], bases=(_File,), kw_only=True)


def load_preset(path: Path) -> PresetFile:
    """Read a preset file.

    Raises
    ------
    PresetError
        The file can't be read, is none or over 16 kB, is not TOML, names something
        unknown, or has an opening that fits no grid.
    """
    try:
        contents = read_bounded(path, MAX_PRESET_BYTES, "a preset")
    except StrangeFileError as error:
        raise PresetError(str(error)) from error
    try:
        text = toml_text(contents)
        file: _File = msgspec.toml.decode(text, type=_layout(preset_values()))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise PresetError(
            f"{path} is not a preset (TOML with [parameters]): {reason_of(error)}"
        ) from error
    if len(file.opening) > MAX_OPENINGS:
        asked = f"at most {MAX_OPENINGS} openings, got {len(file.opening)}"
        raise PresetError(f"{path} must have {asked}")
    try:
        values = {
            name: PARAMETER_FIELDS[name].from_file(value)
            for name, value in msgspec.structs.asdict(file.parameters).items()
            if value is not None
        }
    except ParameterError as error:
        raise PresetError(f"{path}: {error}") from error
    opening = tuple(each.opening() for each in file.opening)
    said = file.window or _Window()
    window = PresetWindow(said.view or "", said.panels)
    return PresetFile(file.name, file.description, values, opening, window)


def save_preset(path: Path, preset: PresetFile) -> None:
    """Write a preset file, whole or not at all; a file that was there before is replaced.

    Raises
    ------
    PresetError
        The file can't be written, or couldn't be read again.
    """
    contents = _encoded(path, preset)
    try:
        write_whole(path, contents)
    except OSError as error:
        raise PresetError(f"can't write {path}: {error.strerror}") from error
    except ValueError as error:  # a zero byte in the path
        raise PresetError(f"can't write {path}: {error}") from error


def _encoded(path: Path, preset: PresetFile) -> bytes:
    """The file's contents, no larger than what can be read again."""
    values = {
        name: field.in_file(preset.values[name])
        for name, field in PARAMETER_FIELDS.items()
        if name in preset.values
    }
    opening = tuple(_Opening(**dataclasses.asdict(each)) for each in preset.opening)
    said = preset.window
    window = None if said == PresetWindow() else _Window(said.view or None, said.panels)
    file = _File(preset_values()(**values), preset.name, preset.description, opening, window)
    try:
        contents = msgspec.toml.encode(file)
    except UnicodeEncodeError as error:
        raise PresetError(f"can't write {path}: its words can't be written in UTF-8") from error
    if len(contents) > MAX_PRESET_BYTES:
        raise PresetError(
            f"can't write {path}: it would be too large for a preset: at most "
            f"{size_words(MAX_PRESET_BYTES)}, got {size_words(len(contents))}"
        )
    if len(preset.opening) > MAX_OPENINGS:
        raise PresetError(f"can't write {path}: more than {MAX_OPENINGS} openings")
    return contents
