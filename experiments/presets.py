"""Presets: named parameter sets in TOML files."""

from __future__ import annotations

import math
import stat
from pathlib import Path
from typing import Any, Final

import msgspec

MAX_BYTES: Final = 1_000_000


class PresetError(ValueError):
    """A preset file can't be used; says which and why, in one line."""


class _PresetFile(msgspec.Struct, forbid_unknown_fields=True):
    """Layout of the file."""

    parameters: _PresetParameters
    name: str = ""
    description: str = ""


class _PresetParameters(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    side: int | None = None
    period: float | None = None
    nudge: float | None = None
    refractory: float | None = None
    jitter: float | None = None
    glow: float | None = None
    speed: float | str | None = None
    seed: int | None = None


def load_preset(path: Path) -> dict[str, Any]:
    """The parameter values that a preset file gives; those it leaves out are not in it.

    Raises
    ------
    PresetError
        The file can't be read, is none or over 1 MB, is not TOML, or names something
        unknown. Whether the values go together is for :class:`~experiments.Parameters`
        to say.
    """
    try:
        preset = msgspec.toml.decode(_read(path), type=_PresetFile)
    except OSError as error:
        raise PresetError(f"can't read {path}: {error.strerror}") from error
    except PresetError:
        raise
    except (msgspec.DecodeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise PresetError(f"{path} is not a preset (TOML with [parameters]): {reason}") from error
    values = {k: v for k, v in msgspec.structs.asdict(preset.parameters).items() if v is not None}
    if isinstance(values.get("speed"), str):
        if values["speed"] != "max":
            raise PresetError(f"{path}: speed must be a number or 'max', got {values['speed']!r}")
        values["speed"] = math.inf
    return values


def _read(path: Path) -> bytes:
    """Contents of a file that could be a preset; others might never end, or never begin."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise PresetError(f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'not a file'}")
    with path.open("rb") as file:
        contents = file.read(MAX_BYTES + 1)
    if len(contents) > MAX_BYTES:
        raise PresetError(f"{path} is too large for a preset: must be at most 1 MB")
    return contents
