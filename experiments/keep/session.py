"""Sessions: a run as a few kilobytes, from which it can be repeated to the last bit."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from experiments.files.strange_file import one_line
from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.fields import ParameterError, Value
from experiments.model.flash_log import Digest
from experiments.model.parameters import PARAMETER_FIELDS, Parameters
from experiments.run.simulation import Simulation

IdRun = tuple[int, int]
"""Neighbouring ids as (first, how many)."""


class SessionError(ValueError):
    """A session can't be read, written or repeated; says which and why, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done to a run, in compact form.

    Attributes
    ----------
    t
        When, seconds of virtual time: after all that happened at that time before.
    change
        New values by name; empty for an action.
    action
        What was done to fireflies; None for a change.
    ids
        To which: runs of neighbouring ids, ascending and apart.
    """

    t: float
    change: tuple[tuple[str, Value], ...] = ()
    action: Action | None = None
    ids: tuple[IdRun, ...] = ()

    @classmethod
    def of(cls, intervention: Intervention) -> Step:
        """An intervention in compact form."""
        what = intervention.what
        if isinstance(what, ParameterChange):
            return cls(intervention.t, change=tuple(what.values.items()))
        return cls(intervention.t, action=what.action, ids=runs_of(what.ids))

    def intervention(self, order: int) -> Intervention:
        """The intervention that this stands for, the `order`-th of its run."""
        what: ParameterChange | FireflyAction
        if self.action is None:
            what = ParameterChange(dict(self.change))
        else:
            ids = tuple(i for first, n in self.ids for i in range(first, first + n))
            what = FireflyAction(self.action, ids)
        return Intervention(self.t, order, what)


def runs_of(ids: Iterable[int]) -> tuple[IdRun, ...]:
    """Ascending ids as runs of neighbouring ones."""
    runs: list[IdRun] = []
    for i in ids:
        if runs and sum(runs[-1]) == i:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((i, 1))
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class Session:
    """All that is needed to repeat a run.

    Attributes
    ----------
    parameters
        Those it began with, the seed among them.
    steps
        What was done to it, in order.
    end
        When it was saved, seconds of virtual time; everything at that time is part of it.
    n_flashes, digest
        The flashes until then: how many, and the SHA-256 of
        :class:`~experiments.model.flash_log.Digest`; None where nobody knows, as in a file
        that was written by hand.
    version
        Of the program that saved it.

    Raises
    ------
    SessionError
        No such run is possible: a step is out of order, a value is not allowed at its time,
        or a firefly doesn't exist.
    """

    parameters: Parameters
    steps: tuple[Step, ...]
    end: float
    n_flashes: int | None = None
    digest: str | None = None
    version: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.end < math.inf:
            raise SessionError(f"end must be >= 0 s and finite, got {self.end!r}")
        if self.n_flashes is not None and self.n_flashes < 0:
            raise SessionError(f"flashes must be >= 0, got {self.n_flashes}")
        _check_steps(self.parameters, self.steps, self.end)

    @property
    def last_parameters(self) -> Parameters:
        """Those in force at the end."""
        return _changed(self.parameters, (step.change for step in self.steps))

    def is_matched_by(self, found: Digest) -> bool | None:
        """Whether a repeat has the flashes that were saved; None if that can't be told."""
        if self.n_flashes is not None and self.n_flashes != found.n:
            return False
        is_unknown = self.digest is None or not found.is_known
        return None if is_unknown else self.digest == found.hexdigest()

    def script(self, begin: int = 0) -> Iterator[Intervention]:
        """The interventions but for the first `begin`, made one by one when they are needed."""
        return (self.steps[k].intervention(order=k + 1) for k in range(begin, len(self.steps)))


def session_of(simulation: Simulation, version: str = "", known: Sequence[Step] = ()) -> Session:
    """The run of a simulation until now.

    Parameters
    ----------
    simulation
        At a complete instant.
    version
        Of this program.
    known
        Its first steps, if they are known already.

    Raises
    ------
    SessionError
        The instant is not complete yet: what happens at it is not known.
    """
    if not simulation.is_complete:
        raise SessionError("the present instant is not complete yet")
    digest = simulation.flashes.digest()
    new = simulation.interventions[len(known) :]
    return Session(
        simulation.initial,
        (*known, *map(Step.of, new)),
        simulation.now,
        digest.n,
        digest.hexdigest() or None,
        version,
    )


def _changed(
    parameters: Parameters, changes: Iterable[tuple[tuple[str, Value], ...]]
) -> Parameters:
    for change in changes:
        if change:
            parameters = parameters.replace(**dict(change))
    return parameters


def _check_steps(parameters: Parameters, steps: Sequence[Step], end: float) -> None:
    """Refuse a run that is impossible."""
    before = 0.0
    values, live = parameters.values(), frozenset(PARAMETER_FIELDS.live)
    made = {each.name: each for each in PARAMETER_FIELDS.constants}
    affected = functools.cache(PARAMETER_FIELDS.affected)
    for number, step in enumerate(steps):
        where = f"interventions[{number}]"
        if not before <= step.t <= end:
            allowed = f"from {before!r} s, the one before, to {end!r} s, the end"
            raise SessionError(f"{where}.t must be {allowed}, got {step.t!r}")
        before = step.t
        if step.action is not None:
            _check_ids(where, step.ids, parameters.n_fireflies)
            continue
        if not step.change:
            raise SessionError(f"{where} must have a change or an action")
        names = [name for name, _ in step.change]
        for name, value in step.change:
            if name not in live and name not in made:
                allowed = ", ".join(sorted(live))
                raise SessionError(f"{where}.change must name some of {allowed}, got {name[:40]!r}")
            try:
                values[name] = PARAMETER_FIELDS[name].understood(value)
                if name in made:
                    made[name].check_change(value, names)
            except ParameterError as error:
                raise SessionError(f"{where}.change.{error}") from error
        try:
            for field in affected(tuple(names)):
                field.check(values[field.name], values)
        except ParameterError as error:
            raise SessionError(f"{where}.change: {error}") from error


def _check_ids(where: str, ids: Sequence[IdRun], n: int) -> None:
    least = 0
    for first, count in ids:
        if first < least or count < 1 or first + count > n:
            allowed = f"ascending runs [first, count] of ids from 0 to {n - 1}"
            raise SessionError(f"{where}.ids must be {allowed}, got [{first}, {count}]")
        least = first + count
