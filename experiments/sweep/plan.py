"""The plan of a sweep: which runs there are, each with its parameters and its seed."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.fields import ParameterError, Value
from experiments.model.measured import FlashObservable, Observable
from experiments.model.observables import OBSERVABLES
from experiments.model.parameters import PARAMETER_FIELDS, Parameters
from experiments.model.random_streams import mix, mix_array, stream_key
from experiments.population.factory import check_size
from experiments.sweep.axis import PlanError, SweptAxis, swept_field

MOST_RUNS: Final = 1_000_000
MOST_SECONDS: Final = 1e9
AT_END: Final = "_end"
"""What may stand behind the name of an observable of an instant: it is that of the last one."""

_MOST_AXES: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One run of a plan.

    Attributes
    ----------
    cell
        Number of the cell, the last axis changing first.
    replicate
        Which of the cell's runs.
    """

    cell: int
    replicate: int


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """What a sweep is: axes, and what all its runs have in common.

    Attributes
    ----------
    axes
        The parameters that it is over; the last changes first from cell to cell.
    fixed
        Values of other parameters by name; the rest have their defaults.
    seeds
        Runs in each cell.
    seed
        From which the seed of each run is drawn: ``mix(mix(mix(seed) ^ cell) ^ replicate)``
        of SplitMix64.
    seconds
        Virtual seconds of each run.
    observe
        Names of what is measured, the first of them the most wanted. One of an instant is that
        of the last, and may have ``_end`` behind its name.
    pair
        The two fireflies that some of it is about.
    allow_large
        Whether grids may be larger than is usual.
    is_known
        Whether it has been looked at before, cell by cell.

    Raises
    ------
    PlanError
        It makes no sense: says what, by name.
    """

    axes: tuple[SweptAxis, ...]
    fixed: Mapping[str, Value] = field(default_factory=dict)
    seeds: int = 1
    seed: int = 1
    seconds: float = 60.0
    observe: tuple[str, ...] = ("R",)
    pair: tuple[int, int] = (0, 1)
    allow_large: bool = False
    is_known: InitVar[bool] = False

    def __post_init__(self, is_known: bool) -> None:
        _check_numbers(self)
        _check_names(self)
        observables_of(self.observe)
        if not is_known:
            self._check_cells()
            self._check_seeds()

    # -- what there is to run -----------------------------------------------------------

    @property
    def measured(self) -> Mapping[str, Observable | FlashObservable]:
        """What is measured, by the names in `observe`."""
        return observables_of(self.observe)

    @property
    def shape(self) -> tuple[int, ...]:
        """Values along each axis."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def n_cells(self) -> int:
        """Combinations of values."""
        return math.prod(self.shape)

    @property
    def n_runs(self) -> int:
        """Runs in all."""
        return self.n_cells * self.seeds

    @property
    def points(self) -> Iterator[Point]:
        """All runs, cell by cell."""
        return (Point(c, r) for c in range(self.n_cells) for r in range(self.seeds))

    def place_of(self, cell: int) -> tuple[int, ...]:
        """Where a cell is along each axis."""
        place = []
        for n in reversed(self.shape):
            cell, at = divmod(cell, n)
            place.append(at)
        return tuple(reversed(place))

    def cell_at(self, place: tuple[int, ...]) -> int:
        """Number of the cell at a place."""
        cell = 0
        for at, n in zip(place, self.shape, strict=True):
            cell = cell * n + at
        return cell

    def values_of(self, cell: int) -> dict[str, Value]:
        """The values of the axes in a cell, by name."""
        place = self.place_of(cell)
        return {axis.name: axis.values[at] for axis, at in zip(self.axes, place, strict=True)}

    def seed_of(self, point: Point) -> int:
        """The seed of a run."""
        return stream_key(self.seed, point.cell, point.replicate)

    def drawn_seeds(self) -> NDArray[np.uint64]:
        """The seeds of all runs, shape ``(n_cells, seeds)``."""
        cells = mix_array(np.uint64(mix(self.seed)) ^ np.arange(self.n_cells, dtype=np.uint64))
        return mix_array(cells[:, None] ^ np.arange(self.seeds, dtype=np.uint64))

    def parameters_of(self, point: Point) -> Parameters:
        """The parameters of a run."""
        values = {**self.fixed, **self.values_of(point.cell), "seed": self.seed_of(point)}
        return Parameters(**values)

    @cached_property
    def fingerprint(self) -> str:
        """What tells this plan from another: 16 hexadecimal digits over all that makes runs."""
        told = dataclasses.asdict(self) | {
            "axes": [[axis.name, list(axis.values)] for axis in self.axes],
            "fixed": sorted(self.fixed.items()),
            "allow_large": None,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    # -- whether it makes sense ---------------------------------------------------------

    @cached_property
    def refused(self) -> Mapping[int, str]:
        """Why cells can't be run, by their numbers: their values don't go together."""
        return {cell: why for cell, _, why in self._looked_at() if why}

    def _looked_at(self) -> Iterator[tuple[int, Mapping[str, Value], str]]:
        """Each cell, the values there, and why they don't go together, if they don't."""
        names = [axis.name for axis in self.axes]
        affected = PARAMETER_FIELDS.affected(names)
        values = {each.name: each.default for each in PARAMETER_FIELDS.all()} | dict(self.fixed)
        for cell, chosen in enumerate(itertools.product(*(axis.values for axis in self.axes))):
            values.update(zip(names, chosen, strict=True))
            why = ""
            try:
                for each in affected:
                    each.check(values[each.name], values)
            except ParameterError as error:
                why = str(error)
            yield cell, values, why

    def _check_cells(self) -> None:
        """Refuse a plan of which no cell can be run, or with an axis that changes nothing."""
        names = [axis.name for axis in self.axes]
        self._check_fixed(names)
        used = dict.fromkeys(names, False)
        refused, sides = {}, set()
        for cell, values, why in self._looked_at():
            if why:
                refused[cell] = why
                continue
            sides.add(values["side"])
            for name, was_used in used.items():
                used[name] = was_used or PARAMETER_FIELDS[name].is_used(values)
        if len(refused) == self.n_cells:
            at = ", ".join(
                f"{name} {swept_field(name).text(v)}" for name, v in self.values_of(0).items()
            )
            raise PlanError(f"no cell can be run; at {at}: {refused[0]}")
        vars(self)["refused"] = refused
        for side in sorted(sides):
            self._check_size(side)
        for name in names:
            if not used[name]:
                needed, words = PARAMETER_FIELDS[name].only_for or ("", ())
                raise PlanError(
                    f"over {name} makes no difference: it matters only where {needed} is "
                    f"{' or '.join(words)}"
                )

    def _check_fixed(self, names: list[str]) -> None:
        """Refuse values that don't go together whatever those of the axes are."""
        values = {each.name: each.default for each in PARAMETER_FIELDS.all()} | dict(self.fixed)
        swept = PARAMETER_FIELDS.affected(names)
        try:
            for each in PARAMETER_FIELDS.all():
                if each not in swept:
                    each.check(values[each.name], values)
        except ParameterError as error:
            raise PlanError(str(error)) from error

    def _check_size(self, side: int) -> None:
        if max(self.pair) >= side**2:
            raise PlanError(
                f"pair must be fireflies from 0 to {side**2 - 1} at side {side}, "
                f"got {self.pair[0]},{self.pair[1]}"
            )
        if self.allow_large:
            return
        try:
            check_size(Parameters(side=side))
        except ParameterError as error:
            raise PlanError(str(error)) from error

    def _check_seeds(self) -> None:
        """Refuse a plan in which two runs would have one seed."""
        drawn = self.drawn_seeds().ravel()
        order = np.argsort(drawn, kind="stable")
        (twice,) = np.nonzero(np.diff(drawn[order]) == 0)
        if len(twice):
            at = sorted(int(order[twice[0] + k]) for k in (0, 1))
            runs = " and ".join("run {1} of cell {0}".format(*divmod(n, self.seeds)) for n in at)
            raise PlanError(f"seed {self.seed} draws one seed for two runs, {runs}: take another")


def observables_of(
    names: tuple[str, ...],
) -> dict[str, Observable | FlashObservable]:
    """What is measured, by the names of the columns.

    Raises
    ------
    PlanError
        There is no such observable, or none is named, or one twice.
    """
    found: dict[str, Observable | FlashObservable] = {}
    for name in names:
        each = OBSERVABLES.get(name)
        if each is None and isinstance(OBSERVABLES.get(name.removesuffix(AT_END)), Observable):
            each = OBSERVABLES[name.removesuffix(AT_END)]
        if each is None:
            raise PlanError(f"observe must be names of {', '.join(OBSERVABLES)}, got '{name}'")
        if name in found:
            raise PlanError(f"observe must name each once, got '{name}' twice")
        found[name] = each
    if not found:
        raise PlanError("observe must name what is to be measured, got nothing")
    return found


def _check_numbers(plan: SweepPlan) -> None:
    if not 1 <= len(plan.axes) <= _MOST_AXES:
        raise PlanError(f"over must name 1 to {_MOST_AXES} parameters, got {len(plan.axes)}")
    for name, low in (("seeds", 1), ("seed", 0)):
        value: Any = getattr(plan, name)
        most = MOST_RUNS if name == "seeds" else 2**64 - 1
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= most:
            raise PlanError(f"{name} must be a whole number from {low} to {most}, got {value!r}")
    if not 0 < plan.seconds <= MOST_SECONDS:  # nan too
        raise PlanError(f"seconds must be > 0 s and <= {MOST_SECONDS:.0e} s, got {plan.seconds!r}")
    if plan.n_runs > MOST_RUNS:
        raise PlanError(f"a sweep must have at most {MOST_RUNS:,} runs, got {plan.n_runs:,}")
    if plan.pair[0] == plan.pair[1] or min(plan.pair) < 0:
        raise PlanError(f"pair must be two different fireflies, got {plan.pair[0]},{plan.pair[1]}")


def _check_names(plan: SweepPlan) -> None:
    names = [axis.name for axis in plan.axes]
    for name in names:
        if names.count(name) > 1:
            raise PlanError(f"over must name each parameter once, got {name} twice")
        if name in plan.fixed:
            raise PlanError(f"{name} must be one value or an axis, got both")
    for name in plan.fixed:
        if name == "seed":
            raise PlanError("seed is the plan's own, not one of the parameters")
        if name not in PARAMETER_FIELDS:
            raise PlanError(f"parameters must be some of {', '.join(PARAMETER_FIELDS)}, "
                            f"got '{name}'")  # fmt: skip
    understood = {}
    for name, value in plan.fixed.items():
        try:
            understood[name] = PARAMETER_FIELDS[name].understood(value)
        except ParameterError as error:
            raise PlanError(str(error)) from error
    object.__setattr__(plan, "fixed", understood)
    object.__setattr__(plan, "seconds", float(plan.seconds))
