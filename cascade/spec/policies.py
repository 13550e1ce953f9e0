"""Policies: how a task is executed, apart from what it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cascade.adapters.cache import CachePolicy

if TYPE_CHECKING:
    from cascade.spec.lazy import Lazy

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


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after a failure.

    Attributes
    ----------
    max_attempts
        Retries after the first try.
    delay
        Seconds of the clock before the first retry.
    backoff
        Factor by which each further delay is longer.
    """

    max_attempts: int
    delay: float
    backoff: float

    def delay_before(self, attempt: int) -> float:
        """Seconds to wait before retry number `attempt`, counted from 1."""
        return self.delay * self.backoff ** (attempt - 1)


@dataclass(frozen=True, slots=True)
class Policies:
    """What was asked for beside the call itself.

    Attributes
    ----------
    condition
        What ``run_if`` was given.
    retry, cache
        What ``with_retry`` and ``with_cache`` were given, or None.
    constraints
        Amounts by resource that ``with_constraints`` was given; they may be lazy.
    """

    condition: object = UNCONDITIONAL
    retry: Retry | None = None
    cache: CachePolicy | None = None
    constraints: Mapping[str, Any] = field(default_factory=lambda: _NO_CONSTRAINTS)

    def __reduce__(self) -> tuple[Any, ...]:
        return Policies, (self.condition, self.retry, self.cache, dict(self.constraints))


NO_POLICIES: Final = Policies()


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
        from cascade.spec.lazy import Lazy

        if not isinstance(condition, (Lazy, bool)):
            raise TypeError(
                f"run_if of task '{self.name}' takes a lazy result or a bool, got {condition!r}"
            )
        policies = self.policies or NO_POLICIES
        if policies.condition is not UNCONDITIONAL:
            raise TypeError(
                f"task '{self.name}' already has a condition; combine the two in one task"
            )
        return self._having(replace(policies, condition=condition))

    def with_retry(self: P, max_attempts: int = 3, delay: float = 0.0, backoff: float = 1.0) -> P:
        """Try again when the task fails.

        Parameters
        ----------
        max_attempts
            Retries after the first try, >= 0.
        delay
            Seconds of the engine's clock before the first retry, >= 0.
        backoff
            Each further delay is so many times as long, > 0.

        Raises
        ------
        TypeError, ValueError
            A number that is not allowed.

        Notes
        -----
        Every ``Exception`` is retried, but for those of cascade itself, which
        another try can't mend. Each try acquires its task-scoped resources
        anew, and waits for its constraints anew.
        """
        if not isinstance(max_attempts, int) or isinstance(max_attempts, bool) or max_attempts < 0:
            raise ValueError(f"max_attempts must be an integer >= 0, got {max_attempts!r}")
        if not 0 <= delay < math.inf:
            raise ValueError(f"delay must be a finite number of seconds >= 0, got {delay!r}")
        if not 0 < backoff < math.inf:
            raise ValueError(f"backoff must be a finite factor > 0, got {backoff!r}")
        retry = Retry(max_attempts, float(delay), float(backoff))
        return self._having(replace(self.policies or NO_POLICIES, retry=retry))

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
        return self._having(replace(self.policies or NO_POLICIES, cache=policy))

    def with_constraints(self: P, **amounts: Any) -> P:
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
        from cascade.spec.lazy import Lazy

        for resource, amount in amounts.items():
            if not isinstance(amount, Lazy):
                check_amount(amount, resource, self.name)
        policies = self.policies or NO_POLICIES
        merged = MappingProxyType({**policies.constraints, **amounts})
        return self._having(replace(policies, constraints=merged))


def check_amount(amount: object, resource: str, task_name: str) -> float:
    """`amount`, if a task can ask for so much.

    Raises
    ------
    TypeError, ValueError
        It is not a finite number >= 0.
    """
    if not isinstance(amount, Real) or isinstance(amount, bool):
        raise TypeError(f"task '{task_name}' asks for {amount!r} of '{resource}': not a number")
    if not 0 <= float(amount) < math.inf:
        raise ValueError(
            f"task '{task_name}' asks for {amount!r} of '{resource}': must be finite and >= 0"
        )
    return float(amount)
