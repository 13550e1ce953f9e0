"""Plans in TOML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from experiments.files.strange_file import StrangeFileError, read_bounded, reason_of
from experiments.files.toml_text import toml_text
from experiments.keep.parameter_layout import preset_values
from experiments.model.fields import ParameterError
from experiments.model.parameters import PARAMETER_FIELDS
from experiments.sweep.axis import PlanError, axis_of_file, swept_field
from experiments.sweep.plan import SweepPlan

MAX_PLAN_BYTES: Final = 4_000_000
"""As large as axes of many listed values can be."""


class _File(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Layout of the file."""

    over: dict[str, Any]
    parameters: dict[str, Any] = {}
    seeds: int = 1
    seed: int = 1
    seconds: float = 60.0
    observe: tuple[str, ...] = ("R",)
    pair: tuple[int, int] = (0, 1)
    allow_large: bool = False


def load_plan(path: Path) -> SweepPlan:
    """Read a plan.

    Parameters
    ----------
    path
        A file with ``seconds``, ``seeds``, ``seed`` and ``observe``, a table ``[parameters]`` of
        what all runs have, and a table ``[over]`` with the axes; see
        :func:`~experiments.sweep.axis.axis_of_file`.

    Raises
    ------
    PlanError
        It can't be read, is no plan, or makes no sense.
    """
    try:
        contents = read_bounded(path, MAX_PLAN_BYTES, "a plan")
    except StrangeFileError as error:
        raise PlanError(str(error)) from error
    try:
        return plan_of_text(contents)
    except PlanError as error:
        raise PlanError(f"{path}: {error}") from error


def plan_of_text(contents: bytes, *, is_known: bool = False) -> SweepPlan:
    """The plan in a file's contents.

    Parameters
    ----------
    contents
        Of the file.
    is_known
        As of :class:`~experiments.sweep.plan.SweepPlan`.

    Raises
    ------
    PlanError
        They are no plan, or it makes no sense.
    """
    try:
        file = msgspec.toml.decode(toml_text(contents), type=_File)
        fixed = msgspec.convert(file.parameters, preset_values(), strict=True)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise PlanError(f"it is not a plan (TOML with [over]): {reason_of(error)}") from error
    try:
        values = {
            name: PARAMETER_FIELDS[name].from_file(value)
            for name, value in msgspec.structs.asdict(fixed).items()
            if value is not None
        }
    except ParameterError as error:
        raise PlanError(f"parameters.{error}") from error
    return SweepPlan(
        axes=tuple(axis_of_file(name, said) for name, said in file.over.items()),
        fixed=values,
        seeds=file.seeds,
        seed=file.seed,
        seconds=file.seconds,
        observe=file.observe,
        pair=file.pair,
        allow_large=file.allow_large,
        is_known=is_known,
    )


def text_of_plan(plan: SweepPlan) -> bytes:
    """A plan as a file has it, every value written out."""
    file = {
        "seconds": plan.seconds,
        "seeds": plan.seeds,
        "seed": plan.seed,
        "observe": list(plan.observe),
        "pair": list(plan.pair),
        "allow_large": plan.allow_large,
        "parameters": {
            name: PARAMETER_FIELDS[name].in_file(value) for name, value in plan.fixed.items()
        },
        "over": {
            axis.name: [swept_field(axis.name).in_file(value) for value in axis.values]
            for axis in plan.axes
        },
    }
    return msgspec.toml.encode(file)
