"""The simulation: a population, its time, and a queue of what is asked of it from outside."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cascade import Progress
from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import Digest, FlashLog
from experiments.model.instant import Instant
from experiments.model.observables import SAMPLE_INTERVAL, CoherenceMark, CoherenceRecord
from experiments.model.parameters import PARAMETER_FIELDS, ParameterError, Parameters
from experiments.population.factory import make_population
from experiments.population.protocol import Failure, OnProgress, Population


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A complete instant of a run, to go back to.

    Attributes
    ----------
    initial
        The parameters that the run began with.
    checkpoint
        State of the population.
    digest
        Of the flashes until then.
    coherence, coherence_mark
        The record of R, which may have gone on, and how far it had come.
    interventions, n_interventions
        Those of the run, of which there may be more by now, and how many there were.
    """

    initial: Parameters
    checkpoint: Checkpoint
    digest: Digest
    coherence: CoherenceRecord
    coherence_mark: CoherenceMark
    interventions: Sequence[Intervention]
    n_interventions: int

    @property
    def t(self) -> float:
        """The instant, seconds of virtual time."""
        return self.checkpoint.t


LIVE_PARAMETERS: Final = frozenset(
    name for name, field in PARAMETER_FIELDS.items() if not field.restarts
)


class Simulation:
    """Thousands of fireflies in virtual time.

    Parameters
    ----------
    parameters
        What it starts with.
    checkpoint
        A complete instant to go on from, instead of random phases at t = 0.
    script
        Interventions of an earlier run, in their order, to be repeated at their times.
    most_samples
        Samples of R to keep as they are, the latest; None for all.

    Attributes
    ----------
    population
        The present one: another after each beginning anew.
    initial
        The parameters that the run began with.
    interventions
        What was done to it from outside, in order.
    coherence
        R so far.
    horizon
        Virtual time that is never passed, seconds: the end of what is repeated.

    Notes
    -----
    Nothing happens before :meth:`start`. Changes and actions are queued and
    take effect one after the other, each when the present instant is complete;
    so it makes no difference how time was cut into advances.
    """

    def __init__(
        self,
        parameters: Parameters,
        checkpoint: Checkpoint | None = None,
        script: Iterable[Intervention] = (),
        most_samples: int | None = None,
    ) -> None:
        self.initial = parameters
        self._most_samples = most_samples
        self.coherence = CoherenceRecord(parameters.n_fireflies, most_samples)
        self.interventions: list[Intervention] = []
        self._set_stage(parameters, checkpoint, script)

    def _set_stage(
        self,
        parameters: Parameters,
        checkpoint: Checkpoint | None,
        script: Iterable[Intervention],
        before: Digest | None = None,
    ) -> None:
        self.population: Population
        self.population = make_population(parameters, checkpoint, FlashLog(before))
        self._pending = parameters
        self._queue: deque[ParameterChange | FireflyAction] = deque()
        self._script = iter(script)
        self._next = next(self._script, None)
        self._is_complete = True
        self._step_from: int | None = None
        self._step_until: float | None = None
        self._sample_number = _first_sample_from(self.now)
        self.horizon = math.inf
        self._instant_key: tuple[float, int, int] | None = None
        self._instant = self._present_instant()

    # -- life ---------------------------------------------------------------------------

    async def start(self, on_progress: OnProgress | None = None) -> None:
        """Make all fireflies ready; no virtual time passes before the last one is.

        Parameters
        ----------
        on_progress
            Called now and then with (fireflies ready, fireflies in all).
        """
        await self.population.start(on_progress)

    async def restart(
        self,
        parameters: Parameters | None = None,
        on_progress: OnProgress | None = None,
        script: Iterable[Intervention] = (),
    ) -> None:
        """Begin anew at t = 0 with fresh fireflies; by default with what is in force or asked.

        Parameters
        ----------
        parameters
            What they begin with.
        on_progress
            As for :meth:`start`. What it raises leaves this, with the new ones
            half made; the next restart, or the close, ends that.
        script
            What is to be done to it, and when.
        """
        await self.aclose()
        self.initial = parameters or self._pending
        self.coherence = CoherenceRecord(self.initial.n_fireflies, self._most_samples)
        self.interventions = []
        self._set_stage(self.initial, None, script)
        await self.start(on_progress)

    async def go_to(
        self,
        moment: Moment,
        on_progress: OnProgress | None = None,
        script: Iterable[Intervention] = (),
    ) -> None:
        """Go to another moment of this run, or of another one, with fresh fireflies in that state.

        Parameters
        ----------
        moment
            From then on it is the run that this is from.
        on_progress
            As for :meth:`restart`.
        script
            What is to be done from then on, and when.
        """
        await self.aclose()
        self.initial = moment.initial
        # Copies: other moments may need what came after.
        self.coherence = moment.coherence.until(moment.coherence_mark)
        self.interventions = list(moment.interventions[: moment.n_interventions])
        checkpoint = moment.checkpoint
        self._set_stage(checkpoint.parameters, checkpoint, script, moment.digest)
        # The sample of that very instant may have been taken when time left it.
        self._sample_number = max(self._sample_number, moment.coherence_mark.n)
        await self.start(on_progress)

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        """End all fireflies.

        Closing twice is fine, and so is a restart afterwards.

        Parameters
        ----------
        on_progress
            Called now and then with (fireflies ended, fireflies in all).
        """
        await self.population.aclose(on_progress)

    # -- what it shows ------------------------------------------------------------------

    @property
    def parameters(self) -> Parameters:
        """The parameters in force."""
        return self.population.parameters

    @property
    def pending(self) -> Parameters:
        """The parameters in force once all that is queued has taken effect."""
        return self._pending

    @property
    def now(self) -> float:
        """Virtual time, seconds."""
        return self.population.now

    @property
    def instant(self) -> Instant:
        """The last complete instant that is known: the present one, if it is complete.

        Whatever is shown or exported is taken from this one, so that all of it agrees.
        An instant with much to do may take several advances; until it is complete, this
        is the one at which an advance ended or a sample was taken last. One with little to
        do is completed by the advance that comes to it, at most a few wakes beyond its budget.
        """
        key = (self.now, self.wakes, len(self.interventions))
        if self._is_complete and key != self._instant_key:
            self._instant, self._instant_key = self._present_instant(), key
        return self._instant

    def _present_instant(self) -> Instant:
        return Instant(
            self.now,
            self.parameters,
            self.population.zero_times().copy(),
            len(self.flashes),
            len(self.interventions),
        )

    @property
    def observed_time(self) -> float:
        """Virtual time of :attr:`instant`, seconds."""
        return self.instant.t

    @property
    def is_complete(self) -> bool:
        """Whether nothing more happens at the present instant, unless it comes from outside."""
        return self._is_complete

    @property
    def is_following(self) -> bool:
        """Whether there is something left of a script."""
        return self._next is not None

    @property
    def wakes(self) -> int:
        """Steps of fireflies so far."""
        return self.population.wakes

    @property
    def flashes(self) -> FlashLog:
        """Every flash of complete instants."""
        return self.population.flashes

    @property
    def failures(self) -> Sequence[Failure]:
        """Fireflies that have failed."""
        return self.population.failures

    @property
    def status(self) -> NDArray[np.uint8]:
        """:class:`~experiments.model.checkpoint.Status` flags by id, shape ``(n,)``; a copy."""
        return self.population.status_of()

    def status_of(self, ids: Sequence[int]) -> NDArray[np.uint8]:
        """The flags of some fireflies, in their order, shape ``(len(ids),)``."""
        return self.population.status_of(ids)

    def phases(self) -> NDArray[np.float64]:
        """Phases by id at the last complete instant, shape ``(n,)``, seconds, not wrapped."""
        return self.instant.phases

    def order_parameter(self) -> complex:
        """Kuramoto's order parameter at the last complete instant."""
        return self.instant.order

    def checkpoint(self) -> Checkpoint:
        """The present state, from which another simulation goes on identically.

        Completes the present instant first, and applies what is queued.
        """
        self.settle()
        return self.population.checkpoint()

    def moment(self) -> Moment:
        """The present instant, to go back to; it must be complete.

        Raises
        ------
        RuntimeError
            It is not.
        """
        if not self._is_complete:
            raise RuntimeError(f"the instant t = {self.now!r} s is not complete yet")
        return Moment(
            self.initial,
            self.population.checkpoint(),
            self.flashes.digest(),
            self.coherence,
            self.coherence.mark(),
            self.interventions,
            len(self.interventions),
        )

    # -- from outside -------------------------------------------------------------------

    def leave_script(self) -> None:
        """Repeat nothing more: from here on the run takes changes and actions again."""
        self._script = iter(())
        self._next = None

    def _refuse_while_following(self) -> None:
        if self._next is not None:
            raise RuntimeError("a run that follows a script takes no changes; leave_script() first")

    def change(self, **values: Any) -> Parameters:
        """Ask for new values of parameters, which take effect together.

        Returns
        -------
        Parameters
            What will be in force.

        Raises
        ------
        ParameterError
            The set is not allowed, or a parameter needs a restart; nothing is
            changed then.
        RuntimeError
            It follows a script.
        """
        self._refuse_while_following()
        for name, value in values.items():
            if name not in LIVE_PARAMETERS:
                raise ParameterError(name, value, "changed by a restart, not while running")
        self._pending = self._pending.replace(**values)
        asked = {name: getattr(self._pending, name) for name in values}
        if self._queue and isinstance(last := self._queue[-1], ParameterChange):
            self._queue[-1] = ParameterChange({**last.values, **asked})
        else:
            self._queue.append(ParameterChange(asked))
        return self._pending

    def act(self, action: Action | str, ids: Iterable[int]) -> None:
        """Ask for an action on some fireflies.

        Raises
        ------
        ValueError
            There is no such action, or no firefly of an id.
        RuntimeError
            It follows a script.
        """
        self._refuse_while_following()
        chosen = tuple(sorted(set(ids)))
        n = self.parameters.n_fireflies
        if chosen and (chosen[0] < 0 or chosen[-1] >= n):
            raise ValueError(f"ids must be from 0 to {n - 1}, got {chosen[0]} to {chosen[-1]}")
        self._queue.append(FireflyAction(Action(action), chosen))

    # -- time ---------------------------------------------------------------------------

    def settle(self, budget_s: float | None = None) -> bool:
        """Complete the present instant, with all that is queued and what that makes due.

        Parameters
        ----------
        budget_s
            Seconds of wall time after which to stop.

        Returns
        -------
        bool
            Whether all is done; otherwise the next call goes on.
        """
        stop_at = None if budget_s is None else time.perf_counter() + budget_s
        while self._pass_time(self.now, stop_at):
            if self._next is not None and self._next.t <= self.now:
                self._repeat(self._next)
            elif self._queue:
                self._apply(self._queue.popleft())
            else:
                return True
        return False

    @property
    def _script_time(self) -> float:
        """When something is to be repeated next; infinity if nothing is."""
        return math.inf if self._next is None else self._next.t

    def advance(self, dt: float, budget_s: float | None = None) -> Progress:
        """Let `dt` seconds of virtual time pass; see :meth:`run_until`."""
        return self.run_until(self.now + dt, budget_s)

    def run_until(self, t: float, budget_s: float | None = None) -> Progress:
        """Let virtual time pass until `t`, after settling what is queued.

        Parameters
        ----------
        t
            Seconds, not before now; beyond the horizon, that is meant.
        budget_s
            Seconds of wall time after which to stop, wherever that is.

        Returns
        -------
        Progress
            Time reached, whether it is `t`, and the wakes it took.
        """
        stop_at = None if budget_s is None else time.perf_counter() + budget_s
        t = min(t, self.horizon)
        before = self.wakes
        reached = self.settle(budget_s)
        while reached:
            sample_time = self._sample_number * SAMPLE_INTERVAL
            if sample_time <= self.now < t:  # about to leave it: nothing more happens at it
                self.sample()
                continue
            script_time = self._script_time
            target = min(t, sample_time, script_time) if self.now < sample_time else t
            reached = self._pass_time(target, stop_at)
            if reached and target == script_time:
                reached = self.settle(_left(stop_at))
            if target == t:
                break
            if stop_at is not None and time.perf_counter() >= stop_at:
                reached = False  # in a quiet stretch there is no step to look after
        return Progress(self.now, reached, self.wakes - before)

    def sample(self) -> None:
        """Take the coherence sample of the present instant, if one is due and not yet taken.

        Samples are taken when time leaves the instant, so that they show it
        after everything that happened at it. At the end of a run nothing
        leaves any more: then whoever wants the last one calls this.
        """
        sample_time = self._sample_number * SAMPLE_INTERVAL
        if self._is_complete and sample_time <= self.now:
            parameters = self.parameters
            self.coherence.add(
                sample_time, self.order_parameter(), parameters.period, parameters.jitter
            )
            self._sample_number += 1

    def step_flash(self, budget_s: float | None = None) -> bool:
        """Run to the end of the next instant with a flash.

        Returns
        -------
        bool
            Whether it is done; otherwise the budget is used up, and the next call goes on.
        """
        stop_at = None if budget_s is None else time.perf_counter() + budget_s
        if not self.settle(budget_s):
            return False
        if self._step_from is None:
            self._step_from = len(self.flashes)
        while len(self.flashes) == self._step_from:
            deadline = self.population.next_deadline
            until = min(self._script_time, math.inf if deadline is None else deadline)
            if until > self.horizon:
                until = self.horizon
            if until == math.inf or (until == self.now and until == self.horizon):
                break
            if not self.run_until(until, _left(stop_at)).reached:
                return False
        self._step_from = None
        return True

    def step_period(self, budget_s: float | None = None) -> bool:
        """Run for one period; returns as :meth:`step_flash` does."""
        if self._step_until is None:
            self._step_until = self.now + self.parameters.period
        if not self.run_until(self._step_until, budget_s).reached:
            return False
        self._step_until = None
        return True

    def _pass_time(self, t: float, stop_at: float | None) -> bool:
        """Let time pass until `t`; whether it is there, with all that happens then.

        Where the budget ends, the instant is completed if that takes a few wakes, as it does
        unless the fireflies are in order: what is shown could not go on otherwise.
        """
        run_until = self.population.run_until
        is_there = self._is_complete = run_until(t, _left(stop_at)).reached
        if not is_there:
            self._is_complete = run_until(self.now, 0.0).reached
            is_there = self._is_complete and self.now >= t
        self.flashes.note_complete(self.now, self._is_complete)
        return is_there

    def _repeat(self, intervention: Intervention) -> None:
        what = intervention.what
        self._next = next(self._script, None)
        if isinstance(what, ParameterChange):
            self._pending = self._pending.replace(**what.values)
        self._apply(what)

    def _apply(self, what: ParameterChange | FireflyAction) -> None:
        if isinstance(what, ParameterChange):
            self.population.change(self.parameters.replace(**what.values))
        else:
            self.population.act(what.action, what.ids)
        self.interventions.append(Intervention(self.now, len(self.interventions) + 1, what))


def _left(stop_at: float | None) -> float | None:
    return None if stop_at is None else max(0.0, stop_at - time.perf_counter())


def _first_sample_from(t: float) -> int:
    """The smallest j with ``j * 0.1 >= t``, in doubles."""
    number = max(0, math.floor(t / SAMPLE_INTERVAL) - 1)
    while number * SAMPLE_INTERVAL < t:
        number += 1
    return number
