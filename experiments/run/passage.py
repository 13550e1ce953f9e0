"""The passage of time on another thread, with all that is known of it at its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.instant import Instant
from experiments.model.parameters import Parameters
from experiments.population.protocol import Population
from experiments.run.sampling import Sampling

_TURN_S: Final = 0.002
"""Wall time of work after which it is looked whether somebody waits."""


class Passage:
    """Lets time pass for a population that nobody else touches meanwhile.

    What becomes of it is the same as if it had passed in advances of any other length.

    Parameters
    ----------
    population
        The fireflies.
    t
        Until when, seconds.
    sampling
        Tells when samples are due.
    observed
        Takes a sample.
    budget_s
        Seconds of wall time after which to stop.
    is_complete
        Whether the present instant is.

    Attributes
    ----------
    t_begin, wakes_begin
        Where it began: what is shown meanwhile.
    work_s
        Seconds of the processor that it took.
    samples
        Those that were due before its end, by name of observable.
    is_complete
        Whether the instant at its end is, once it has come to that.
    zero
        When the phases were 0 at its end, shape ``(n,)``, s; None if that isn't complete.
    error
        What went wrong, if anything did.
    """

    def __init__(
        self,
        population: Population,
        t: float,
        sampling: Sampling,
        observed: Callable[[Instant], Mapping[str, float]],
        budget_s: float,
        *,
        is_complete: bool,
    ) -> None:
        self._population = population
        self._t = t
        self._sampling = sampling
        self._observed = observed
        self._budget_s = budget_s
        self._is_waited_for = threading.Event()
        self.t_begin, self.wakes_begin = population.now, population.wakes
        self.work_s = 0.0
        self.samples: list[Mapping[str, float]] = []
        self.is_complete = is_complete
        self.zero: NDArray[np.float64] | None = None
        self.error: BaseException | None = None

    @property
    def parameters(self) -> Parameters:
        """Those in force all the time."""
        return self._population.parameters

    def hurry(self) -> None:
        """Have it end soon: somebody waits for it."""
        self._is_waited_for.set()

    def run(self) -> None:
        """Do it. It raises nothing: see :attr:`error`."""
        began = time.thread_time()
        try:
            self._run(time.perf_counter() + self._budget_s)
        except BaseException as error:  # noqa: BLE001  (raised again where time passes otherwise)
            self.error, self.is_complete = error, False
        self.work_s = time.thread_time() - began

    def _run(self, stop_at: float) -> None:
        population = self._population
        while (left := stop_at - time.perf_counter()) > 0.0 and not self._is_waited_for.is_set():
            if self.is_complete:
                if population.now >= self._t:
                    break
                if self._next_sample <= population.now:  # and now time leaves it, in any case
                    self.samples.append(self._sampled())
            until = min(self._t, self._next_sample)
            self.is_complete = population.run_until(until, min(left, _TURN_S)).reached
        if not self.is_complete:
            self.is_complete = population.run_until(population.now, 0.0).reached
        if self.is_complete:
            self.zero = population.zero_times().copy()

    @property
    def _next_sample(self) -> float:
        return self._sampling.time_after(len(self.samples))

    def _sampled(self) -> Mapping[str, float]:
        """A sample of the present instant, which is complete and about to be left."""
        population = self._population
        instant = Instant(
            population.now, population.parameters, population.zero_times(), -1, -1,
            population.order_of,
        )  # fmt: skip
        return self._observed(instant)
