"""The simulation: a run that can begin anew, and go to any moment of it or of another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import FireflyAction
from experiments.model.checkpoint import Checkpoint
from experiments.model.coherence_record import CoherenceRecord
from experiments.model.flash_log import FlashLog
from experiments.model.parameters import Parameters
from experiments.population.factory import AUTO, PopulationKind, population_kind
from experiments.population.protocol import Failure, OnProgress, Population
from experiments.run.course_beside import CourseBeside
from experiments.run.moment import Moment


class Simulation(CourseBeside):
    """Thousands of fireflies in virtual time.

    Parameters
    ----------
    parameters
        What it starts with.
    checkpoint
        A complete instant to go on from, instead of random phases at t = 0.
    most_samples
        Samples of R to keep as they are, the latest; None for all.
    observed
        Names of observables to sample beside those that always are.
    population_choice
        How fireflies are computed: see :func:`~experiments.population.factory.population_kind`.

    Attributes
    ----------
    population
        The present one: another after each beginning anew.
    population_choice
        As given; another one holds from the next beginning on.
    kind
        What the present population is.
    initial
        The parameters that the run began with.
    interventions
        What was done to it from outside, in order.
    coherence
        R so far.
    following
        What is repeated, its end and how it comes out; None in a run of its own.

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
        most_samples: int | None = None,
        observed: Iterable[str] = (),
        population_choice: str = AUTO,
    ) -> None:
        self.initial = parameters
        self.population_choice = population_choice
        self._observed = tuple(observed)
        self._status: NDArray[np.uint8] | None = None
        self._status_known_of: tuple[Population, int] | None = None
        self._most_samples = most_samples
        population = self._made(parameters, checkpoint, FlashLog())
        super().__init__(population, self._fresh_record())

    def _made(
        self, parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
    ) -> Population:
        self.kind = self.kind_for(parameters)
        return self.kind.make(parameters, checkpoint, flashes)

    def kind_for(self, parameters: Parameters) -> PopulationKind:
        """What a population with some parameters would be.

        Raises
        ------
        ParameterError
            What was chosen can't be had.
        """
        return population_kind(parameters, self.population_choice)

    def _fresh_record(self) -> CoherenceRecord:
        return CoherenceRecord(self.initial.n_fireflies, self._most_samples, self._observed)

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
        self, parameters: Parameters | None = None, on_progress: OnProgress | None = None
    ) -> None:
        """Begin anew at t = 0 with fresh fireflies; by default with what is in force or asked.

        Parameters
        ----------
        parameters
            What they begin with.
        on_progress
            As for :meth:`start`. What it raises leaves this, with the new ones
            half made; the next restart, or the close, ends that.
        """
        await self.aclose()
        self.initial = parameters or self.pending
        self._begin(self._made(self.initial, None, FlashLog()), self._fresh_record())
        await self.start(on_progress)

    async def go_to(self, moment: Moment, on_progress: OnProgress | None = None) -> None:
        """Go to another moment of this run, or of another one, with fresh fireflies in that state.

        Parameters
        ----------
        moment
            From then on it is the run that this is from.
        on_progress
            As for :meth:`restart`.
        """
        await self.aclose()
        self.initial = moment.initial
        checkpoint = moment.checkpoint
        self._begin(
            self._made(checkpoint.parameters, checkpoint, FlashLog(moment.digest)),
            # Copies: other moments may need what came after.
            moment.coherence.until(moment.coherence_mark),
            moment.interventions[: moment.n_interventions],
            # The sample of that very instant may have been taken when time left it.
            moment.coherence_mark.n,
        )
        await self.start(on_progress)

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        """End all fireflies.

        Closing twice is fine, and so is a restart afterwards.

        Parameters
        ----------
        on_progress
            Called now and then with (fireflies ended, fireflies in all).
        """
        self.end_thread()
        await self.population.aclose(on_progress)

    # -- what it shows ------------------------------------------------------------------

    @property
    def failures(self) -> Sequence[Failure]:
        """Fireflies that have failed."""
        return self._population.failures

    @property
    def status(self) -> NDArray[np.uint8]:
        """:class:`~experiments.model.checkpoint.Status` flags by id, shape ``(n,)``.

        Not to be written to; the same array until something is done to fireflies.
        """
        known, n_done = self._status_known_of, len(self.interventions)
        is_known = (
            known is not None
            and known[0] is self._population
            and not any(
                isinstance(each.what, FireflyAction) for each in self.interventions[known[1] :]
            )
        )
        if self._status is None or not is_known:
            self._status = self._population.status_of()
            self._status.flags.writeable = False
        self._status_known_of = self._population, n_done
        return self._status

    def status_of(self, ids: Sequence[int]) -> NDArray[np.uint8]:
        """The flags of some fireflies, in their order, shape ``(len(ids),)``."""
        return self._population.status_of(ids)

    def flash_counts(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """How often some fireflies have flashed, in their order, shape ``(len(ids),)``.

        Up to the last complete instant, as all that is shown.
        """
        counts = self.population.flash_counts(ids)
        later = self.flashes.ids_after(self.instant.n_flashes)
        if len(later):
            counts -= np.bincount(later, minlength=self.parameters.n_fireflies)[list(ids)]
        return counts

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
        if not self.is_complete:
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
