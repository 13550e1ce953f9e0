"""The draft of a sweep: what is typed for it, and whether that makes a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from experiments import (
    OBSERVABLES,
    PARAMETER_FIELDS,
    ChoiceField,
    Observable,
    ParameterError,
    Parameters,
    RangedField,
    Value,
    WholeField,
)
from gui.models.scales import parse_value

if TYPE_CHECKING:
    from experiments.sweep import SweepPlan, SweptAxis

FIRST, SECOND, SEEDS, SECONDS, ALL = "first", "second", "seeds", "seconds", "all"
"""What a refusal is about: an axis, a number, or the whole."""

_STEPS: Final = 11
_SEEDS: Final = "3"
_SECONDS: Final = "60"
_LONGEST_QUOTED: Final = 12


@dataclass(frozen=True, slots=True)
class AxisDraft:
    """A parameter, and its values as they are typed.

    Attributes
    ----------
    name
        Of the parameter.
    low, high, steps
        Of a number: the ends, and how many values there are.
    is_log
        Whether the steps are equal ratios.
    words
        Of a choice: words with commas.
    """

    name: str
    low: str = ""
    high: str = ""
    steps: str = ""
    is_log: bool = False
    words: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return isinstance(PARAMETER_FIELDS[self.name], RangedField)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepDraft:
    """What is typed for a sweep.

    Attributes
    ----------
    first, second
        The parameters; the second is optional.
    seeds, seconds
        Runs of each cell, and their length.
    observe
        What is measured and drawn first.
    also
        What is measured beside it.
    """

    first: AxisDraft
    second: AxisDraft | None = None
    seeds: str = _SEEDS
    seconds: str = _SECONDS
    observe: str = "R"
    also: frozenset[str] = field(
        default_factory=lambda: frozenset(
            name for name, each in OBSERVABLES.items() if isinstance(each, Observable)
        )
    )

    @property
    def observed(self) -> tuple[str, ...]:
        """All that is measured, what is drawn first before the rest."""
        return (
            self.observe,
            *(name for name in OBSERVABLES if name in self.also and name != self.observe),
        )


@dataclass(frozen=True, slots=True)
class SweepVerdict:
    """What comes of a draft.

    Attributes
    ----------
    plan
        The plan; None if it makes none.
    refusals
        Why, in a sentence each, by what it is about.
    words
        How many runs it has.
    hint
        Which of them can't be run, if there are such.
    """

    plan: SweepPlan | None
    refusals: Mapping[str, str]
    words: str = ""
    hint: str = ""


def can_be_swept(name: str) -> bool:
    """Whether a sweep can be over a parameter: one value that makes a run, and not its seed."""
    swept = PARAMETER_FIELDS[name]
    return swept.shapes_run and name != "seed" and isinstance(swept, (RangedField, ChoiceField))


def swept_names(parameters: Parameters) -> tuple[str, ...]:
    """Parameters that a sweep can be over and that make a difference beside the others."""
    values = parameters.values()
    return tuple(
        name
        for name, swept in PARAMETER_FIELDS.items()
        if can_be_swept(name) and swept.is_used(values)
    )


def usual_name(names: tuple[str, ...]) -> str:
    """Of some parameters the first that shapes the response in force: how strong it is."""
    fields = [PARAMETER_FIELDS[name] for name in names]
    shaping = (each.name for each in fields if each.only_for and not each.restarts)
    return next(shaping, names[0])


def axis_draft(name: str, parameters: Parameters) -> AxisDraft:
    """The proposal for a parameter, from its declaration and what it is now."""
    from experiments.sweep import PlanError, proposed_axis

    swept = PARAMETER_FIELDS[name]
    try:
        values = proposed_axis(name, parameters, _STEPS).values
    except PlanError:
        values = (getattr(parameters, name),)
    if isinstance(swept, ChoiceField):
        return AxisDraft(name, words=", ".join(values))
    is_log = swept.scale is not None and swept.scale.bend == "log"
    low, high, n = values[0], values[-1], len(values)
    if not isinstance(swept, WholeField):
        low, high = _round(low, math.ceil), _round(high, math.floor)
    return AxisDraft(name, f"{low:g}", f"{high:g}", str(max(n, 2)), is_log)


def sweep_draft(name: str, parameters: Parameters) -> SweepDraft:
    """The proposal for a sweep over a parameter."""
    return SweepDraft(first=axis_draft(name, parameters))


def with_axis(
    draft: SweepDraft, which: str, name: str | None, parameters: Parameters
) -> SweepDraft:
    """A draft over another parameter; one that both axes had is swapped between them."""
    proposed = None if name is None else axis_draft(name, parameters)
    if which == FIRST:
        assert proposed is not None
        is_swapped = draft.second is not None and draft.second.name == name
        return replace(draft, first=proposed, second=draft.first if is_swapped else draft.second)
    if proposed is not None and draft.first.name == name and draft.second is not None:
        return replace(draft, first=draft.second, second=proposed)
    return replace(draft, second=None if name == draft.first.name else proposed)


def verdict_on(draft: SweepDraft, parameters: Parameters) -> SweepVerdict:
    """Whether a draft makes a plan, beside the values in force.

    Notes
    -----
    It looks at each cell: not for the loop of a window.
    """
    from experiments.sweep import PlanError, SweepPlan

    refusals: dict[str, str] = {}
    axes = []
    for about, each in ((FIRST, draft.first), (SECOND, draft.second)):
        if each is not None:
            try:
                axes.append(_axis_of(each))
            except (PlanError, ParameterError) as error:
                refusals[about] = _axis_refusal(each, error)
    seeds, seconds = _whole(draft.seeds), _number(draft.seconds)
    if seeds is None or seeds < 1:
        refusals[SEEDS] = f"Seeds is a whole number from 1, {_not(draft.seeds)}"
    if seconds is None or not 0.0 < seconds < math.inf:
        refusals[SECONDS] = f"Seconds is a number above 0, {_not(draft.seconds)}"
    if refusals or seeds is None or seconds is None:
        return SweepVerdict(None, refusals)
    names = {axis.name for axis in axes}
    fixed = {
        name: getattr(parameters, name)
        for name in PARAMETER_FIELDS.of_run
        if name != "seed" and name not in names
    }
    try:
        plan = SweepPlan(
            axes=tuple(axes),
            fixed=fixed,
            seeds=seeds,
            seed=parameters.seed,
            seconds=seconds,
            observe=draft.observed,
        )
    except PlanError as error:
        return SweepVerdict(None, _plan_refusal(str(error), draft))
    return SweepVerdict(plan, {}, _size_words(plan, parameters), _refused_words(plan))


# -- axes --------------------------------------------------------------------------------


def _axis_of(draft: AxisDraft) -> SweptAxis:
    from experiments.sweep import SweptAxis, axis_of_text

    if not draft.is_number:
        words = [each.strip().lower() for each in draft.words.split(",") if each.strip()]
        return SweptAxis(draft.name, tuple(words))
    low, high = (parse_value(draft.name, text) for text in (draft.low, draft.high))
    scale = ":log" if draft.is_log else ""
    steps = draft.steps.strip().replace(",", "")
    return axis_of_text(f"{draft.name}={_plain(low)}:{_plain(high)}:{steps}{scale}")


def _plain(value: Value) -> str:
    return repr(value).removesuffix(".0")


def _axis_refusal(draft: AxisDraft, error: ValueError) -> str:
    """What is wrong with an axis, in the words of the window."""
    label = PARAMETER_FIELDS[draft.name].label
    if isinstance(error, ParameterError):
        return f"{label} takes {error.allowed}, {_not(str(error.value))}"
    words = str(error).removeprefix(f"over {draft.name}").lstrip(": ")
    return f"{label}: {words.removeprefix(f'{draft.name} ')}"


def _plan_refusal(words: str, draft: SweepDraft) -> dict[str, str]:
    """What a refusal of a whole plan is about."""
    sentence = words[:1].upper() + words[1:]
    for about, axis in ((SECOND, draft.second), (FIRST, draft.first)):
        if axis is not None and words.startswith(f"over {axis.name} "):
            label = PARAMETER_FIELDS[axis.name].label
            return {about: f"{label}: {words.removeprefix(f'over {axis.name} ')}"}
    for about in (SEEDS, SECONDS):
        if words.startswith(about):
            return {about: sentence}
    return {ALL: sentence}


def _round(value: float, towards: object) -> float:
    """A number of two digits at most, up or down from another."""
    if value == 0.0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    whole = round(value / unit, 6)
    rounded = math.ceil(whole) if towards is math.ceil else math.floor(whole)
    return float(f"{rounded * unit:.6g}")


# -- words -------------------------------------------------------------------------------


def _size_words(plan: SweepPlan, parameters: Parameters) -> str:
    sides = [axis.values for axis in plan.axes if axis.name == "side"]
    low, high = (min(sides[0]), max(sides[0])) if sides else (parameters.side,) * 2
    fireflies = f"{low**2:,}" if low == high else f"{low**2:,} to {high**2:,}"
    cells = " x ".join(f"{len(axis):,}" for axis in plan.axes)
    noun = "values" if len(plan.axes) == 1 else "cells"
    seeds = "1 seed" if plan.seeds == 1 else f"{plan.seeds:,} seeds"
    return f"{cells} {noun} with {seeds}: {plan.n_runs:,} runs of {fireflies} fireflies"


def _refused_words(plan: SweepPlan) -> str:
    if not plan.refused:
        return ""
    why = next(iter(plan.refused.values()))
    return f"{len(plan.refused):,} of {plan.n_cells:,} cells can't be run: {why}"


def _whole(text: str) -> int | None:
    plain = text.strip().replace(",", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 9 else None


def _number(text: str) -> float | None:
    try:
        return float(text.strip().lower().removesuffix("s").strip().replace(",", "."))
    except ValueError:
        return None


def _not(text: str) -> str:
    quoted = text.strip()
    if not quoted:
        return "and there is none"
    if len(quoted) > _LONGEST_QUOTED:
        quoted = quoted[:_LONGEST_QUOTED].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    return f"not \u201c{quoted}\u201d"
