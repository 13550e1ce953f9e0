"""``cs.wait`` and ``cs.recv``: tasks that only wait."""

from __future__ import annotations

import math
from typing import Any

from cascade.clock.channel import TIMED_OUT, Channel
from cascade.clock.seconds import as_seconds
from cascade.errors import ChannelFullError
from cascade.spec.inject import CLOCK, CONNECTOR, inject
from cascade.spec.lazy import Lazy
from cascade.spec.result import LazyResult
from cascade.spec.task import task


def wait(seconds: float | Lazy) -> LazyResult[None]:
    """Let time pass: ``after(cs.wait(5.0))``.

    Parameters
    ----------
    seconds
        Seconds of the engine's clock, >= 0; may be lazy.

    Raises
    ------
    TypeError, ValueError
        It is no number, negative or not finite.
    """
    if not isinstance(seconds, Lazy):
        number = as_seconds(seconds, "what wait takes")
        if not 0 <= number < math.inf:
            raise ValueError(f"wait takes a finite number of seconds >= 0, got {seconds!r}")
    return _wait(seconds)


def recv(topic: str | Lazy, timeout: float | Lazy | None = None) -> LazyResult[Any]:
    """Wait for a message, and give its payload.

    Parameters
    ----------
    topic
        Topic of the engine's connector; ``+`` and ``#`` are wildcards.
    timeout
        At most so many seconds of the engine's clock, >= 0.

    Raises
    ------
    TypeError, ValueError
        The time-out is no number or negative, or the topic is no string.
    TimeoutError
        When run: no message came in time.
    ResourceError
        When run: the engine has no connector.

    Notes
    -----
    It listens from when the task begins; a retained message counts.
    """
    is_known = timeout is not None and not isinstance(timeout, Lazy)
    if is_known and as_seconds(timeout, "timeout of recv") < 0:
        raise ValueError(f"timeout of recv must be >= 0 s, got {timeout!r}")
    if not isinstance(topic, Lazy):
        _check_topic(topic)
    return _recv(topic, timeout)


def _check_topic(topic: object) -> None:
    if not isinstance(topic, str) or not topic:
        raise TypeError(f"topic of recv must be a non-empty string, got {topic!r}")


@task(name="wait")
async def _wait(seconds: Any, clock: Any = inject(CLOCK)) -> None:
    await clock.sleep(seconds)


@task(name="recv")
async def _recv(topic: Any, timeout: Any, connector: Any = inject(CONNECTOR)) -> Any:
    _check_topic(topic)
    messages: Channel[Any] = Channel(capacity=1)

    async def on_message(_topic: str, payload: Any) -> None:
        try:
            messages.send(payload)
        except ChannelFullError:
            return  # only the first counts

    subscription = await connector.subscribe(topic, on_message)
    try:
        payload = await messages.receive(timeout=timeout)
    finally:
        await subscription.unsubscribe()
    if payload is TIMED_OUT:
        raise TimeoutError(f"no message on '{topic}' within {timeout} s")
    return payload
