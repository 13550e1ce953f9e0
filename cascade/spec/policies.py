"""Policies: how a task is executed, apart from what it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cascade.clock.seconds import is_real
from cascade.record import Record, changed
from cascade.spec.cache_policy import CachePolicy
from cascade.spec.lazy import Lazy
from cascade.spec.numbers import check_number
from cascade.spec.retry import Retry, RetryOn, make_retry

if TYPE_CHECKING:
    import random

P = TypeVar("P", bound="WithPolicies")


class _Unconditional:
    """The condition of a task that has none."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNCONDITIONAL"

    def __reduce__(self) -> str:
        return "UNCONDITIONAL"


UNCONDITIONAL: Final = _Unconditional()

_NO_CONSTRAINTS: Final[Mapping[str, Any]] = MappingProxyType({})


class Policies(Record, kw_only=False):
    """What was asked for beside the call itself.

    Attributes
    ----------
    condition
        What ``run_if`` was given.
    retry, cache
        What ``with_retry`` and ``with_cache`` were given, or None.
    constraints
        Amounts by resource that ``with_constraints`` was given; they may be lazy.
    timeout
        Seconds that ``with_timeout`` was given, or None.
    after
        Lazy values that ``after`` was given.
    """

    condition: object = UNCONDITIONAL
    retry: Retry | None = None
    cache: CachePolicy | None = None
    constraints: Mapping[str, Any] = _NO_CONSTRAINTS
    timeout: float | None = None
    after: tuple[Lazy, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        known = (self.condition, self.retry, self.cache, dict(self.constraints))
        return Policies, (*known, self.timeout, self.after)

    def of_item(self) -> Policies:
        """What holds for each item of a map on its own, but for its amounts."""
        return Policies(retry=self.retry, cache=self.cache, timeout=self.timeout)


class WithPolicies:
    """The chained methods of a task's result, and of a mapped one.

    Each gives a new lazy value and leaves the old one as it was.
    """

    __slots__ = ()

    policies: Policies | None

    @property
    def name(self) -> str:
        """Name used in events and errors."""
        raise NotImplementedError

    def _having(self: P, policies: Policies) -> P:
        """The same, with other policies."""
        raise NotImplementedError

    def run_if(self: P, condition: Lazy | bool) -> P:
        """Execute the task only if `condition` turns out true.

        Parameters
        ----------
        condition
            A lazy value, or a plain bool. When it is false the task is
            skipped (``ConditionFalse``), and so is what depends on it.

        Raises
        ------
        TypeError
            The condition is neither lazy nor a bool, or there is one already.
        """
        if not isinstance(condition, (Lazy, bool)):
            raise TypeError(
                f"run_if of task '{self.name}' takes a lazy result or a bool, got {condition!r}"
            )
        policies = self.policies or Policies()
        if policies.condition is not UNCONDITIONAL:
            raise TypeError(
                f"task '{self.name}' already has a condition; combine the two in one task"
            )
        return self._having(changed(policies, condition=condition))

    def with_retry(
        self: P,
        max_attempts: int = 3,
        delay: float = 0.0,
        backoff: float = 1.0,
        *,
        retry_on: RetryOn = Exception,
        jitter: float = 0.0,
        max_delay: float | None = None,
        rng: random.Random | None = None,
    ) -> P:
        """Try again when the task fails.

        Parameters
        ----------
        max_attempts
            Retries after the first try, >= 0.
        delay
            Seconds of the engine's clock before the first retry, >= 0.
        backoff
            Each further delay is so many times as long, > 0.
        retry_on
            Type of exceptions, or several, after which it is tried again; all others end
            it at once. A group is covered if each error in it is.
        jitter
            The part of each delay, in [0, 1], that chance may take off, so that tasks which
            failed together don't come back together.
        max_delay
            No delay is longer, in seconds, >= 0; None: only a bound of 30 years.
        rng
            Where chance comes from; None: the system. One with a seed makes delays on a
            virtual clock repeatable.

        Raises
        ------
        TypeError, ValueError
            An argument that is not allowed.

        Notes
        -----
        Errors of cascade itself, which another try can't mend, are tried again only if
        `retry_on` names a type of them. Each try acquires its task-scoped resources
        anew, waits for its constraints anew, and has a time-out of its own. It is not tried
        again with arguments that can be read only once: a note on the error says so.
        """
        retry = make_retry(
            self.name, max_attempts, delay, backoff, retry_on, jitter, max_delay, rng
        )
        return self._having(changed(self.policies or Policies(), retry=retry))

    def with_timeout(self: P, seconds: float) -> P:
        """Cancel the task when it takes longer than so many seconds of the engine's clock.

        It is then cancelled, its clean-up has run, and ``TimeoutError`` with the task's
        name is raised: a failure, which ``with_retry`` may try again. Each try, and each
        item of a map, has the whole time for itself.

        Parameters
        ----------
        seconds
            A finite number > 0. Not lazy: it is part of the declaration.

        Raises
        ------
        TypeError, ValueError
            `seconds` is not such a number.

        Notes
        -----
        The time of the task's own function counts. Waiting for constraints and between
        tries doesn't, nor setting up and releasing resources, nor what a tail call hands
        over to. On a virtual clock a task that ends at the very instant is in time. What
        does not wait can't be cancelled: a plain function goes on to its end, in a pool
        unseen, and is late then.
        """
        what = f"the seconds of with_timeout of task '{self.name}'"
        if isinstance(seconds, Lazy):
            raise TypeError(
                f"{what} must be a number, as they are known before anything runs, got {seconds!r}"
            )
        timeout = check_number(seconds, what, "a finite number > 0", lambda x: x > 0)
        return self._having(changed(self.policies or Policies(), timeout=timeout))

    def after(self: P, *others: Lazy) -> P:
        """Let the task begin only when `others` are settled, without taking their values.

        They are executed in the same run, if nothing else needs them too. One that is
        skipped counts as settled; one that fails makes the run fail, as any task does.

        Parameters
        ----------
        others
            Lazy results, mapped results, or other lazy values. Those of several calls add up.

        Raises
        ------
        TypeError
            There are none, or one is not lazy.
        """
        strange = next((each for each in others if not isinstance(each, Lazy)), None)
        if strange is not None or not others:
            got = "none" if strange is None else repr(strange)
            raise TypeError(f"after of task '{self.name}' takes lazy results, got {got}")
        policies = self.policies or Policies()
        known = {id(each): each for each in (*policies.after, *others)}
        return self._having(changed(policies, after=tuple(known.values())))

    def with_cache(self: P, policy: CachePolicy) -> P:
        """Take the result from `policy` if it has one, else execute the task and store it.

        A task whose result is found is skipped (``CacheHit``); what depends on
        it goes on with the stored value. A tail call is not stored: give the
        policy to the task that ends the chain.

        Raises
        ------
        TypeError
            The policy has no methods ``check`` and ``save``.
        """
        if isinstance(policy, type) or not isinstance(policy, CachePolicy):
            raise TypeError(
                f"with_cache of task '{self.name}' takes a policy with methods 'check' and "
                f"'save', such as InMemoryCache(), got {policy!r}"
            )
        return self._having(changed(self.policies or Policies(), cache=policy))

    def with_constraints(self: P, /, **amounts: Any) -> P:
        """Let the task begin only when the engine has so much to spare.

        Parameters
        ----------
        amounts
            Resource -> how much of it the task takes while it is executed: a
            number >= 0, or a lazy value that gives one. The engine's
            ``system_resources`` say how much there is; what they don't name
            is unlimited.

        Raises
        ------
        TypeError, ValueError
            An amount is neither lazy nor a finite number >= 0.
        """
        for resource, amount in amounts.items():
            if not isinstance(amount, Lazy):
                check_amount(amount, resource, self.name)
        policies = self.policies or Policies()
        merged = MappingProxyType({**policies.constraints, **amounts})
        return self._having(changed(policies, constraints=merged))


def check_amount(amount: Any, resource: str, task_name: str) -> float:
    """`amount`, if a task can ask for so much.

    Raises
    ------
    TypeError, ValueError
        It is not a finite number >= 0.
    """
    if not is_real(amount):
        raise TypeError(f"task '{task_name}' asks for {amount!r} of '{resource}': not a number")
    if not 0 <= float(amount) < math.inf:
        raise ValueError(
            f"task '{task_name}' asks for {amount!r} of '{resource}': must be finite and >= 0"
        )
    return float(amount)
