"""A brief run: to one end, with nothing looked at on the way that isn't asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass

from experiments.model.coherence_record import SAMPLE_INTERVAL, OrderWatch
from experiments.model.flash_log import Digest, FlashLog
from experiments.model.instant import Instant
from experiments.model.parameters import Parameters
from experiments.model.rules import periods_of
from experiments.model.whole_run import WholeRun
from experiments.population.factory import AUTO, population_kind
from experiments.population.garbage import without_the_collector
from experiments.population.protocol import Population


class RunFailedError(RuntimeError):
    """A firefly's workflow failed during a run without a window."""


class RunTooLongError(RuntimeError):
    """A run has taken more wall time than it was given."""


@dataclass(frozen=True, slots=True)
class BriefRun:
    """A run that has ended.

    Attributes
    ----------
    instant
        The last one.
    whole
        All its flashes; when order was reached, if that was asked for.
    digest
        Of the flashes.
    """

    instant: Instant
    whole: WholeRun
    digest: Digest


async def run_briefly(
    parameters: Parameters,
    seconds: float,
    *,
    finds_order: bool = False,
    pair: tuple[int, int] = (0, 1),
    within_s: float | None = None,
    choice: str = AUTO,
) -> BriefRun:
    """Run from t = 0 to `seconds` of virtual time, everything at that time included.

    The flashes are those of a :class:`~experiments.Simulation`, which also samples, keeps and
    compares: at a hundred fireflies that takes longer than they do.

    Parameters
    ----------
    parameters
        The speed is ignored.
    seconds
        Virtual seconds, > 0.
    finds_order
        Whether R is sampled, for as long as it takes to know when order was reached.
    pair
        The two fireflies that what is measured of two is measured of.
    choice
        What computes the fireflies.
    within_s
        Wall seconds that it may take; None for any number. It is over by one step at most.

    Raises
    ------
    RunFailedError
        A workflow failed.
    RunTooLongError
        It was not done in time.
    """
    log = FlashLog()
    population = population_kind(parameters, choice).make(parameters, None, log)
    watch = OrderWatch()
    stop_at = None if within_s is None else time.perf_counter() + within_s
    with without_the_collector():
        try:
            await population.start()
            if finds_order:
                _find_order(population, seconds, watch, stop_at)
            _pass_time(population, seconds, seconds, stop_at)
            zero = population.zero_times().copy()
        finally:
            await population.aclose()
    if population.failures:
        first = population.failures[0]
        raise RunFailedError(f"workflow '{first.workflow}' failed: {first.error!r}")
    log.note_complete(seconds, instant_is_complete=True)
    times, ids, _ = log.read()
    return BriefRun(
        instant=Instant(seconds, parameters, zero, len(log), 0),
        whole=WholeRun(
            times=times,
            ids=ids,
            end=seconds,
            parameters=parameters,
            time_to_sync=watch.time_to_sync,
            pair=pair,
        ),
        digest=log.digest(),
    )


def _find_order(
    population: Population, seconds: float, watch: OrderWatch, stop_at: float | None
) -> None:
    """Sample R at the times at which a record would, until order is found."""
    parameters = population.parameters
    periods = periods_of(parameters)
    number = 0
    while (t := number * SAMPLE_INTERVAL) <= seconds and watch.time_to_sync is None:
        _pass_time(population, t, seconds, stop_at)
        coherence = abs(population.order_of(population.zero_times(), t, periods))
        watch.note(t, coherence, parameters.period)
        number += 1


def _pass_time(population: Population, t: float, seconds: float, stop_at: float | None) -> None:
    """Go on until `t`, in a run of so many seconds."""
    if stop_at is None:
        population.run_until(t)
        return
    left = stop_at - time.perf_counter()
    if not population.run_until(t, max(0.0, left)).reached:
        raise RunTooLongError(
            f"it was at {population.now:.6g} s of {seconds:g} s when its time was up"
        )
