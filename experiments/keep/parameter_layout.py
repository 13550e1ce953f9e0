"""The layout of parameters in sessions and presets, derived from their declarations."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import GenericAlias
from typing import Any

import msgspec

from experiments.model.fields import ParameterField, Value
from experiments.model.parameters import PARAMETER_FIELDS


def values_in_session(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values by name as a session has them, what needn't be said left out."""
    return {
        name: field.in_file(values[name])
        for field in PARAMETER_FIELDS.in_files
        if (name := field.name) in values and field.needs_writing(values[name])
    }


def session_values() -> type[msgspec.Struct]:
    """Layout of the values in a session, as a decoder takes it."""
    return _session_values(PARAMETER_FIELDS.in_files)


def change_values() -> Any:
    """Type of the values of a change, by name."""
    return _change_values(PARAMETER_FIELDS.in_files)


def preset_values() -> type[msgspec.Struct]:
    """Layout of the values in a preset, of which any may be missing: None."""
    return _preset_values(tuple(PARAMETER_FIELDS.values()))


# Made once for what is declared: a decoder compiles its type.


@functools.lru_cache(maxsize=2)
def _session_values(fields: tuple[ParameterField, ...]) -> type[msgspec.Struct]:
    layout: list[Any] = [
        (each.name, each.type_in_files)
        if each.is_always_written
        else (each.name, each.type_in_files, each.default)
        for each in fields
    ]
    return msgspec.defstruct("SessionValues", layout, kw_only=True, forbid_unknown_fields=True)


@functools.lru_cache(maxsize=2)
def _change_values(fields: tuple[ParameterField, ...]) -> Any:
    any_value = functools.reduce(
        lambda one, other: one | other, (each.type_in_files for each in fields if not each.restarts)
    )
    return GenericAlias(dict, (str, any_value))


@functools.lru_cache(maxsize=2)
def _preset_values(fields: tuple[ParameterField, ...]) -> type[msgspec.Struct]:
    layout = [(each.name, each.type_in_files | None, None) for each in fields]
    return msgspec.defstruct("PresetValues", layout, forbid_unknown_fields=True, omit_defaults=True)
