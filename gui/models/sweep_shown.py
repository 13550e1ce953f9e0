"""The picture of a sweep: a plane of its cells, what is known of each, and where the scale ends."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments import PARAMETER_FIELDS, FlashObservable, Observable, RangedField, Session
from gui.models.scales import value_text
from gui.models.sweep_stage import SweepStage

if TYPE_CHECKING:
    from experiments.sweep import Averages, SweepPlan

N_LEVELS: Final = 240
"""Colours between the ends of the scale; see :attr:`SweepShown.levels`."""

_DRAWN: Final = 2
"""Axes that a picture is over; of others one value is chosen."""


_MANY: Final = 12
"""Values of an axis beside which round numbers stand, and not they themselves."""


class CellKind(enum.IntEnum):
    """What is known of a cell."""

    NOT_RUN = 0
    KNOWN = 1
    UNDEFINED = 2
    FAILED = 3
    REFUSED = 4


KIND_WORDS: Final[Mapping[CellKind, str]] = {
    CellKind.NOT_RUN: "not run yet",
    CellKind.UNDEFINED: "not defined",
    CellKind.FAILED: "failed",
    CellKind.REFUSED: "can't be run",
}
"""What the legend calls cells that have no value."""

PARTLY_FAILED: Final = "partly failed"
"""What it calls those that have one, though a run of them has failed."""


class SweepSource(Protocol):
    """Results of a sweep, finished or under way; see :class:`~experiments.sweep.Sweep`."""

    plan: SweepPlan

    def values(self, name: str) -> NDArray[np.float64]: ...
    def states(self) -> NDArray[np.uint8]: ...
    def reasons(self) -> dict[int, str]: ...
    def rows(self) -> list[dict[str, Any]]: ...
    def session(self, cell: int, replicate: int = 0) -> Session: ...


@dataclass(frozen=True, slots=True)
class AxisShown:
    """An axis of a sweep.

    Attributes
    ----------
    label, title
        The parameter, and with its unit.
    words
        Each of its values, with its unit.
    ticks
        Each of its values as short as it can be, to stand beside a picture.
    ends
        Of many numbers in equal steps: the first and the last. None of others.
    """

    label: str
    title: str
    words: tuple[str, ...]
    ticks: tuple[str, ...]
    ends: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SweepShown:
    """What the panel shows of a sweep at one moment.

    Arrays have the shape of the plane that is drawn, ``(n_x, n_y)``; over one parameter `n_y` is 1.

    Attributes
    ----------
    stage
        How far the sweep is.
    axes
        One or two that are drawn, and then the others.
    at
        Which value of each of the others is drawn.
    observables, titles, meanings
        What was measured, what each is called, and what it is.
    chosen, measured
        Which of it is drawn, and its declaration.
    averages
        Of the runs of each cell that have a value.
    n_done
        How many runs have been run to their end.
    kinds
        What is known, as a :class:`CellKind`.
    partly_failed
        Which cells have a value though a run of them has failed.
    low, high
        What the ends of the scale mean.
    seeds
        Runs of each cell in the end.
    first_cell, strides
        Number of the cell at the origin, and by how much it grows along both axes.
    reasons
        Why a run has no result, by number of cell.
    """

    stage: SweepStage
    axes: tuple[AxisShown, ...]
    at: tuple[int, ...]
    observables: tuple[str, ...]
    titles: tuple[str, ...]
    meanings: tuple[str, ...]
    chosen: str
    measured: Observable | FlashObservable
    averages: Averages
    n_done: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    partly_failed: NDArray[np.bool_]
    low: float
    high: float
    seeds: int
    first_cell: int
    strides: tuple[int, int]
    reasons: Mapping[int, str]
    levels: NDArray[np.uint8] = field(init=False)
    """Of each cell: its kind, or if it is known that many colours above the kinds."""

    def __post_init__(self) -> None:
        known = self.kinds == CellKind.KNOWN
        share = (np.where(known, self.averages.means, self.low) - self.low) / (self.high - self.low)
        colours = np.clip(np.rint(share * (N_LEVELS - 1)), 0, N_LEVELS - 1).astype(np.uint8)
        levels = np.where(known, colours + len(CellKind), self.kinds)
        object.__setattr__(self, "levels", levels.astype(np.uint8))

    @property
    def is_map(self) -> bool:
        """Whether it is over two parameters, drawn as colours, and not as a line."""
        return len(self.axes) >= _DRAWN

    @property
    def title(self) -> str:
        """What is drawn is called."""
        return self.measured.title

    @property
    def meaning(self) -> str:
        """What is drawn, in words, and what it is called elsewhere."""
        return self.meanings[self.observables.index(self.chosen)]

    @property
    def unit(self) -> str:
        """That of what is drawn; empty if it has none."""
        return self.measured.unit

    @property
    def shape(self) -> tuple[int, int]:
        """Cells along both axes."""
        n_x, n_y = self.kinds.shape
        return n_x, n_y

    def cell_at(self, x: int, y: int) -> int:
        """Number of a cell by its place."""
        return self.first_cell + x * self.strides[0] + y * self.strides[1]

    def place_words(self, x: int, y: int) -> str:
        """``Nudge 0.25 s, Refractory 1.0 s``."""
        places = (x, y, *self.at)[: 1 if not self.is_map else None]
        return ", ".join(
            f"{axis.label} {axis.words[k]}" for axis, k in zip(self.axes, places, strict=True)
        )

    def words_at(self, x: int, y: int) -> str:
        """All that is known of a cell, a line each."""
        kind = CellKind(int(self.kinds[x, y]))
        done, why = int(self.n_done[x, y]), self.reasons.get(self.cell_at(x, y), "")
        lines = [self.place_words(x, y)]
        if kind is CellKind.KNOWN:
            lines += self._value_lines(x, y)
        elif kind is CellKind.UNDEFINED:
            lines.append(f"{self.title} {self._without_mean(x, y)}")
        elif kind is CellKind.NOT_RUN:
            lines.append("not run yet")
        if done:
            lines.append(f"{done} of {self.seeds} {'run' if self.seeds == 1 else 'runs'}")
        if why:
            refused = KIND_WORDS[CellKind.REFUSED if kind is CellKind.REFUSED else CellKind.FAILED]
            lines.append(f"{refused}: {why}")
        return "\n".join(lines)

    def _value_lines(self, x: int, y: int) -> list[str]:
        from experiments.sweep import principal

        unit = f" {self.unit}" if self.unit else ""
        found = self.averages.at((x, y))
        mean, n = f"{self.title} {self.number(float(found.means))}{unit}", int(found.n)
        if n < 2:
            return [mean]
        least, greatest = principal(self.measured, np.array([found.least, found.greatest]))
        ends = f"{self.number(float(least))} to {self.number(float(greatest))}"
        lines = [f"{mean}, spread {self.number(float(found.spreads))}", f"from {ends}"]
        if n < self.n_done[x, y]:
            lines.append(f"defined in {n} runs")
        return lines

    def _without_mean(self, x: int, y: int) -> str:
        """Why there is no value though there are runs."""
        n = int(self.averages.n[x, y])
        return f"has no mean: {n} runs, all ways" if n else "is not defined"

    def number(self, value: float) -> str:
        """A value of what is drawn, with as many digits as tell colours apart."""
        if self.high - self.low >= 1_000.0:
            return f"{value:,.0f}"
        return f"{value:.3g}" if abs(value) >= 100.0 else f"{value:.3f}"

    def legend(self) -> list[tuple[CellKind, int]]:
        """Which kinds of cells without a value there are, and how many."""
        n = np.bincount(self.kinds.ravel(), minlength=len(CellKind))
        return [(kind, int(n[kind])) for kind in KIND_WORDS if n[kind]]


def meaning_of(observable: str) -> str:
    """What an observable is, and what it is called on the command line and in tables."""
    from experiments.sweep import observables_of

    words = observables_of((observable,))[observable].meaning
    return f"{words[:1].upper()}{words[1:]}. In tables and on the command line: {observable}"


def axes_of(plan: SweepPlan) -> tuple[AxisShown, ...]:
    """The axes of a plan in words."""
    found = []
    for axis in plan.axes:
        field = PARAMETER_FIELDS[axis.name]
        is_number = isinstance(field, RangedField)
        ticks = [f"{value:.4g}" if is_number else str(value).title() for value in axis.values]
        words = [value_text(axis.name, v) for v in axis.values] if is_number else ticks
        ends = _ends_of(axis.values) if is_number else None
        found.append(AxisShown(field.label, axis.label, tuple(words), tuple(ticks), ends))
    return tuple(found)


def _ends_of(values: Sequence[float]) -> tuple[float, float] | None:
    """The ends of many numbers in equal steps."""
    steps = np.diff(np.asarray(values, dtype=float))
    if len(values) < _MANY or not np.allclose(steps, steps[0], rtol=1e-6, atol=0.0):
        return None
    return (float(values[0]), float(values[-1])) if steps[0] > 0.0 else None


def sweep_shown(
    source: SweepSource,
    axes: tuple[AxisShown, ...],
    stage: SweepStage,
    chosen: str,
    at: Sequence[int] = (),
) -> SweepShown:
    """The picture of a sweep as it is now.

    Parameters
    ----------
    source
        Its results.
    axes
        Those of its plan, from :func:`axes_of`.
    stage
        How far it is.
    chosen
        Name of what is drawn.
    at
        Which value of each axis beyond the first two is drawn; the first by default.

    Notes
    -----
    It takes some milliseconds for 100,000 cells: not for the loop of a window.
    """
    from experiments.sweep import RunState, averages_of, scale_of

    plan = source.plan
    at = tuple(at) or (0,) * max(0, len(axes) - _DRAWN)
    plane = (slice(None),) * min(_DRAWN, len(axes)) + tuple(at)
    values, states = source.values(chosen)[plane], source.states()[plane]
    if len(axes) < _DRAWN:
        values, states = values[:, None], states[:, None]
    measured = plan.measured
    averages = averages_of(measured[chosen], values)
    n_done = (states == RunState.DONE).sum(axis=-1)
    without = RunState.FAILED, RunState.REFUSED
    is_known = ~np.isnan(averages.means)
    kinds = np.select(
        [
            is_known,
            n_done > 0,
            *((states == each).any(axis=-1) for each in without),
        ],
        [CellKind.KNOWN, CellKind.UNDEFINED, CellKind.FAILED, CellKind.REFUSED],
        CellKind.NOT_RUN,
    ).astype(np.uint8)
    low, high = scale_of(measured[chosen], averages.means if len(axes) >= _DRAWN else values)
    origin = (0, 0)[: len(axes)] + tuple(at)
    first = plan.cell_at(origin)
    steps = [
        plan.cell_at((*origin[:k], 1, *origin[k + 1 :])) - first for k in range(2)[: len(axes)]
    ]
    return SweepShown(
        stage=stage,
        axes=axes,
        at=tuple(at),
        observables=plan.observe,
        titles=tuple(each.title for each in measured.values()),
        meanings=tuple(meaning_of(name) for name in measured),
        chosen=chosen,
        measured=measured[chosen],
        averages=averages,
        n_done=n_done,
        kinds=kinds,
        partly_failed=is_known & (states == RunState.FAILED).any(axis=-1),
        low=low,
        high=high,
        seeds=plan.seeds,
        first_cell=first,
        strides=(steps[0], steps[1] if len(steps) > 1 else 0),
        reasons=source.reasons(),
    )
