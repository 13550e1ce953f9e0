"""The course beside: time may pass on another thread, until somebody looks closer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from cascade import Progress
from experiments.model.flash_log import FlashLog
from experiments.model.instant import Instant
from experiments.model.parameters import Parameters
from experiments.population.protocol import Population
from experiments.run.course import Course
from experiments.run.passage import Passage

_Given = ParamSpec("_Given")
_Got = TypeVar("_Got")


def _after_meeting(
    method: Callable[Concatenate[Course, _Given], _Got],
) -> Callable[Concatenate[CourseBeside, _Given], _Got]:
    """The same method, but it takes its turn first."""

    def in_turn(self: CourseBeside, /, *given: _Given.args, **named: _Given.kwargs) -> _Got:
        self.meet()
        return method(self, *given, **named)

    functools.update_wrapper(in_turn, method)
    return in_turn


class CourseBeside(Course):
    """A course on which time may pass on another thread, while the last instant is shown.

    There is one gate: :meth:`meet`. Whatever would change fireflies or look at their present
    state goes through it, from the thread of the owner: it ends the passage, which takes a few
    milliseconds at most, and takes over what came of it. From then on nothing passes beside
    until :meth:`run_beside` is called again. What is shown (:attr:`instant`, :attr:`now`,
    :attr:`wakes`, flashes and samples) stays as it was when the passage began; changes and
    actions that are asked for meanwhile are queued as ever.

    Attributes
    ----------
    beside_s
        Seconds of the processor that the last passage took.
    """

    beside_s = 0.0
    _passage: Passage | None = None
    _under_way: Future[None] | None = None
    _thread: ThreadPoolExecutor | None = None
    _error: BaseException | None = None

    @property
    def population(self) -> Population:
        """The fireflies, which nobody else goes on with by now."""
        self.meet()
        return self._population

    @population.setter
    def population(self, population: Population) -> None:
        self.meet()
        self._population = population

    @property
    def parameters(self) -> Parameters:
        """The parameters in force."""
        return self._population.parameters

    @property
    def flashes(self) -> FlashLog:
        """Every flash of complete instants."""
        return self._population.flashes

    @property
    def now(self) -> float:
        """Virtual time, seconds."""
        return self._population.now if self._passage is None else self._passage.t_begin

    @property
    def wakes(self) -> int:
        """Steps of fireflies so far."""
        return self._population.wakes if self._passage is None else self._passage.wakes_begin

    @property
    def is_complete(self) -> bool:
        """Whether nothing more happens at the present instant, unless it comes from outside."""
        self.meet()
        return super().is_complete

    @property
    def under_way(self) -> Future[None] | None:
        """Done when what passes beside is at its end; None if nothing does. Not to be cancelled."""
        return self._under_way

    follow = _after_meeting(Course.follow)
    stop_following = _after_meeting(Course.stop_following)
    settle = _after_meeting(Course.settle)
    advance = _after_meeting(Course.advance)
    sample = _after_meeting(Course.sample)
    step_flash = _after_meeting(Course.step_flash)
    step_period = _after_meeting(Course.step_period)

    def run_until(self, t: float, budget_s: float | None = None) -> Progress:
        """Let virtual time pass until `t`, or as far as it got beside; see :class:`Course`."""
        if self._passage is not None:
            self.meet()
            t = max(t, self.now)
        return super().run_until(t, budget_s)

    def run_beside(self, t: float, budget_s: float) -> None:
        """Begin to let virtual time pass until `t` on another thread.

        The next look at the fireflies, or advance, ends that and goes on from wherever it got.

        Parameters
        ----------
        t
            Seconds, not before now.
        budget_s
            Seconds of wall time after which to stop.
        """
        self.meet()
        self._raise_error()
        if not (self._is_complete and self.settle(0.0)):
            t = self.now  # what is queued, or repeated, comes at the end of this instant
        else:
            t = min(t, self._horizon, self._script_time)
            if t <= self.now:
                return
        self._instant = self.instant
        self._passage = Passage(
            self._population,
            t,
            self._sampling,
            self.coherence.observed,
            budget_s,
            is_complete=self._is_complete,
        )
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="fireflies")
        self._under_way = self._thread.submit(self._passage.run)

    def meet(self) -> None:
        """End what passes beside, and take it over. What went wrong is raised by the next advance.

        From the thread of the owner.
        """
        if self._passage is None or self._under_way is None:
            return
        self._passage.hurry()
        self._under_way.result()
        passage, self._passage, self._under_way = self._passage, None, None
        self._error, self.beside_s = passage.error, passage.work_s
        self._is_complete = passage.is_complete
        self.flashes.note_complete(self.now, self._is_complete)
        for samples in passage.samples:
            self._sampling.note(samples, passage.parameters)
        if passage.zero is not None:
            self._instant_key = (self.now, self.wakes, len(self.interventions))
            self._instant = Instant(
                self.now,
                passage.parameters,
                passage.zero,
                len(self.flashes),
                len(self.interventions),
                self._population.order_of,
            )

    def end_thread(self) -> None:
        """Have no thread any more, until the next :meth:`run_beside`."""
        self.meet()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()

    def _pass_time(self, t: float, stop_at: float | None) -> bool:
        self._raise_error()
        return super()._pass_time(t, stop_at)

    def _raise_error(self) -> None:
        """Raise what went wrong beside, once."""
        error, self._error = self._error, None
        if error is not None:
            raise error
