"""The state of the pump: what it is doing."""

from __future__ import annotations

from enum import Enum


class PumpState(Enum):
    """One of these at any moment."""

    STARTING = "a swarm is being made"
    LIVE = "a run of the user's own goes on"
    FOLLOWING = "an earlier run is repeated"
    MOVING = "on the way to another moment"
    FAILED = "ended by an error"
