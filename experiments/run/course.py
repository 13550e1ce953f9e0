"""The course of a run: how time passes for a population, and what is done to it meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from typing import Any

from cascade import Progress
from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.coherence_record import CoherenceRecord
from experiments.model.flash_log import FlashLog
from experiments.model.instant import Instant
from experiments.model.parameters import Parameters
from experiments.population.protocol import Population
from experiments.run.following import Followed, Following
from experiments.run.intervention_queue import InterventionQueue
from experiments.run.sampling import Sampling


class Course:
    """Lets time pass for a population, instant by instant.

    Changes and actions are queued and take effect one after the other, each when the present
    instant is complete; so it makes no difference how time was cut into advances.

    Parameters
    ----------
    population
        The fireflies.
    coherence
        R until now, which goes on.
    interventions
        What was done until now, likewise.
    n_sampled
        Samples of R taken until now.

    Attributes
    ----------
    population, coherence, interventions
        As given.
    following
        What is repeated, its end and how it comes out; None in a run of its own.
    """

    def __init__(
        self,
        population: Population,
        coherence: CoherenceRecord,
        interventions: Sequence[Intervention] = (),
        n_sampled: int = 0,
    ) -> None:
        self._begin(population, coherence, interventions, n_sampled)

    def _begin(
        self,
        population: Population,
        coherence: CoherenceRecord,
        interventions: Sequence[Intervention] = (),
        n_sampled: int = 0,
    ) -> None:
        """Go on with another population, as one that is made with it would."""
        self.population = population
        self.coherence = coherence
        self.interventions = list(interventions)
        self.following: Following | None = None
        self._queue = InterventionQueue(population.parameters)
        self._sampling = Sampling(coherence, self.now, n_sampled)
        self._is_complete = True
        self._step_from: int | None = None
        self._step_until: float | None = None
        self._instant_key: tuple[float, int, int] | None = None
        self._instant = self._present_instant()

    # -- what shows ---------------------------------------------------------------------

    @property
    def parameters(self) -> Parameters:
        """The parameters in force."""
        return self.population.parameters

    @property
    def pending(self) -> Parameters:
        """The parameters in force once all that is queued has taken effect."""
        return self._queue.pending

    @property
    def now(self) -> float:
        """Virtual time, seconds."""
        return self.population.now

    @property
    def wakes(self) -> int:
        """Steps of fireflies so far."""
        return self.population.wakes

    @property
    def flashes(self) -> FlashLog:
        """Every flash of complete instants."""
        return self.population.flashes

    @property
    def instant(self) -> Instant:
        """The last complete instant that is known: the present one, if it is complete.

        Whatever is shown or exported is taken from this one, so that all of it agrees.
        An instant with much to do may take several advances; until it is complete, this
        is the one at which an advance ended last. One with little to do is completed by the
        advance that comes to it, at most a few wakes beyond its budget.
        """
        key = (self.now, self.wakes, len(self.interventions))
        if self._is_complete and key != self._instant_key:
            self._instant, self._instant_key = self._present_instant(), key
        return self._instant

    def _present_instant(self, *, is_kept: bool = True) -> Instant:
        """The present instant; one that isn't kept is to be looked at before time passes."""
        zero = self.population.zero_times()
        return Instant(
            self.now,
            self.parameters,
            zero.copy() if is_kept else zero,
            len(self.flashes),
            len(self.interventions),
            self.population.order_of,
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing more happens at the present instant, unless it comes from outside."""
        return self._is_complete

    @property
    def is_following(self) -> bool:
        """Whether an earlier run is repeated: nothing else can be done to it then."""
        return self.following is not None

    # -- from outside -------------------------------------------------------------------

    def follow(self, earlier: Followed) -> Following:
        """Repeat an earlier run from here to its end; it takes no changes meanwhile.

        Parameters
        ----------
        earlier
            A session. As many of its interventions as this run knows already count as done.

        Returns
        -------
        Following
            Tells how it comes out. It holds until :meth:`stop_following`, or until the run
            begins anew or goes to another moment.

        Raises
        ------
        RuntimeError
            Something else was asked of this run and has not taken effect yet.
        """
        if not self._queue.is_empty:
            raise RuntimeError("settle() first: something is yet to be done to this run")
        self.following = Following(earlier, len(self.interventions))
        return self.following

    def stop_following(self) -> None:
        """Repeat nothing more: from here on the run takes changes and actions again."""
        self.following = None

    def _refuse_while_following(self) -> None:
        if self.is_following:
            raise RuntimeError("a run that is repeated takes no changes; stop_following() first")

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
            An earlier run is repeated.
        """
        self._refuse_while_following()
        self._queue.change(values)
        return self.pending

    def act(self, action: Action | str, ids: Iterable[int]) -> None:
        """Ask for an action on some fireflies.

        Raises
        ------
        ValueError
            There is no such action, or no firefly of an id.
        RuntimeError
            An earlier run is repeated.
        """
        self._refuse_while_following()
        self._queue.act(action, ids)

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
            if (following := self.following) is None:
                what = self._queue.take()
            elif (what := following.take(self.now)) is None:
                following.note(self.now, self.flashes)
            if what is None:
                return True
            self._apply(what)
        return False

    def advance(self, dt: float, budget_s: float | None = None) -> Progress:
        """Let `dt` seconds of virtual time pass; see :meth:`run_until`."""
        return self.run_until(self.now + dt, budget_s)

    def run_until(self, t: float, budget_s: float | None = None) -> Progress:
        """Let virtual time pass until `t`, after settling what is queued.

        Parameters
        ----------
        t
            Seconds, not before now; of a run that is repeated, its end at most.
        budget_s
            Seconds of wall time after which to stop, wherever that is.
        """
        stop_at = None if budget_s is None else time.perf_counter() + budget_s
        t = min(t, self._horizon)
        before = self.wakes
        reached = self.settle(budget_s)
        while reached:
            sample_time, now = self._sampling.next_time, self.now
            if sample_time <= now < t:  # about to leave it: nothing more happens at it
                self._sampling.take(self._present_instant(is_kept=False))
                continue
            script_time = self._script_time
            target = min(t, sample_time, script_time) if now < sample_time else t
            reached = self._pass_time(target, stop_at)
            if reached and target in (script_time, self._horizon):
                reached = self.settle(_left(stop_at))
            if target == t:
                break
            if stop_at is not None and time.perf_counter() >= stop_at:
                reached = False  # in a quiet stretch there is no step to wait for
        return Progress(self.now, reached, self.wakes - before)

    @property
    def next_time(self) -> float:
        """When something happens next: a flash, or what is repeated; infinity if nothing does."""
        deadline = self.population.next_deadline
        return min(math.inf if deadline is None else deadline, self._script_time, self._horizon)

    @property
    def _script_time(self) -> float:
        """When something is to be repeated next; infinity if nothing is."""
        return math.inf if self.following is None else self.following.next_time

    @property
    def _horizon(self) -> float:
        """Virtual time that is not passed; infinity in a run of its own."""
        return math.inf if self.following is None else self.following.horizon

    def sample(self) -> None:
        """Take the coherence sample of the present instant, if one is due and not yet taken.

        Samples are taken when time leaves the instant, so that they show it
        after everything that happened at it. At the end of a run nothing
        leaves any more: then this has to be called for the last one.
        """
        if self._is_complete and self._sampling.next_time <= self.now:
            self._sampling.take(self.instant)

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
            until = self.next_time
            if until == math.inf or until == self.now == self._horizon:
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

    def _apply(self, what: ParameterChange | FireflyAction) -> None:
        if isinstance(what, ParameterChange):
            self.population.change(self.parameters.replace(**what.values))
            self._queue.note(self.parameters)
        else:
            self.population.act(what.action, what.ids)
        self.interventions.append(Intervention(self.now, len(self.interventions) + 1, what))


def _left(stop_at: float | None) -> float | None:
    return None if stop_at is None else max(0.0, stop_at - time.perf_counter())
