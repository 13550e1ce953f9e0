"""The courier: one workflow that brings all pulses which take their time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cascade as cs
from cascade import TIMED_OUT

if TYPE_CHECKING:
    from experiments.population.swarm import Swarm

COURIER_PRIORITY: Final = -1
"""Before all fireflies: what arrives at an instant does so before anybody flashes at it."""


@cs.task
async def courier(swarm: Swarm) -> None:
    """Wait for the next arrival, and deliver that pulse, for ever.

    Those who hear it have had their turn before the next one is delivered.

    Parameters
    ----------
    swarm
        Holds the pulses under way, and the channels of those who hear them.
    """
    flight, channel = swarm.flight, swarm.courier_channel
    while True:  # what is received says that another pulse is the next to arrive
        if await channel.receive_until(flight.first_arrival) is TIMED_OUT:
            swarm.deliver_next()
