"""The population: what a simulation asks of its fireflies, however they are computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cascade import Progress
from experiments.model.actions import Action
from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import FlashLog
from experiments.model.order import OrderOf
from experiments.model.parameters import Parameters

OnProgress: TypeAlias = Callable[[int, int], object]
"""Called now and then with how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What has failed: the firefly's id, None if it is none, what it is called, and the error."""

    id: int | None
    workflow: str
    error: BaseException


class Population(Protocol):
    """``side**2`` fireflies in virtual time, which never passes by itself.

    All populations follow the same rules, those of the model. Times are in seconds of virtual
    time.
    """

    @property
    def now(self) -> float:
        """Virtual time."""
        ...

    @property
    def next_deadline(self) -> float | None:
        """When the next firefly is due; None if none is."""
        ...

    @property
    def wakes(self) -> int:
        """Steps of fireflies so far."""
        ...

    @property
    def n_running(self) -> int:
        """Fireflies that have started and not ended."""
        ...

    @property
    def n_in_flight(self) -> int:
        """Pulses sent that have not arrived yet."""
        ...

    @property
    def order_of(self) -> OrderOf:
        """:func:`experiments.model.order.order_parameter`, to the last bit, however computed."""
        ...

    @property
    def parameters(self) -> Parameters:
        """Those in force."""
        ...

    @property
    def flashes(self) -> FlashLog:
        """The log that it was made with, to which it adds every flash."""
        ...

    @property
    def failures(self) -> Sequence[Failure]:
        """Fireflies that have failed, in the order in which they did."""
        ...

    async def start(self, on_progress: OnProgress | None = None) -> None:
        """Make all fireflies ready. No virtual time passes, and the host loop has its turns.

        If `on_progress` raises, so does this; after that only closing is allowed.
        """
        ...

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        """End all fireflies. Closing twice is fine, and so is closing what was never started."""
        ...

    def run_until(self, t: float, budget_s: float | None = None) -> Progress:
        """Let time pass until `t`, all that is due at `t` included.

        Parameters
        ----------
        t
            Not before now.
        budget_s
            Seconds of wall time after which to stop, wherever that is. The next call goes on
            from there, and where it stopped makes no difference.
        """
        ...

    def change(self, parameters: Parameters) -> None:
        """Put other parameters into force, for all at once, now: at a complete instant."""
        ...

    def act(self, action: Action, ids: Sequence[int]) -> None:
        """Do something to some, now: at a complete instant. Ids are distinct and ascending."""
        ...

    def zero_times(self) -> NDArray[np.float64]:
        """When the phase of each was 0, by id, shape ``(n,)``; to be copied, not kept."""
        ...

    def status_of(self, ids: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """:class:`~experiments.model.checkpoint.Status` flags of some in their order, or of all."""
        ...

    def flash_counts(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """How often some have flashed, in their order."""
        ...

    def checkpoint(self) -> Checkpoint:
        """Everything that another population needs to go on from this complete instant."""
        ...
