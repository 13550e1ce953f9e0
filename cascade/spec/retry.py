"""Retries: when a task is tried again, and how long it waits before."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cascade.errors import CascadeError
from cascade.record import Record
from cascade.spec.numbers import check_number

if TYPE_CHECKING:
    import random

RetryOn: TypeAlias = type[Exception] | Iterable[type[Exception]]

LONGEST_S: Final = 1e9
"""Seconds beyond which no back-off goes by itself: 30 years."""


class Retry(Record, kw_only=False):
    """Try again after a failure.

    Attributes
    ----------
    max_attempts
        Retries after the first try.
    delay
        Seconds of the clock before the first retry.
    backoff
        Factor by which each further delay is longer.
    retry_on
        Types of exceptions after which it is tried again.
    jitter
        Part of a delay that chance may take off, in [0, 1].
    max_delay
        Seconds that no delay exceeds.
    rng
        Where chance comes from; None: the system.
    """

    max_attempts: int
    delay: float
    backoff: float
    retry_on: tuple[type[Exception], ...] = (Exception,)
    jitter: float = 0.0
    max_delay: float = LONGEST_S
    rng: random.Random | None = None

    def delay_before(self, attempt: int) -> float:
        """Seconds to wait before retry number `attempt`, counted from 1."""
        try:
            grown = self.delay * self.backoff ** (attempt - 1)
        except OverflowError:
            grown = math.inf if self.delay else 0.0
        bounded = min(grown, self.max_delay)
        return bounded * (1.0 - self.jitter * self._chance()) if self.jitter else bounded

    def _chance(self) -> float:
        """A number in [0, 1)."""
        if self.rng is not None:
            return self.rng.random()
        import random  # for those alone who need it

        return random.SystemRandom().random()

    def covers(self, error: Exception) -> bool:
        """Whether to try again after this error; after a group, if after each in it.

        An error of cascade itself is covered only by a type of such.
        """
        if isinstance(error, ExceptionGroup):
            if any(issubclass(kind, ExceptionGroup) for kind in self.retry_on):
                return isinstance(error, self.retry_on)
            return all(self.covers(each) for each in error.exceptions)
        own = isinstance(error, CascadeError)
        return any(
            isinstance(error, kind) and (not own or issubclass(kind, CascadeError))
            for kind in self.retry_on
        )

    def __reduce__(self) -> tuple[Any, ...]:
        known = (self.max_attempts, self.delay, self.backoff, self.retry_on, self.jitter)
        return Retry, (*known, self.max_delay, self.rng)


def make_retry(
    task_name: str,
    max_attempts: int,
    delay: float,
    backoff: float,
    retry_on: RetryOn,
    jitter: float,
    max_delay: float | None,
    rng: random.Random | None,
) -> Retry:
    """What ``with_retry`` was given, checked.

    Raises
    ------
    TypeError, ValueError
        Something of it is not allowed.
    """
    of = f"of with_retry of task '{task_name}'"
    if not isinstance(max_attempts, int) or isinstance(max_attempts, bool) or max_attempts < 0:
        check_number(max_attempts, f"max_attempts {of}", "an integer >= 0", lambda _: False)
    check_number(delay, f"delay {of}", "a finite number of seconds >= 0", lambda x: x >= 0)
    check_number(backoff, f"backoff {of}", "a finite factor > 0", lambda x: x > 0)
    check_number(jitter, f"jitter {of}", "a fraction in [0, 1]", lambda x: 0 <= x <= 1)
    longest = max(LONGEST_S, float(delay))
    if max_delay is not None:
        allowed = "None or a finite number of seconds >= 0"
        longest = check_number(max_delay, f"max_delay {of}", allowed, lambda x: x >= 0)
    _check_rng(rng, of)
    return Retry(
        max_attempts,
        float(delay),
        float(backoff),
        _types(retry_on, of),
        float(jitter),
        longest,
        rng,
    )


def _check_rng(rng: object, of: str) -> None:
    if rng is None:
        return
    import random  # for those alone who give one

    if not isinstance(rng, random.Random):
        raise TypeError(f"rng {of} must be None or a random.Random, got {rng!r}")


def _types(retry_on: object, of: str) -> tuple[type[Exception], ...]:
    given: Any = (retry_on,) if isinstance(retry_on, type) else retry_on
    kinds = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else ()
    if not kinds or not all(map(_is_exception, kinds)):
        raise TypeError(
            f"retry_on {of} must be a subclass of Exception or some of them, got {retry_on!r}"
        )
    return kinds


def _is_exception(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Exception)
