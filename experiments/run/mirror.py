"""The mirror: the same run computed in two ways side by side, and compared flash for flash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from experiments.model.actions import Intervention
from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import Digest
from experiments.population.factory import COMPILED
from experiments.run.simulation import Simulation


@dataclass(frozen=True, slots=True)
class State:
    """What there is to know of a firefly at an instant.

    Attributes
    ----------
    zero
        When its phase was 0, seconds.
    n_flashes
        Its flashes so far.
    status
        Its flags.
    """

    zero: float
    n_flashes: int
    status: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing in which two populations differ.

    Attributes
    ----------
    what
        In words: which flash, or what of the state.
    t
        When, seconds.
    id
        The firefly; None if it is none.
    states
        Of this firefly after all that happened at that time, by the name of the population.
    """

    what: str
    t: float
    id: int | None
    states: dict[str, State]


_SAMPLES_KEPT: Final = 1 << 10
"""Of R, which nobody asks a mirror for."""


class _UntilNow:
    """A run as far as it has come, for another one to follow."""

    def __init__(self, simulation: Simulation, begin: int) -> None:
        self.end = simulation.instant.t
        self._interventions = simulation.interventions[begin : simulation.instant.n_interventions]

    def script(self, begin: int = 0) -> Iterator[Intervention]:
        """What was done to it but for the first `begin` interventions."""
        return islice(self._interventions, begin, None)

    def is_matched_by(self, found: Digest) -> bool | None:
        """Not known: whoever follows compares by itself."""
        del found
        return None


class Mirror:
    """Follows a run with another population, and compares the two.

    Parameters
    ----------
    simulation
        The run; it has been started.
    choice
        What computes the mirror's fireflies.
    is_fresh
        Whether nothing has happened to the run yet, and it began with the random phases of its
        seed: then the mirror draws them by itself. Otherwise it goes on from the present state.

    Attributes
    ----------
    n_compared
        Flashes that were compared.
    n_differences
        How many of them differ, in time or firefly; and how many comparisons of states failed.
    first
        The first difference, None if there is none.
    """

    def __init__(
        self, simulation: Simulation, choice: str = COMPILED.name, *, is_fresh: bool = False
    ) -> None:
        self._run = simulation
        self._population = simulation.population
        self.n_compared = self.n_differences = 0
        self.first: Difference | None = None
        checkpoint = None if is_fresh else simulation.checkpoint()
        self._n_done = 0 if is_fresh else len(simulation.interventions)
        self._cursor, self._cursor_here = len(simulation.flashes), 0
        self._other = Simulation(
            simulation.parameters, checkpoint, _SAMPLES_KEPT, population_choice=choice
        )

    @property
    def is_of(self) -> object:
        """The population that it follows; another one needs another mirror."""
        return self._population

    @property
    def now(self) -> float:
        """How far it has come, seconds."""
        return self._other.now

    async def start(self) -> None:
        """Make the other fireflies."""
        await self._other.start()

    async def aclose(self) -> None:
        """End them."""
        await self._other.aclose()

    def catch_up(self, budget_s: float | None = None, *, with_states: bool = True) -> bool:
        """Go on to the last complete instant of the run, and compare; whether it is reached.

        Parameters
        ----------
        budget_s
            Seconds of wall time after which to stop.
        with_states
            Whether states are compared there beside flashes, which takes a copy of both.
        """
        other = self._other
        other.follow(_UntilNow(self._run, self._n_done))
        end = self._run.instant.t
        is_there = other.run_until(end, budget_s).reached
        other.stop_following()
        self._compare(is_there=is_there, with_states=with_states)
        return is_there

    def _compare(self, *, is_there: bool, with_states: bool) -> None:
        run, other = self._run, self._other
        theirs = other.flashes.read(self._cursor_here)
        end = run.instant.n_flashes
        ours = run.flashes.read(self._cursor, end if is_there else
                                min(end, self._cursor + len(theirs[0])))  # fmt: skip
        self._cursor, self._cursor_here = ours[2], theirs[2]
        other.flashes.trim(self._cursor_here, in_parts=True)
        common = min(len(ours[0]), len(theirs[0]))
        differ = (ours[0][:common] != theirs[0][:common]) | (ours[1][:common] != theirs[1][:common])
        n = int(differ.sum()) + abs(len(ours[0]) - len(theirs[0]))
        self.n_compared += max(len(ours[0]), len(theirs[0]))
        if n:
            self.n_differences += n
            if self.first is None:
                at = int(differ.argmax()) if differ.any() else common
                self.first = self._difference(at, ours, theirs)
        elif is_there and with_states and (words := self._differing_state()) is not None:
            self.n_differences += 1
            if self.first is None:
                self.first = Difference(*words, states=self._states(words[2]))

    def _difference(self, at: int, ours: Sequence[Any], theirs: Sequence[Any]) -> Difference:
        told: list[str] = []
        first: list[tuple[float, int]] = []
        for kind, (times, ids, _) in ((self._run.kind, ours), (self._other.kind, theirs)):
            if at < len(times):
                t, i = float(times[at]), int(ids[at])
                first.append((t, i))
                told.append(f"{kind.name}: firefly {i} at {t!r} s")
            else:
                told.append(f"{kind.name}: none")
        t, i = min(first)
        n = self._cursor - len(ours[0]) + at + 1
        return Difference(f"flash {n:,} ({', '.join(told)})", t, i, self._states(i))

    def _differing_state(self) -> tuple[str, float, int | None] | None:
        """What of the states differs at an instant both are at: words, time and firefly."""
        t = self._run.instant.t
        if self._run.now != t or not self._run.is_complete:
            return None
        ours, theirs = self._run.population.checkpoint(), self._other.population.checkpoint()
        for name in ("zero", "counts", "status"):
            differ = getattr(ours, name) != getattr(theirs, name)
            if differ.any():
                i = int(differ.argmax())
                return f"{_WORDS[name]} of firefly {i}", t, i
        if ours.pulses.tolist() != theirs.pulses.tolist():
            return "pulses in flight", t, None
        return None

    def _states(self, i: int | None) -> dict[str, State]:
        if i is None:
            return {}
        return {each.kind.name: _state(each.population.checkpoint(), i)
                for each in (self._run, self._other)}  # fmt: skip


_WORDS: Final = {"zero": "the phase", "counts": "the number of flashes", "status": "the status"}


def _state(checkpoint: Checkpoint, i: int) -> State:
    zero, counts, status = checkpoint.zero, checkpoint.counts, checkpoint.status
    return State(float(zero[i]), int(counts[i]), int(status[i]))


async def mirrored(
    simulation: Simulation,
    seconds: float,
    choice: str = COMPILED.name,
    on_progress: Callable[[float], object] = lambda _share: None,
) -> Mirror:
    """Run to `seconds`, and compare with another population all the way.

    Parameters
    ----------
    simulation
        Started, at t = 0, with nothing done to it yet but what is queued or followed.
    seconds
        Virtual time at which to end; it ends before at the first difference.
    choice
        What the other population is.
    on_progress
        Called now and then with the share done, in [0, 1].

    Returns
    -------
    Mirror
        What it found.
    """
    mirror = Mirror(simulation, choice, is_fresh=True)
    await mirror.start()
    try:
        while True:
            step = simulation.parameters.period / _STEPS_PER_PERIOD
            simulation.run_until(min(seconds, simulation.now + step))
            mirror.catch_up()
            on_progress(simulation.now / seconds)
            if simulation.now >= seconds or mirror.first is not None:
                return mirror
    finally:
        await mirror.aclose()


_STEPS_PER_PERIOD: Final = 4
