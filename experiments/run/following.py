"""Replay: a run that follows an earlier one to its end, and how it comes out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from experiments.model.actions import FireflyAction, Intervention, ParameterChange
from experiments.model.flash_log import Digest, FlashLog


class Followed(Protocol):
    """An earlier run, as a session describes it."""

    @property
    def end(self) -> float:
        """Seconds of virtual time; everything at that time is part of it."""

    def script(self, begin: int = 0) -> Iterator[Intervention]:
        """What was done to it but for the first `begin` interventions, in order."""

    def is_matched_by(self, found: Digest) -> bool | None:
        """Whether a repeat has the same flashes; None if that can't be told."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run that followed another one came out.

    Attributes
    ----------
    found
        Digest of its flashes until the end.
    is_same
        Whether every flash is the same; None if the earlier ones aren't known.
    """

    found: Digest
    is_same: bool | None

    @property
    def is_wrong(self) -> bool:
        """Whether it is known to have other flashes."""
        return self.is_same is False


class Following:
    """What is left to repeat of an earlier run, where that ends, and the verdict.

    Made by :meth:`Simulation.follow <experiments.run.simulation.Simulation.follow>`.

    Parameters
    ----------
    followed
        The earlier run.
    n_done
        How many of its interventions have been repeated already.

    Attributes
    ----------
    horizon
        Virtual time that is not passed while it is followed, seconds: the end.
    verdict
        How it came out; None until the end is complete.
    """

    def __init__(self, followed: Followed, n_done: int) -> None:
        self._followed = followed
        self._script = followed.script(n_done)
        self._next = next(self._script, None)
        self.horizon = followed.end
        self.verdict: Verdict | None = None

    @property
    def is_over(self) -> bool:
        """Whether the end is reached, with everything that happens then."""
        return self.verdict is not None

    @property
    def next_time(self) -> float:
        """When something is to be repeated next, seconds; infinity if nothing is."""
        return math.inf if self._next is None else self._next.t

    def take(self, now: float) -> ParameterChange | FireflyAction | None:
        """What is to be repeated by `now`, one after the other; None if that is all."""
        due = self._next
        if due is None or due.t > now:
            return None
        self._next = next(self._script, None)
        return due.what

    def note(self, now: float, flashes: FlashLog) -> None:
        """A complete instant, to which nothing more is done: it may have been the last one."""
        if self.verdict is None and now >= self.horizon:
            found = flashes.digest()
            self.verdict = Verdict(found, self._followed.is_matched_by(found))
