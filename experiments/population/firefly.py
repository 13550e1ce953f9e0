"""The firefly: one workflow, one cycle per step, and a tail call to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cascade as cs
from cascade import TIMED_OUT

if TYPE_CHECKING:
    from experiments.population.swarm import Swarm


@cs.task
async def firefly(swarm: Swarm, i: int) -> cs.LazyResult[Any]:
    """Wait out the period, moved on by each pulse; flash; start over.

    The deadline is that of the phase, which each accepted pulse brings nearer.
    Whether a pulse is accepted is decided by the channel, when it is sent.

    Parameters
    ----------
    swarm
        Holds the state of all fireflies, and their channels.
    i
        Id of this one.

    Notes
    -----
    Runs on any clock. Everything it must remember is in ``swarm``, so it can be
    cancelled, and started again, at any complete instant.
    """
    zero, periods, channel = swarm.zero, swarm.periods, swarm.channels[i]
    began, period = zero[i], periods[i]
    while (t := await channel.receive_until(began + period)) is not TIMED_OUT:
        response, period = swarm.response, periods[i]
        zero[i] = began = response(zero[i], t, period)
    swarm.flash(i)
    return firefly(swarm, i)
